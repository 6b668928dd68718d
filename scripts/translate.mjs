// Translates the project's TypeScript to JavaScript, into a folder of the cache, for tests: a loader that does so while
// they run takes as long as the tests themselves.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { dirname, join, relative, resolve } from 'node:path';
import esbuild from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const TRANSLATED = ['src', 'test', 'bench', 'scripts'];
const HIDDEN = ['.git', '.cache', 'dist'];
const RELATIVE = /((?:from|import)\s*\(?\s*["'])(\.{1,2}\/[^"']+)\.ts(["'])/g;

/** Brings `folder` up to date by content: what has changed is translated, what is gone is removed. */
export async function translate(folder) {
  mkdirSync(folder, { recursive: true });
  linkTheRest(folder);
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
  await Promise.all(changed.map((path) => bring(path, folder)));
  writeFileSync(listFile, JSON.stringify(now));
}

/** The files of the project below a folder, by their path in it. */
function filesBelow(top) {
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(top, join(entry.parentPath ?? entry.path, entry.name)));
}

const sumOf = (bytes) => createHash('sha256').update(bytes).digest('base64');

/** Everything that is not translated is there by a link, so that tests find it where it is in the project. */
function linkTheRest(folder) {
  const names = readdirSync(root).filter((name) => ![...TRANSLATED, ...HIDDEN].includes(name));
  for (const name of readdirSync(folder)) {
    if (lstatSync(join(folder, name)).isSymbolicLink() && !names.includes(name)) rmSync(join(folder, name));
  }
  for (const name of names) {
    if (!existsSync(join(folder, name))) symlinkSync(join(root, name), join(folder, name));
  }
}

/** The source lies beside its translation: some tests read it. */
async function bring(path, folder) {
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
