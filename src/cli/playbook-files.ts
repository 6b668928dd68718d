import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';

/** Where playbooks and roles are looked for. */
export interface Places {
  /** The working folder. */
  readonly cwd: string;
  /** Folder of the installed package, with its own playbooks/ and roles/. */
  readonly packageDir: string;
}

/** The files of the playbooks asked for: a path as given, else in ./playbooks, else the package's own. */
export function findPlaybooks(names: readonly string[], places: Places): Checked<readonly string[]> {
  const problems: Diagnostic[] = [];
  const files = names.flatMap((name) => {
    const file = candidates(name, places).find(isFile);
    if (file === undefined) problems.push(notFound(name, places));
    return file === undefined ? [] : [file];
  });
  return { value: [...new Set(files)], problems };
}

/** Folders of roles beside those that a playbook brings by itself. */
export function rolePaths({ cwd, packageDir }: Places): readonly string[] {
  return [resolve(cwd, 'roles'), join(packageDir, 'roles')];
}

function candidates(name: string, { cwd, packageDir }: Places): readonly string[] {
  const given = resolve(cwd, name);
  if (name.startsWith('/') || name.startsWith('./') || name.startsWith('../')) return [given];
  return [given, resolve(cwd, 'playbooks', name), join(packageDir, 'playbooks', name)];
}

function notFound(name: string, places: Places): Diagnostic {
  const looked = candidates(name, places)
    .map((path) => `\n  ${path}`)
    .join('');
  const known = ['', 'playbooks'].flatMap((dir) => yamlNames(resolve(places.cwd, dir)));
  const hint = didYouMean(name, [...known, ...yamlNames(join(places.packageDir, 'playbooks'))]);
  return problem(
    'not-found',
    undefined,
    'playbook not found',
    `There is no playbook "${name}".${hint} Looked for:${looked}`,
  );
}

function yamlNames(dir: string): readonly string[] {
  try {
    return readdirSync(dir).filter((name) => /\.ya?ml$/.test(name));
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
