import { posix } from 'node:path';
import type { FileStat, NodeReader } from '../transport/node.ts';
import { ModuleError } from './define.ts';

/** A path on the node and what is there now. */
export interface Place {
  readonly path: string;
  readonly stat: FileStat | undefined;
  /** SHA-256 of what is there; asked at once or when it is wanted. */
  readonly checksum: () => Promise<string | undefined>;
  /** The folder that the file is to go into and that is not there yet. */
  readonly missingFolder?: string;
}

export interface PlaceOptions {
  /** Name of the file within `dest` when that is a folder; undefined: `dest` must be the file itself. */
  readonly name: string | undefined;
  /** Ask for the checksum together with the rest, which costs no round trip more; for small files. */
  readonly checksumAtOnce: boolean;
}

/** Where a file goes: into `dest` when that is a folder or ends in /, else it is `dest`. */
export async function locate(node: NodeReader, dest: string, options: PlaceOptions): Promise<Place> {
  refuseRelative(dest);
  if (dest.endsWith('/')) return locateInside(node, dest, options);
  const place = await look(node, dest, options.checksumAtOnce);
  if (place.stat?.type !== 'directory') return place;
  return look(node, inside(dest, options.name), options.checksumAtOnce);
}

async function locateInside(node: NodeReader, dest: string, options: PlaceOptions): Promise<Place> {
  const [place, folder] = await Promise.all([
    look(node, inside(dest, options.name), options.checksumAtOnce),
    node.stat(dest, { follow: true }),
  ]);
  return folder === undefined ? { ...place, missingFolder: posix.join(dest, '.') } : place;
}

/** Refuses a path that does not begin with /, an empty one included. */
export function refuseRelative(dest: string): void {
  if (dest.startsWith('/')) return;
  const message = dest === '' ? 'dest is empty' : `dest is not an absolute path: ${dest}`;
  throw new ModuleError({ message, hint: 'Begin it with /. Is a variable in it empty?' });
}

/** What is at a path, links followed. */
export async function look(node: NodeReader, path: string, checksumAtOnce: boolean): Promise<Place> {
  const looking = node.stat(path, { follow: true });
  const early = checksumAtOnce ? node.checksum(path) : undefined;
  // Asked for before it is known that a file is there: the answer for anything else is not wanted.
  early?.catch(() => undefined);
  return { path, stat: await looking, checksum: () => early ?? node.checksum(path) };
}

function inside(dest: string, name: string | undefined): string {
  if (name !== undefined) return posix.join(dest, name);
  throw new ModuleError({
    message: `dest is a folder: ${dest}`,
    hint: 'With content, name the file itself.',
  });
}
