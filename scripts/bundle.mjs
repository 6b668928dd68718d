import { readFileSync } from 'node:fs';

/**
 * What libraries do as soon as they are read, and hardly a run needs: a tenth of the time from the start to the first event.
 * zod makes its messages in forty languages, and ours are in none of them; string-width opens the tables of Unicode, and
 * nearly every text is plain.
 */
const LATER = [
  {
    file: /zod.v4.locales.index\.js$/,
    change: () => "export { default as en } from './en.js';",
  },
  {
    file: /node_modules.string-width.index\.js$/,
    change: (code) =>
      replaced(
        code,
        'const segmenter = new Intl.Segmenter();',
        'let made; const segmenter = { segment: (text) => (made ??= new Intl.Segmenter()).segment(text) };',
      ),
  },
];

function replaced(code, before, after) {
  if (code.split(before).length !== 2) throw new Error(`no longer there, and to be looked at: ${before}`);
  return code.replace(before, after);
}

const later = {
  name: 'later',
  setup: (build) => {
    for (const { file, change } of LATER) {
      build.onLoad({ filter: file }, ({ path }) => ({ contents: change(readFileSync(path, 'utf8')) }));
    }
  },
};

/** How esbuild puts libraries of the older form into one file: they ask for these names, which modules do not have. */
export const WITH_LIBRARIES = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [later],
  // What ssh2 tries to load besides, and does without.
  external: ['cpu-features', '*.node'],
  banner: {
    js: [
      "import { createRequire as __requireFrom } from 'node:module';",
      "import { dirname as __folderOf } from 'node:path';",
      "import { fileURLToPath as __pathOf } from 'node:url';",
      'const require = __requireFrom(import.meta.url);',
      'const __filename = __pathOf(import.meta.url), __dirname = __folderOf(__filename);',
    ].join(' '),
  },
};
