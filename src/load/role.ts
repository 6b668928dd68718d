import { join } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { Role, RoleParts } from '../model/playbook.ts';
import type { SourceNode } from '../model/source.ts';
import { checkName } from './names.ts';
import { isFolder, namesIn, openYaml, startOf } from './open.ts';
import { readMeta } from './role-meta.ts';
import { roleKey, type RoleLibrary } from './role-library.ts';
import { rolePart } from './role-parts.ts';
import type { PlacedText, Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { readHandlers, readTasks } from './task.ts';
import type { TaskReading } from './reading.ts';
import { loadVarsFile } from './vars.ts';

const FOLDERS = ['tasks', 'handlers', 'defaults', 'vars', 'templates', 'files', 'meta'];

interface LibraryOptions extends Omit<TaskReading, 'roles' | 'roleDir' | 'users' | 'importing'> {
  /** Folders of roles, in the order they are searched. */
  readonly paths: readonly string[];
  readonly sources: Sources;
}

/** A library of the roles in these folders. */
export function createRoleLibrary(options: LibraryOptions): RoleLibrary {
  const { paths, report } = options;
  const read = new Map<string, Role>();
  const library: RoleLibrary = {
    report,
    role: (name, users, parts = {}) => {
      const key = roleKey(name.text, parts);
      if (users.includes(key)) {
        report(inCircle({ text: key, at: name.at }, users));
        return undefined;
      }
      if (!checkName(name.text, 'role', name.at, report)) return undefined;
      const dir = paths.map((path) => join(path, name.text)).find(isFolder);
      if (dir === undefined) {
        report(missing(name, options));
        return undefined;
      }
      const id = JSON.stringify([dir, parts]);
      const known = read.get(id);
      if (known !== undefined) return known;
      const within = { ...options, library, roles: library, users: [...users, key], roleDir: dir };
      const role = readRole(name, dir, parts, within);
      read.set(id, role);
      return role;
    },
  };
  return library;
}

function inCircle(name: PlacedText, users: readonly string[]): ReturnType<typeof problem> {
  const circle = [...users.slice(users.indexOf(name.text)), name.text].join(' → ');
  return problem('bad-value', name.at, 'roles in a circle', `A role cannot depend on itself: ${circle}.`);
}

function missing({ text, at }: PlacedText, { paths, sources }: LibraryOptions): ReturnType<typeof problem> {
  const hint = didYouMean(text, paths.flatMap(namesIn));
  const looked = paths.map((path) => `\n  ${sources.shown(join(path, text))}`).join('');
  return problem(
    'not-found',
    at,
    'role not found',
    `There is no role "${text}".${hint} Looked for:${looked}`,
  );
}

interface RoleReading extends LibraryOptions {
  readonly library: RoleLibrary;
  readonly roles: RoleLibrary;
  readonly roleDir: string;
  readonly users: readonly string[];
}

function readRole({ text: name, at }: PlacedText, dir: string, parts: RoleParts, reading: RoleReading): Role {
  const { sources, report } = reading;
  checkFolders(dir, sources, report);
  const file = (folder: keyof RoleParts): string | undefined =>
    rolePart({ dir, folder, part: parts[folder], at }, sources, report);
  const nodeOf = (folder: keyof RoleParts): SourceNode | undefined => {
    const found = file(folder);
    return found === undefined ? undefined : openYaml(found, sources, report);
  };
  const layer = (folder: keyof RoleParts): VarLayer => {
    const label = `role ${name} ${folder}`;
    const found = file(folder);
    // As in Ansible main may be a folder of files.
    const files =
      found === undefined && parts[folder] === undefined ? filesIn(join(dir, folder, 'main')) : [found ?? ''];
    const layers = files
      .filter((path) => path !== '')
      .map((path) => loadVarsFile(path, label, sources, report));
    return { label, vars: new Map(layers.flatMap(({ vars }) => [...vars])) };
  };
  const [tasks, handlers] = [nodeOf('tasks'), nodeOf('handlers')];
  const entryPoint = (parts.tasks ?? 'main').replace(/\.ya?ml$/, '');
  return {
    name,
    dir,
    defaults: layer('defaults'),
    vars: layer('vars'),
    tasks: tasks === undefined ? [] : readTasks(tasks, `The tasks of role ${name}`, reading),
    handlers: handlers === undefined ? [] : readHandlers(handlers, `The handlers of role ${name}`, reading),
    ...readMeta(join(dir, 'meta'), entryPoint, reading),
  };
}

/** Files of variables in a folder and in those below it, in the order of their names. */
function filesIn(dir: string): readonly string[] {
  return namesIn(dir).flatMap((name) => {
    const path = join(dir, name);
    if (isFolder(path)) return filesIn(path);
    return /\.(ya?ml|json)$/.test(name) ? [path] : [];
  });
}

/** A misspelled folder is never read, and nothing would tell. */
function checkFolders(dir: string, sources: Sources, report: Report): void {
  for (const entry of namesIn(dir)) {
    const hint = FOLDERS.includes(entry) || !isFolder(join(dir, entry)) ? '' : didYouMean(entry, FOLDERS);
    if (hint === '' || ['tests', 'test'].includes(entry)) continue;
    const detail = `Nothing reads the folder "${entry}" of a role.${hint}`;
    const found = problem(
      'unknown-name',
      startOf(sources.shown(join(dir, entry))),
      'unknown folder in a role',
      detail,
    );
    report({ ...found, severity: 'warning' });
  }
}
