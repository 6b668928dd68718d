import { isAbsolute, join } from 'node:path';
import type * as z from 'zod';
import type { AnyModule } from './define.ts';

/** Whether a file argument names a file of the node: `remote_src`, as it is given or by default. */
export function isRemote(module: AnyModule, given: unknown): boolean {
  if (given !== undefined) return given === true || given === 'true';
  const { shape } = module.args as { readonly shape?: Readonly<Record<string, z.ZodType>> };
  return shape?.['remote_src']?.safeParse(undefined).data === true;
}

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
