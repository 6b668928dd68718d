import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isFolder, namesIn } from './open.ts';

/** More files than this fit no name that somebody meant. */
const MOST_FILES = 1000;

/** The files below `dir` that a name with templates may mean: a template stands for a part of one name. */
export function filesMatching(text: string, dir: string, playbookDir: string): readonly string[] {
  return matching(text, dir, playbookDir).filter((path) => existsSync(path) && !isFolder(path));
}

/** The folders, likewise. */
export function foldersMatching(text: string, dir: string, playbookDir: string): readonly string[] {
  return matching(text, dir, playbookDir).filter(isFolder);
}

function matching(text: string, dir: string, playbookDir: string): readonly string[] {
  const known = text.replace(/\{\{\s*playbook_dir\s*\}\}/g, playbookDir);
  const path = resolve(dir, known.replace(/\{\{[^}]*\}\}/g, '*'));
  return path
    .split('/')
    .slice(1)
    .reduce<readonly string[]>(
      (found, part) => found.flatMap((folder) => below(folder, part)).slice(0, MOST_FILES),
      ['/'],
    );
}

function below(folder: string, part: string): readonly string[] {
  if (!part.includes('*')) return [join(folder, part)];
  const escaped = part.split('*').map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${escaped.join('.*')}$`);
  return namesIn(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));
}
