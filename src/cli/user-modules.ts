import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as zod from 'zod';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Sources } from '../load/sources.ts';
import { namesIn, startOf } from '../load/open.ts';
import { defineModule, ModuleError, type AnyModule } from '../modules/define.ts';
import { script, sh } from '../transport/command.ts';
import { findExecutables } from './user-executables.ts';

/** What a user's module gets, so that it needs no import that would have to be installed. */
export interface ModuleApi {
  readonly defineModule: typeof defineModule;
  readonly z: typeof zod;
  readonly sh: typeof sh;
  readonly script: typeof script;
  readonly ModuleError: typeof ModuleError;
}

/** `broken`: names of modules that are there and cannot be used, so that tasks with them need not be called wrong. */
export interface UserModules extends Checked<readonly AnyModule[]> {
  readonly broken: readonly string[];
}

const ENDINGS = ['.js', '.mjs'];

/**
 * The modules in `modules/` beside these playbooks, and in that of their roles: NAME.js, NAME.mjs or NAME/index.(m)js, each an ES module
 * whose default export (or export `module`) is a module, or a function that makes one from {@link ModuleApi}; and
 * programs in any language with a description beside them.
 */
export async function loadUserModules(
  playbooks: readonly string[],
  builtin: ReadonlySet<string>,
  sources: Sources,
): Promise<UserModules> {
  const problems: Diagnostic[] = [];
  const broken: string[] = [];
  const found = new Map<string, { readonly module: AnyModule; readonly file: string }>();
  const dirs = moduleDirs(
    playbooks.map((file) => dirname(file)),
    sources,
  );
  const isTaken = (name: string, shown: string): boolean => {
    const other = builtin.has(name) ? 'one that comes with oms-play' : found.get(name)?.file;
    if (other === undefined) return false;
    const detail = `There are two modules "${name}": ${shown} and ${other}. Give yours another name.`;
    problems.push(problem('duplicate', startOf(shown), 'module there twice', detail));
    return true;
  };
  for (const file of dirs.flatMap(moduleFiles)) {
    const name = nameOf(file);
    const shown = sources.shown(file);
    sources.read(file);
    if (isTaken(name, shown)) continue;
    const loaded = await loadModule(file, name);
    if ('module' in loaded) found.set(name, { module: loaded.module, file: shown });
    else {
      broken.push(name);
      problems.push({ ...brokenModule(name, loaded.why), at: placeIn(loaded.error, file, shown) });
    }
  }
  for (const { name, file, make } of dirs.flatMap((dir) => findExecutables(dir, sources))) {
    if (isTaken(name, sources.shown(file))) continue;
    const made = make();
    problems.push(...made.problems);
    if (made.module === undefined) broken.push(name);
    else found.set(name, { module: made.module, file: sources.shown(file) });
  }
  return { value: [...found.values()].map(({ module }) => module), broken, problems };
}

/** Beside the playbooks, and those that roles bring along. */
function moduleDirs(playbookDirs: readonly string[], sources: Sources): readonly string[] {
  const roots = new Set([...playbookDirs.map((dir) => join(dir, 'roles')), sources.located('roles')]);
  const roles = [...roots].flatMap((root) => namesIn(root).map((name) => join(root, name)));
  return [...new Set([...playbookDirs, ...roles].map((dir) => join(dir, 'modules')))];
}

function moduleFiles(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (!entry.isDirectory()) return ENDINGS.some((ending) => path.endsWith(ending)) ? [path] : [];
      return ENDINGS.map((ending) => join(path, `index${ending}`)).filter((file) => existsSync(file));
    });
}

function nameOf(file: string): string {
  const base = basename(file).replace(/\.m?js$/, '');
  return base === 'index' ? basename(dirname(file)) : base;
}

type Loaded = { readonly module: AnyModule } | { readonly why: string; readonly error?: unknown };

async function loadModule(file: string, name: string): Promise<Loaded> {
  try {
    const exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    const given = exported['default'] ?? exported['module'];
    const made: unknown =
      typeof given === 'function' ? await (given as (api: ModuleApi) => unknown)(await moduleApi()) : given;
    const why = wrongWith(made, name);
    return why === undefined ? { module: made as AnyModule } : { why };
  } catch (error) {
    return { why: `it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error };
  }
}

async function moduleApi(): Promise<ModuleApi> {
  // All of zod takes longer to load than the part that our own modules need.
  return { defineModule, z: await import('zod'), sh, script, ModuleError };
}

/** What keeps a value from being a module of that name; undefined: nothing. */
function wrongWith(made: unknown, name: string): string | undefined {
  if (typeof made !== 'object' || made === null) {
    return 'it exports no module. Write "export default ({ defineModule, z }) => defineModule({ … })"';
  }
  const module = made as Readonly<Record<string, unknown>>;
  if (module['name'] !== name) {
    return `its name is ${JSON.stringify(module['name'])}, but the file says "${name}"; they must be the same`;
  }
  if (!/^[a-z][a-z0-9_]*$/.test(name)) return 'a module is named with a-z, 0-9 and _';
  if (typeof module['summary'] !== 'string') return 'it has no summary (a text)';
  for (const schema of ['args', 'returns']) {
    const given = module[schema] as { safeParse?: unknown } | undefined;
    if (typeof given?.safeParse !== 'function')
      return `its "${schema}" is no schema, as z.strictObject({ … }) makes`;
  }
  for (const action of ['check', 'apply']) {
    if (typeof module[action] !== 'function') return `it has no function "${action}"`;
  }
  return undefined;
}

function brokenModule(name: string, why: string): Diagnostic {
  const detail = `The module "${name}" cannot be used: ${why}.`;
  return problem('bad-value', undefined, 'broken module', detail);
}

/** Node.js tells the place of a syntax error on its own stderr only. */
function syntaxCheck(file: string): string {
  return spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: 5000 }).stderr;
}

/** The line that an error of Node.js names in the file, else its beginning. */
function placeIn(error: unknown, file: string, shown: string): Diagnostic['at'] & object {
  const stack =
    error instanceof SyntaxError ? syntaxCheck(file) : error instanceof Error ? (error.stack ?? '') : '';
  const url = pathToFileURL(file).href;
  for (const name of [url, file]) {
    const after = stack.split(`${name}:`)[1];
    const match = /^(\d+)(?::(\d+))?/.exec(after ?? '');
    if (match?.[1] !== undefined) {
      return { file: shown, line: Number(match[1]), column: Number(match[2] ?? 1), length: 1 };
    }
  }
  return startOf(shown);
}
