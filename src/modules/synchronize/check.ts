import type { Change, ValueRow } from '../../model/result.ts';
import type { NodeReader } from '../../transport/node.ts';
import type { LookFor, Placement, RawPath, TreeLook } from '../../transport/tree.ts';
import { pathText } from '../../transport/tree.ts';
import type { Attributes } from '../attributes.ts';
import { attributesAfter, differences, rowsInWords } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import { resolveMode } from '../mode.ts';
import type { FoundEntry } from '../tree/compare.ts';
import { below, compareFiles, lookAt, missingFolders } from '../tree/compare.ts';
import type { LocalEntry } from '../tree/local-tree.ts';
import { readLocalTree } from '../tree/local-tree.ts';
import type { FolderPlan } from '../tree/place.ts';
import { folderWords, refuseNames } from '../tree/place.ts';
import { sourcesOf } from '../tree/shared.ts';
import type { Excludes } from './exclude.ts';
import { excluder } from './exclude.ts';
import { surplusOf } from './surplus.ts';

/** What is to be the same on the node as in the source. */
export interface Wish {
  readonly src: string;
  readonly folder: string;
  /** Mode and owner of the folder itself where it has to be made. */
  readonly itself: LocalEntry;
  readonly recursive: boolean;
  readonly links: 'keep' | 'follow' | 'skip';
  readonly perms: boolean;
  readonly times: boolean;
  readonly owner: boolean;
  readonly group: boolean;
  readonly checksum: boolean;
  readonly delete: boolean;
  readonly exclude: readonly string[];
  /** What everything is to have, whatever it has in the source. */
  readonly forced?: Attributes;
}

export interface Found {
  readonly plan: FolderPlan;
  readonly changes: readonly Change[];
  readonly warnings: readonly string[];
}

/** Compares the folder of the controller with the node's. */
export async function compareFolders(node: NodeReader, wish: Wish): Promise<Found> {
  const { folder } = wish;
  const excludes = excluder(wish.exclude);
  const all = await entriesOf(node, wish, excludes);
  const entries = all.filter((entry) => isMeant(entry, wish));
  const seen = await lookAt(node, folder, entries.map((entry) => lookFor(entry, wish)), { everything: wish.delete }); // prettier-ignore
  const inTheWay = wish.delete ? obstacles(entries, seen) : [];
  refuseMounts(folder, inTheWay, seen);
  const held = wish.delete ? seen.all : [];
  const { gone, mounts } = surplusOf(held, new Set(all.map(({ path }) => path)), excludes);
  const surplus = gone.filter(({ path }) => !isWithin(path, inTheWay));
  const context = { wish, look: without(seen, inTheWay) };
  const missing = missingFolders(folder, entries, context.look);
  const folders = foldersOf(entries, missing, context);
  const files = await filesOf(node, entries, context);
  const links = linksOf(entries, context);
  const cleared = inTheWay.map((path) => ({ path, kind: was(seen, path) }));
  return {
    plan: {
      folder,
      look: context.look,
      folders: folders.made,
      files: files.map(({ found, mtime }) => ({ ...found, mtime })),
      links: links.map(({ link }) => link),
      attributes: folders.attributes,
      inTheWay,
      surplus: surplus.map(({ path }) => path),
    },
    changes: [
      ...cleared.map(({ path, kind }) => ({ subject: below(folder, path), summary: `${kind} → absent` })),
      ...folders.changes,
      ...files.flatMap(({ changes }) => changes),
      ...links.map(({ change }) => change),
      ...surplus.map(({ path, kind }) => ({ subject: below(folder, path), summary: `${kind} → absent` })),
    ],
    warnings: mounts.map(
      (path) => `${below(folder, path)} is not in the source, but a file system is mounted there: it stays`,
    ),
  };
}

async function entriesOf(node: NodeReader, wish: Wish, excludes: Excludes): Promise<readonly LocalEntry[]> {
  const { src, links, exclude } = wish;
  const follow = links === 'follow';
  const key = JSON.stringify([src, follow, exclude]);
  return sourcesOf(node).walk(key, () => readLocalTree(src, { follow, excludes }));
}

function isMeant({ kind, path }: LocalEntry, { links, recursive }: Wish): boolean {
  if (kind === 'link' && links === 'skip') return false;
  return recursive || (kind !== 'folder' && !path.includes('/'));
}

function lookFor({ path, kind, size }: LocalEntry, { checksum, times }: Wish): LookFor {
  if (kind === 'link') return { path, link: true };
  return kind === 'file' && (checksum || !times) ? { path, sumIfSize: size } : { path };
}

interface Context {
  readonly wish: Wish;
  readonly look: TreeLook;
}

/** What stands where something of another kind has to be. */
function obstacles(entries: readonly LocalEntry[], look: TreeLook): RawPath[] {
  return entries.flatMap(({ path, kind }) => {
    const there = look.entries.get(path);
    const isFolder = there?.stat?.type === 'directory';
    const blocks =
      kind === 'folder' ? there !== undefined && !isFolder : isFolder && !(kind === 'link' && there.isLink);
    return blocks ? [path] : [];
  });
}

function refuseMounts(folder: string, inTheWay: readonly RawPath[], look: TreeLook): void {
  const mount = look.all.find(({ path, isMountPoint }) => isMountPoint && isWithin(path, inTheWay));
  if (mount === undefined) return;
  throw new ModuleError({
    message: `${below(folder, mount.path)} is in the way, and a file system is mounted there`,
    hint: 'Unmount it, or leave it out with exclude.',
  });
}

