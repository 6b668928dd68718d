import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { FileStat } from '../../src/transport/node.ts';
import type { Held, LookFor, PlacedAttributes, Placement, Seen, TreeLook } from '../../src/transport/tree.ts';
import { pathText, rawPath } from '../../src/transport/tree.ts';
import type { FakeFile } from './fake-node.ts';

/** The files of a fake node, as much as folders need of them. */
export interface FakeDisk {
  readonly paths: () => readonly string[];
  readonly entry: (
    path: string,
    follow: boolean,
  ) => { readonly content: Buffer; readonly stat: FileStat } | undefined;
  readonly put: (files: Readonly<Record<string, FakeFile>>) => void;
}

/** What a real node answers to lookAtTree. */
export function fakeLook(disk: FakeDisk, folder: string, wanted: readonly LookFor[]): TreeLook | undefined {
  const there = disk.entry(folder, true);
  if (there !== undefined && there.stat.type !== 'directory') return undefined;
  const seen = ({ path, sumIfSize }: LookFor): Seen | undefined => {
    const own = disk.entry(posix.join(folder, pathText(path)), false);
    const behind = disk.entry(posix.join(folder, pathText(path)), true);
    if (own === undefined) return undefined;
    const isLink = own.stat.type === 'link';
    const isSummed = behind?.stat.type === 'file' && behind.stat.size === sumIfSize;
    return {
      stat: behind?.stat,
      isLink,
      ...(isLink ? { linkTarget: rawPath(own.stat.linkTarget ?? '') } : {}),
      ...(isSummed ? { sha256: createHash('sha256').update(behind.content).digest('hex') } : {}),
    };
  };
  const entries = new Map<string, Seen>();
  for (const look of [{ path: '' }, ...wanted]) {
    const found = seen(look);
    if (found !== undefined) entries.set(look.path, found);
  }
  return {
    isThere: there !== undefined,
    base: nearest(disk, folder),
    entries,
    all: heldBelow(disk, folder),
    hasTar: true,
    closed: [],
    words: '',
  };
}

/** Does what a real node does with a placement, and notes the files that were written. */
export async function fakePlace(disk: FakeDisk, placement: Placement, wrote: string[]): Promise<void> {
  const { folder } = placement;
  const at = (path: string): string => posix.join(folder, pathText(path)).replace(/(.)\/$/, '$1');
  for (const path of placement.inTheWay) disk.put({ [at(path)]: null });
  for (const made of placement.folders) disk.put({ [at(made.path)]: { directory: true, ...ofWords(made) } });
  for (const file of placement.files) {
    const content = await readFile(file.localPath);
    disk.put({ [at(file.path)]: { base64: content.toString('base64'), ...ofWords(file) } });
    wrote.push(at(file.path));
  }
  for (const { path, target } of placement.links) disk.put({ [at(path)]: { link: pathText(target) } });
  for (const { path, ...attributes } of placement.attributes) {
    const now = disk.entry(at(path), true);
    if (now === undefined) throw new Error(`nothing is at ${at(path)}`);
    const { mode, owner, group, mtime } = now.stat;
    const before = { mode, owner, group, mtime, directory: now.stat.type === 'directory' };
    disk.put({
      [at(path)]: { ...before, base64: now.content.toString('base64'), ...ofWords(attributes) },
    });
  }
  for (const path of placement.surplus) disk.put({ [at(path)]: null });
}

function ofWords({ mode, owner, mtime }: PlacedAttributes): Record<string, string | number> {
  const [user = '', group = ''] = owner?.split(':') ?? [];
  return {
    ...(mode === undefined || mode === '=rw' ? {} : { mode: mode.slice(-4) }),
    ...(user === '' ? {} : { owner: user }),
    ...(group === '' ? {} : { group }),
    ...(mtime === undefined ? {} : { mtime }),
  };
}

function nearest(disk: FakeDisk, path: string): string {
  return disk.entry(path, true) === undefined ? nearest(disk, posix.dirname(path)) : path;
}

function heldBelow(disk: FakeDisk, folder: string): Held[] {
  const home = folder.replace(/\/$/, '');
  const below = disk.paths().filter((path) => path.startsWith(`${home}/`) && path !== '/');
  const held = below.map((path): Held => {
    const type = disk.entry(path, false)?.stat.type ?? 'file';
    const kind = type === 'other' ? 'file' : type;
    return { path: rawPath(path.slice(home.length + 1)), kind, isMountPoint: false };
  });
  const order = ['directory', 'link', 'file'];
  return held.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}
