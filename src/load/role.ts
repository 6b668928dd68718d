import { join } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { Role } from '../model/playbook.ts';
import type { SourceNode } from '../model/source.ts';
import { checkName } from './names.ts';
import { findYaml, isFolder, namesIn, openYaml, startOf } from './open.ts';
import { readMeta } from './role-meta.ts';
import type { RoleLibrary } from './role-use.ts';
import type { PlacedText, Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { readHandlers, readTasks } from './task.ts';
import type { TaskReading } from './task.ts';
import { loadVarsFile } from './vars.ts';

const FOLDERS = ['tasks', 'handlers', 'defaults', 'vars', 'templates', 'files', 'meta'];

interface LibraryOptions extends TaskReading {
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
    role: (name, users) => {
      if (users.includes(name.text)) {
        report(inCircle(name, users));
        return undefined;
      }
      if (!checkName(name.text, 'role', name.at, report)) return undefined;
      const dir = paths.map((path) => join(path, name.text)).find(isFolder);
      if (dir === undefined) {
        report(missing(name, options));
        return undefined;
      }
      const known = read.get(dir);
      if (known !== undefined) return known;
      const role = readRole(name.text, dir, { ...options, library, users: [...users, name.text] });
      read.set(dir, role);
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
  readonly users: readonly string[];
}

function readRole(name: string, dir: string, reading: RoleReading): Role {
  const { sources, report } = reading;
  checkFolders(dir, sources, report);
  const main = (folder: string): string | undefined => findYaml(join(dir, folder), 'main', sources, report);
  const nodeOf = (folder: string): SourceNode | undefined => {
    const file = main(folder);
    return file === undefined ? undefined : openYaml(file, sources, report);
  };
  const layer = (folder: string): VarLayer => {
    const file = main(folder);
    const label = `role ${name} ${folder}`;
    return file === undefined ? { label, vars: new Map() } : loadVarsFile(file, label, sources, report);
  };
  const [tasks, handlers] = [nodeOf('tasks'), nodeOf('handlers')];
  return {
    name,
    dir,
    defaults: layer('defaults'),
    vars: layer('vars'),
    tasks: tasks === undefined ? [] : readTasks(tasks, `The tasks of role ${name}`, reading),
    handlers: handlers === undefined ? [] : readHandlers(handlers, `The handlers of role ${name}`, reading),
    ...readMeta(join(dir, 'meta'), reading),
  };
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
