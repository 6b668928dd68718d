import { isAbsolute, join } from 'node:path';

/** Where the files of a task are looked for. */
export interface SearchPlaces {
  readonly roleDir: string | undefined;
  readonly playbookDir: string;
}

/** The paths that a file or template named in a task may have, first match wins; Ansible's order. */
export function searchPaths(
  kind: 'file' | 'template',
  path: string,
  places: SearchPlaces,
): readonly string[] {
  if (isAbsolute(path)) return [path];
  const folder = kind === 'file' ? 'files' : 'templates';
  const roots = places.roleDir === undefined ? [places.playbookDir] : [places.roleDir, places.playbookDir];
  return roots.flatMap((root) => [join(root, folder, path), join(root, path)]);
}
