// Runs the unit tests: node scripts/unit.mjs [OPTIONS OF MOCHA]. They are bundled first: to read and translate a thousand
// small files takes as long as the tests themselves.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';

const root = resolve(import.meta.dirname, '..');
/** Stages of their own, of ./scripts/test. */
const ELSEWHERE = /^(lab|e2e|properties|peer)\//;
/**
 * What goes into a process of its own, and all the rest: parts that take about as long as each other. Mocha's own workers
 * would each load nearly everything. Tests of the engine mostly wait, so that more processes than cores do no harm.
 */
const PARTS = [/^(cli|load|vault|run\/semantics)\//, /^run\/[a-k]/, /^run\//];

/** The test files, a list for each process. */
function parts() {
  const found = readdirSync(join(root, 'test'), { recursive: true }).sort();
  const unit = found.filter((file) => file.endsWith('.test.ts') && !ELSEWHERE.test(file));
  const partOf = (file) => PARTS.findIndex((part) => part.test(file));
  return [...PARTS.keys(), -1].map((part) => unit.filter((file) => partOf(file) === part));
}

/** A bundled file does not lie where its source does, and some tests look for what lies beside them. */
const ownPlaces = {
  name: 'own places',
  setup: (build) => {
    build.onLoad({ filter: /\/(src|test|bench|scripts)\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

/** Bundles lists of test files, each into one file of the folder. */
async function bundle(lists, folder) {
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
    plugins: [ownPlaces],
  });
  return entries.map((entry) => entry.replace(/js$/, 'mjs'));
}

/** Runs a bundle; its output is shown when it has ended. */
function run(file) {
  const mocha = join(root, 'node_modules', 'mocha', 'lib', 'cli', 'cli.js');
  const options = ['--config', join(root, '.mocharc.unit.json'), ...process.argv.slice(2)];
  return new Promise((done) => {
    const args = ['--enable-source-maps', mocha, ...options, file];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    child.on('close', (code) => {
      const text = Buffer.concat(chunks).toString();
      process.stdout.write(text);
      done({ code: code ?? 1, text });
    });
  });
}

function countIn(text, word) {
  return Number(new RegExp(`^ +(\\d+) ${word}`, 'm').exec(text)?.[1] ?? 0);
}

const started = performance.now();
const cache = join(root, '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'unit-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
const ran = await Promise.all((await bundle(parts(), folder)).map(run));
const sum = (word) => ran.reduce((total, { text }) => total + countIn(text, word), 0);
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`\n  ${sum('passing')} passing (${seconds}s)\n`);
if (sum('failing') > 0) process.stdout.write(`  ${sum('failing')} failing\n`);
process.exitCode = Math.max(...ran.map(({ code }) => code));
