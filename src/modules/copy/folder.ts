import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { attributeCommands, folderModeWord, mustRun } from '../attributes.ts';
import type { FoundFile, WantedFile } from '../content.ts';
import { applyContent, checkContent } from '../content.ts';
import { look, refuseRelative } from '../destination.ts';
import { ModuleError } from '../define.ts';
import { resolveMode } from '../mode.ts';
import { LARGE } from '../source.ts';

export interface WantedFolder extends Omit<WantedFile, 'source'> {
  /** With / at the end: what it holds, without the folder itself. */
  readonly src: string;
  readonly dest: string;
  readonly directory_mode?: string | undefined;
}

export interface FoundFolder {
  readonly dest: string;
  readonly wanted: WantedFolder;
  readonly missingFolders: readonly string[];
  readonly files: readonly FoundFile[];
  readonly changes: readonly Change[];
}

interface Tree {
  readonly folders: readonly string[];
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Compares a folder of the controller with the node's; what the node has more is left alone. */
export async function checkFolder(node: NodeReader, wanted: WantedFolder): Promise<FoundFolder> {
  refuseRelative(wanted.dest);
  const dest = wanted.src.endsWith('/') ? wanted.dest : posix.join(wanted.dest, basename(wanted.src));
  const tree = await treeOf(wanted.src, '', []);
  const folders = ['', ...tree.folders].map((folder) => posix.join(dest, folder).replace(/(.)\/$/, '$1'));
  const [folderStats, files] = await Promise.all([
    Promise.all(folders.map((folder) => node.stat(folder, { follow: true }))),
    Promise.all(tree.files.map((file) => checkFile(node, wanted, dest, file))),
  ]);
  const blocked = folders.find((_, i) => folderStats[i] !== undefined && folderStats[i].type !== 'directory');
  if (blocked !== undefined) {
    throw new ModuleError({ message: `${blocked} is a file, and a folder is to take its place` });
  }
  const missingFolders = folders.filter((_, i) => folderStats[i] === undefined);
  const changes = [
    ...missingFolders.map((folder) => ({
      subject: folder,
      summary: `absent → directory ${folderMode(wanted)}`,
    })),
    ...files.flatMap((file) => file.changes),
  ];
  return { dest, wanted, missingFolders, files, changes };
}

/** Makes the folders, then puts the files that differ there. */
export async function applyFolder(node: NodeWriter, found: FoundFolder): Promise<void> {
  const { missingFolders, wanted } = found;
  if (missingFolders.length > 0) {
    const attributes = { mode: folderModeWord(folderMode(wanted)), owner: wanted.owner, group: wanted.group };
    const commands = [sh`mkdir -p -- ${missingFolders}`, ...attributeCommands(missingFolders, attributes)];
    for (const command of commands) await mustRun(node, command, `could not make folders in ${found.dest}`);
  }
  for (const file of found.files) if (file.changes.length > 0) await applyContent(node, file);
}

function folderMode(wanted: WantedFolder): string {
  return resolveMode(wanted.directory_mode ?? '0755', '0755', true);
}

async function checkFile(
  node: NodeReader,
  wanted: WantedFolder,
  dest: string,
  file: Tree['files'][number],
): Promise<FoundFile> {
  const { src, dest: _, directory_mode: __, ...rest } = wanted;
  const place = await look(node, posix.join(dest, file.path), file.size < LARGE);
  return checkContent(node, { ...rest, source: { localPath: join(src, file.path), size: file.size } }, place);
}

/** `above`: the real paths of the folders that lead here, which a link must not lead back to. */
async function treeOf(root: string, below: string, above: readonly string[]): Promise<Tree> {
  const folder = join(root, below);
  const real = await realpath(folder);
  if (above.includes(real)) {
    throw new ModuleError({ message: `${folder} on the controller is a link to a folder that it is in` });
  }
  const names = (await readdir(folder)).sort();
  const parts = await Promise.all(
    names.map(async (name): Promise<Tree> => {
      const path = below === '' ? name : `${below}/${name}`;
      const info = await statOf(join(root, path));
      if (!info.isDirectory())
        return { folders: [], files: info.isFile() ? [{ path, size: info.size }] : [] };
      const inner = await treeOf(root, path, [...above, real]);
      return { folders: [path, ...inner.folders], files: inner.files };
    }),
  );
  return { folders: parts.flatMap((p) => p.folders), files: parts.flatMap((p) => p.files) };
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const message = `${path} cannot be read on the controller (${code})`;
    throw new ModuleError({ message, ...(code === 'ENOENT' ? { hint: 'It is a link to nothing.' } : {}) });
  }
}
