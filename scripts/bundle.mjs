/** zod carries its own messages in forty languages, and ours are in none of them: a fifth of what would be read at each start. */
const oneLanguage = {
  name: 'one language',
  setup: (build) => {
    build.onLoad({ filter: /zod.v4.locales.index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** How esbuild puts libraries of the older form into one file: they ask for these names, which modules do not have. */
export const WITH_LIBRARIES = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [oneLanguage],
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
