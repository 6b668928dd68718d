import { posix } from 'node:path';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import type { PlacedAttributes, PlacedFile, Placement, RawPath, TreeLook } from '../../transport/tree.ts';
import { isText, pathText } from '../../transport/tree.ts';
import type { Attributes } from '../attributes.ts';
import {
  attributeCommands,
  attributesAfter,
  folderModeWord,
  inOneGo,
  mustRun,
  ownerWord,
} from '../attributes.ts';
import { applyContent } from '../content.ts';
import { ModuleError } from '../define.ts';
import { resolveMode } from '../mode.ts';
import { below } from './compare.ts';
import type { FoundEntry } from './compare.ts';

/** From this size on a file is sent by itself, so that it can be resumed. */
const ALONE_FROM = 16 * 1024 * 1024;
const USUAL_FOLDER_MODE = '0755';
/** What symbolic modes of a new file start from. */
const USUAL_MODE = '0644';

/** What is to become of a folder of the node. */
export interface FolderPlan {
  readonly folder: string;
  readonly look: TreeLook;
  /** Folders to make, those above first. */
  readonly folders: readonly (Attributes & { readonly path: RawPath })[];
  readonly files: readonly (FoundEntry & { readonly mtime?: number | undefined })[];
  readonly links?: Placement['links'];
  readonly attributes?: Placement['attributes'];
  readonly inTheWay?: readonly RawPath[];
  readonly surplus?: readonly RawPath[];
}

/** Carries it out: all files in one stream, but for those that need to be handled by themselves. */
export async function placeFolder(node: NodeWriter, plan: FolderPlan): Promise<void> {
  if (!plan.look.hasTar) return placeOneByOne(node, plan);
  const changed = plan.files.filter(({ file }) => file.rewrite);
  const alone = changed.filter((entry) => isAlone(entry, plan.look));
  const together = changed.filter((entry) => !isAlone(entry, plan.look));
  const { folder, look, links = [], inTheWay = [], surplus = [] } = plan;
  const start = {
    folder,
    base: baseOf(look, together),
    folders: plan.folders.map(({ path, ...attributes }) => ({ path, ...folderWords(attributes) })),
    files: together.map(placed),
    links,
    inTheWay,
  };
  const end = { attributes: [...attributesOf(plan, alone), ...(plan.attributes ?? [])], surplus };
  if (alone.length === 0) return placeAll(node, { ...start, ...end });
  await placeAll(node, { ...start, attributes: [], surplus: [] });
  for (const { file } of alone) await applyContent(node, file);
  await placeAll(node, { ...start, folders: [], files: [], links: [], inTheWay: [], ...end });
}

/** Refuses names that cannot be handled before anything is done. */
export function refuseNames(files: readonly FoundEntry[], look: TreeLook): void {
  const bad = files.find((found) => found.file.rewrite && isAlone(found, look) && !isText(found.entry.path));
  if (bad === undefined) return;
  throw new ModuleError({
    message: `the name of ${bad.file.path} is no UTF-8, and this file has to be handled by itself`,
    hint: 'That is so for large files, with validate or in_place, and without tar on the node: give it another name.',
  });
}

async function placeAll(node: NodeWriter, placement: Placement): Promise<void> {
  const { folders, files, links, attributes, inTheWay, surplus } = placement;
  const parts = [folders, files, links, attributes, inTheWay, surplus];
  if (parts.some((part) => part.length > 0)) await node.placeAll(placement);
}

/** For nodes without tar. */
async function placeOneByOne(node: NodeWriter, plan: FolderPlan): Promise<void> {
  for (const { path, ...attributes } of plan.folders) {
    const at = below(plan.folder, path);
    const words = { ...attributes, mode: folderModeWord(attributes.mode ?? USUAL_FOLDER_MODE) };
    const commands = [sh`mkdir -p -- ${at}`, ...attributeCommands([at], words)];
    await mustRun(node, inOneGo(commands), `could not make the folder ${at}`, 'programs');
  }
  for (const { file } of plan.files) if (file.changes.length > 0) await applyContent(node, file);
}

function isAlone({ file, entry, seen }: FoundEntry, look: TreeLook): boolean {
  const { wanted } = file;
  const inPlace = wanted.in_place && seen?.stat !== undefined;
  return wanted.validate !== undefined || inPlace || entry.size >= ALONE_FROM || !look.hasTar;
}

/** Where what arrives may wait: a folder that is there and that is written into anyhow. */
function baseOf(look: TreeLook, files: readonly FoundEntry[]): string {
  const [first] = files;
  if (!look.isThere || first === undefined) return look.base;
  let path = posix.dirname(first.entry.path);
  while (path !== '.' && (look.entries.get(path)?.stat === undefined || !isText(path)))
    path = posix.dirname(path);
  return posix.join(look.base, pathText(path));
}

/** For chmod and chown. */
export function folderWords(attributes: Attributes): PlacedAttributes {
  const { mode } = attributes;
  return { ...(mode === undefined ? {} : { mode: folderModeWord(mode) }), ...ownerOf(attributes) };
}

/** What is not asked for a file has from the one that it replaces. */
function placed({
  entry,
  file,
  seen,
  mtime,
}: FoundEntry & { readonly mtime?: number | undefined }): PlacedFile {
  const { wanted, before } = file;
  const kept = seen?.isLink === true ? undefined : before;
  const mode =
    wanted.mode === undefined ? kept?.mode : resolveMode(wanted.mode, before?.mode ?? USUAL_MODE, false);
  const { owner = kept?.uid.toString(), group = kept?.gid.toString() } = wanted;
  return {
    path: entry.path,
    localPath: entry.localPath,
    size: entry.size,
    ...(mode === undefined ? {} : { mode }),
    ...ownerOf({ owner, group }),
    ...(mtime === undefined ? {} : { mtime }),
    ...(wanted.backup && before !== undefined ? { backup: true } : {}),
  };
}

/** Of files whose content is right, and of those that came by themselves. */
function attributesOf({ files }: FolderPlan, alone: readonly FoundEntry[]): Placement['attributes'] {
  return files.flatMap((found) => {
    const { file, entry, mtime } = found;
    const times = mtime === undefined ? {} : { mtime };
    if (file.rewrite)
      return alone.includes(found) && mtime !== undefined ? [{ path: entry.path, ...times }] : [];
    const { mode, ...owners } = attributesAfter(file.rows);
    if (file.rows.length === 0 && mtime === undefined) return [];
    return [{ path: entry.path, ...(mode === undefined ? {} : { mode }), ...ownerOf(owners), ...times }];
  });
}

function ownerOf(attributes: Attributes): { readonly owner?: string } {
  const owner = ownerWord(attributes);
  return owner === undefined ? {} : { owner };
}
