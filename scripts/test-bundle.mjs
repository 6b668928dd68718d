// Bundles tests: to read and translate a thousand small files takes as long as the tests themselves.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const mocha = join(root, 'node_modules', 'mocha', 'lib', 'cli', 'cli.js');

/** The arguments for node that run the bundles with mocha. */
export const mochaArgs = ['--enable-source-maps', mocha, '--config', join(root, '.mocharc.unit.json')];

/** A bundled file does not lie where its source does, and some tests look for what lies beside them. */
const sources = (change) => ({
  name: 'sources',
  setup: (build) => {
    build.onLoad({ filter: /\/(src|test|bench|scripts)\/.*\.ts$/ }, ({ path }) => ({
      contents: change(path, readFileSync(path, 'utf8'))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
});

/** A folder of this process's own, which goes with it. */
function ownFolder() {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'tests-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
  return folder;
}

/** Bundles lists of files below test/, each into one file. `change(path, code)` may change what a source says. */
export async function bundleTests(lists, change = (_, code) => code) {
  const folder = ownFolder();
  const entries = lists.map((files, i) => {
    const entry = join(folder, `${i + 1}.js`);
    writeFileSync(entry, files.map((file) => `import '${join(root, 'test', file)}';\n`).join(''));
    return entry;
  });
  await esbuild.build({
    entryPoints: entries,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [sources(change)],
  });
  return entries.map((entry) => entry.replace(/js$/, 'mjs'));
}
