import { basename, posix } from 'node:path';
import type { Change } from '../../model/result.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import type { WantedFile } from '../content.ts';
import { refuseRelative } from '../destination.ts';
import { resolveMode } from '../mode.ts';
import { below, compareFiles, lookAt, missingFolders } from '../tree/compare.ts';
import { readLocalTree } from '../tree/local-tree.ts';
import type { FolderPlan } from '../tree/place.ts';
import { placeFolder, refuseNames } from '../tree/place.ts';
import { sourcesOf } from '../tree/shared.ts';

export interface WantedFolder extends Omit<WantedFile, 'source'> {
  /** With / at the end: what it holds, without the folder itself. */
  readonly src: string;
  readonly dest: string;
  readonly directory_mode?: string | undefined;
}

export interface FoundFolder {
  readonly dest: string;
  readonly plan: FolderPlan;
  readonly changes: readonly Change[];
}

/** Compares a folder of the controller with the node's; what the node has more is left alone. */
export async function checkFolder(node: NodeReader, wish: WantedFolder): Promise<FoundFolder> {
  const { src, dest, directory_mode, ...wanted } = wish;
  const folder = folderFor(src, dest);
  const entries = await sourcesOf(node).walk(src, () => readLocalTree(src, { follow: true }));
  const look = await lookAt(node, folder, entries.map(({ path, kind, size }) => (kind === 'file' ? { path, sumIfSize: size } : { path }))); // prettier-ignore
  const missing = missingFolders(folder, entries, look);
  const mode = resolveMode(directory_mode ?? '0755', '0755', true);
  const files = await compareFiles(
    node,
    folder,
    entries.filter(({ kind }) => kind === 'file').map((entry) => ({ entry, wanted })),
    look,
  );
  refuseNames(files, look);
  const { owner, group } = wanted;
  return {
    dest: folder,
    plan: { folder, look, folders: missing.map((path) => ({ path, mode, owner, group })), files },
    changes: [
      ...missing.map((path) => ({ subject: below(folder, path), summary: `absent → directory ${mode}` })),
      ...files.flatMap(({ file }) => file.changes),
    ],
  };
}

/** Makes the folders, and puts the files that differ there. */
export async function applyFolder(node: NodeWriter, { plan }: FoundFolder): Promise<void> {
  await placeFolder(node, plan);
}

/** Where the folder goes: into dest under its own name, unless src ends in /. */
export function folderFor(src: string, dest: string): string {
  refuseRelative(dest);
  const folder = src.endsWith('/') ? dest : posix.join(dest, basename(src));
  return posix.join(folder, '.').replace(/(.)\/$/, '$1');
}
