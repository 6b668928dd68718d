// Runs the unit tests: node scripts/unit.mjs [OPTIONS OF MOCHA]. They are translated to JavaScript first, into a folder
// of the cache, because a loader that does so while they run takes as long as the tests themselves.
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { dirname, join, relative, resolve } from 'node:path';
import esbuild from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, '.cache', 'unit');
const TRANSLATED = ['src', 'test', 'bench', 'scripts'];
const HIDDEN = ['.git', '.cache', 'dist'];
const RELATIVE = /((?:from|import)\s*\(?\s*["'])(\.{1,2}\/[^"']+)\.ts(["'])/g;

/** The files of the project below a folder, by their path in it. */
function filesBelow(top) {
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(top, join(entry.parentPath ?? entry.path, entry.name)));
}

const sumOf = (bytes) => createHash('sha256').update(bytes).digest('base64');

/** Everything that is not translated is there by a link, so that tests find it where it is in the project. */
function linkTheRest() {
  const names = readdirSync(root).filter((name) => ![...TRANSLATED, ...HIDDEN].includes(name));
  for (const name of readdirSync(folder)) {
    if (lstatSync(join(folder, name)).isSymbolicLink() && !names.includes(name)) rmSync(join(folder, name));
  }
  for (const name of names) {
    if (!existsSync(join(folder, name))) symlinkSync(join(root, name), join(folder, name));
  }
}

/** Brings the copies up to date by content; translates what has changed. */
async function translate() {
  mkdirSync(folder, { recursive: true });
  linkTheRest();
  const listFile = join(folder, '.translated.json');
  const known = existsSync(listFile) ? JSON.parse(readFileSync(listFile, 'utf8')) : {};
  const tool = sumOf(esbuild.version + readFileSync(import.meta.filename));
  const now = { '': tool };
  const changed = [];
  for (const top of TRANSLATED) {
    for (const name of filesBelow(join(root, top))) {
      const path = join(top, name);
      now[path] = sumOf(readFileSync(join(root, path)));
      if (known[''] !== tool || known[path] !== now[path] || !existsSync(join(folder, path)))
        changed.push(path);
    }
  }
  // Nothing half done may pass for done.
  rmSync(listFile, { force: true });
  for (const path of Object.keys(known)) {
    if (path === '' || path in now) continue;
    rmSync(join(folder, path), { force: true });
    rmSync(join(folder, path.replace(/\.ts$/, '.js')), { force: true });
  }
  await Promise.all(changed.map(bring));
  writeFileSync(listFile, JSON.stringify(now));
}

/** The source lies beside its translation: some tests read it. */
async function bring(path) {
  const from = join(root, path);
  const to = join(folder, path);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
  if (!path.endsWith('.ts')) return;
  const { code } = await esbuild.transform(readFileSync(from, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    sourcefile: to,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  writeFileSync(to.replace(/\.ts$/, '.js'), code.replace(RELATIVE, '$1$2.js$3'));
}

/** Two halves that take about as long as each other; mocha's own workers would each load nearly everything. */
const HALVES = [
  ['test/{run,vault,cli}/**/*.test.js'],
  ['test/!(run|vault|cli|lab|e2e|properties)/**/*.test.js', 'test/*.test.js'],
];

/** Runs one half; its output is shown when it has ended. */
function runHalf(spec) {
  const mocha = join(root, 'node_modules', 'mocha', 'lib', 'cli', 'cli.js');
  const options = ['--config', join(folder, '.mocharc.unit.json'), ...process.argv.slice(2)];
  return new Promise((done) => {
    const args = ['--enable-source-maps', mocha, ...options, ...spec];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
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
await translate();
const ran = await Promise.all(HALVES.map(runHalf));
const sum = (word) => ran.reduce((total, { text }) => total + countIn(text, word), 0);
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`\n  ${sum('passing')} passing (${seconds}s)\n`);
if (sum('failing') > 0) process.stdout.write(`  ${sum('failing')} failing\n`);
process.exitCode = Math.max(...ran.map(({ code }) => code));