/** As it will be when what stands in the way is gone. */
function without(look: TreeLook, inTheWay: readonly RawPath[]): TreeLook {
  if (inTheWay.length === 0) return look;
  return { ...look, entries: new Map([...look.entries].filter(([path]) => !isWithin(path, inTheWay))) };
}

/** Whether it is one of them, or in one of them. */
function isWithin(path: RawPath, others: readonly RawPath[]): boolean {
  return others.some((other) => path === other || path.startsWith(`${other}/`));
}

interface FileFinding {
  readonly found: FoundEntry;
  readonly mtime: number | undefined;
  readonly changes: readonly Change[];
}

async function filesOf(
  node: NodeReader,
  entries: readonly LocalEntry[],
  context: Context,
): Promise<FileFinding[]> {
  const { wish, look } = context;
  const wishes = entries
    .filter(({ kind }) => kind === 'file')
    .map((entry) => ({
      entry,
      wanted: { ...attributesOf(wish, entry), backup: false, force: true, in_place: false },
      trusted: wish.times && !wish.checksum,
    }));
  const found = await compareFiles(node, wish.folder, wishes, look);
  refuseNames(found, look);
  return found.map((file) => timed(file, wish));
}

/** What is trusted by its time and differs in it has no sum: then it comes anew. */
function timed(found: FoundEntry, wish: Wish): FileFinding {
  const { entry, file } = found;
  const before = file.before?.mtime;
  if (!wish.times || (before === entry.mtime && !file.rewrite)) {
    return { found, mtime: undefined, changes: file.changes };
  }
  if (file.rewrite || before === undefined) return { found, mtime: entry.mtime, changes: file.changes };
  const row: ValueRow = { name: 'time', before: timeText(before), after: timeText(entry.mtime) };
  const rows = [...file.rows, row];
  const change = { subject: file.path, summary: rowsInWords(rows), diff: { kind: 'values' as const, rows } };
  return { found, mtime: entry.mtime, changes: [change] };
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

interface LinkFinding {
  readonly link: Placement['links'][number];
  readonly change: Change;
}

function linksOf(entries: readonly LocalEntry[], { wish, look }: Context): LinkFinding[] {
  return entries.flatMap(({ path, kind, target }) => {
    if (kind !== 'link' || target === undefined) return [];
    const there = look.entries.get(path);
    if (there?.isLink === true && there.linkTarget === target) return [];
    const subject = below(wish.folder, path);
    if (there?.stat?.type === 'directory' && !there.isLink) throw inThePlaceOfLink(subject);
    const summary = `${was(look, path)} → link to ${pathText(target)}`;
    return [{ link: { path, target }, change: { subject, summary } }];
  });
}

function inThePlaceOfLink(path: string): ModuleError {
  return new ModuleError({
    message: `${path} is a folder, and a link is to take its place`,
    hint: 'With delete it would be replaced.',
  });
}

interface FolderFindings {
  readonly made: FolderPlan['folders'];
  readonly attributes: Placement['attributes'];
  readonly changes: readonly Change[];
}

/** Folders to make, and the mode and owner of those that are there. */
function foldersOf(
  entries: readonly LocalEntry[],
  missing: readonly RawPath[],
  { wish, look }: Context,
): FolderFindings {
  const byPath = new Map([wish.itself, ...entries].map((entry) => [entry.path, entry]));
  const made = missing.map((path) => ({ path, ...attributesOf(wish, byPath.get(path)) }));
  const changed = entries.flatMap((entry) => {
    const stat = entry.kind === 'folder' ? look.entries.get(entry.path)?.stat : undefined;
    const rows = stat === undefined ? [] : differences(stat, attributesOf(wish, entry));
    return rows.length === 0 ? [] : [{ path: entry.path, rows }];
  });
  // Into a folder that is closed to its owner nothing could be put.
  const closed = made.filter(({ mode }) => mode !== undefined && (parseInt(mode, 8) & 0o300) !== 0o300);
  return {
    made: made.map((folder) => (closed.includes(folder) ? { path: folder.path } : folder)),
    attributes: [
      ...changed.map(({ path, rows }) => ({ path, ...folderWords(attributesAfter(rows)) })),
      ...[...closed].reverse().map(({ path, ...attributes }) => ({ path, ...folderWords(attributes) })),
    ],
    changes: [
      ...made.map(({ path, mode = '' }) => ({
        subject: below(wish.folder, path),
        summary: `absent → directory ${mode}`.trimEnd(),
      })),
      ...changed.map(({ path, rows }) => ({
        subject: below(wish.folder, path),
        summary: rowsInWords(rows),
        diff: { kind: 'values' as const, rows },
      })),
    ],
  };
}

function attributesOf(wish: Wish, entry: LocalEntry | undefined): Attributes {
  if (entry === undefined) return {};
  const { mode, owner, group } = wish.forced ?? {};
  return {
    ...(wish.perms ? { mode: entry.mode } : {}),
    ...(wish.owner ? { owner: String(entry.uid) } : {}),
    ...(wish.group ? { group: String(entry.gid) } : {}),
    ...(mode === undefined ? {} : { mode: resolveMode(mode, entry.mode, entry.kind === 'folder') }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
}

function was({ entries }: TreeLook, path: RawPath): string {
  const there = entries.get(path);
  if (there === undefined) return 'absent';
  return there.isLink ? `link to ${pathText(there.linkTarget ?? '?')}` : (there.stat?.type ?? 'absent');
}
