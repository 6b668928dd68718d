import { posix } from 'node:path';
import type { FileStat, NodeReader } from '../../transport/node.ts';
import type { LookFor, RawPath, Seen, TreeLook } from '../../transport/tree.ts';
import { pathText } from '../../transport/tree.ts';
import type { FoundFile, WantedFile } from '../content.ts';
import { checkContent } from '../content.ts';
import { ModuleError } from '../define.ts';
import { LARGE } from '../source.ts';
import type { LocalEntry } from './local-tree.ts';
import { sourcesOf } from './shared.ts';

/** So much text a folder's differences hold at most; beyond it they show size and checksum. */
const TEXT_BYTES = 4 * 1024 * 1024;

/** A file that is to be below a folder of the node. */
export interface WantedEntry {
  readonly entry: LocalEntry;
  readonly wanted: Omit<WantedFile, 'source'>;
  /** Size and time tell whether it is the same; nobody reads it. */
  readonly trusted?: boolean;
}

/** What was found about a {@link WantedEntry}. */
export interface FoundEntry {
  readonly entry: LocalEntry;
  readonly seen: Seen | undefined;
  readonly file: FoundFile;
}

/** What is at these paths of the node, in one request. Throws ModuleError where the folder is none. */
export async function lookAt(
  node: NodeReader,
  folder: string,
  wanted: readonly LookFor[],
  options: { readonly everything?: boolean } = {},
): Promise<TreeLook> {
  const look = await node.lookAtTree(folder, wanted, options);
  const [closed] = look?.closed ?? [];
  if (look !== undefined && closed === undefined) return look;
  if (closed === undefined) await refuseOther(node, folder);
  throw new ModuleError({
    message: `cannot look into ${closed === undefined ? folder : below(folder, closed)}: Permission denied`,
    hint: 'Use become, or a user who may do this.',
  });
}

/** Says why a folder cannot be looked into, where that is known. */
async function refuseOther(node: NodeReader, folder: string): Promise<void> {
  const stat = await node.stat(folder, { follow: true });
  if (stat === undefined || stat.type !== 'directory') throw blocked(folder, stat);
}

/** Folders that are not there yet, those above first; '' is the folder itself. Throws where something else is. */
export function missingFolders(
  folder: string,
  entries: readonly LocalEntry[],
  look: TreeLook,
): readonly RawPath[] {
  const folders = ['', ...entries.filter(({ kind }) => kind === 'folder').map(({ path }) => path)];
  for (const path of folders) {
    const there = look.entries.get(path);
    if (there !== undefined && there.stat?.type !== 'directory')
      throw blocked(below(folder, path), there.stat);
  }
  return folders.filter((path) => !look.entries.has(path));
}

/** `stat`: of what stands in the way; undefined: it is a link to nothing. */
function blocked(path: string, stat: FileStat | undefined): ModuleError {
  const what = stat === undefined ? 'a link to nothing' : 'a file';
  return new ModuleError({ message: `${path} is ${what}, and a folder is to take its place` });
}

/** Compares files with what was seen of them; a second request brings the old texts of those that differ. */
export async function compareFiles(
  node: NodeReader,
  folder: string,
  wishes: readonly WantedEntry[],
  look: TreeLook,
): Promise<readonly FoundEntry[]> {
  const standings = await Promise.all(wishes.map((wish) => standingOf(node, folder, { wish, look })));
  const texts = await newTexts(node, standings);
  const olds = await oldTexts(
    node,
    folder,
    standings.filter(({ differs, wish }) => differs && texts.has(wish.entry)),
  );
  const compare = async ({ wish, seen, isSame }: Standing): Promise<FoundEntry> => {
    const { entry, wanted } = wish;
    // What counts as the same has not been read, on either side.
    const sha256 = async (): Promise<string> => (isSame ? '' : sourcesOf(node).sha256(entry));
    const known = { sha256, text: async () => texts.get(entry) };
    const source = { localPath: entry.localPath.toString(), size: entry.size, known };
    const place = {
      path: below(folder, entry.path),
      stat: seen?.stat,
      checksum: async () => (isSame ? '' : seen?.sha256),
    };
    const reader = { readFile: async () => olds.get(entry.path) };
    return { entry, seen, file: await checkContent(reader, { ...wanted, source }, place) };
  };
  return Promise.all(standings.map(compare));
}

/** The path for people. */
export function below(folder: string, path: RawPath): string {
  return path === '' ? folder : posix.join(folder, pathText(path));
}

interface Standing {
  readonly wish: WantedEntry;
  readonly seen: Seen | undefined;
  /** Nothing is there. */
  readonly isNew: boolean;
  /** Something is there whose content is another one. */
  readonly differs: boolean;
  readonly isSame: boolean;
}

async function standingOf(
  node: NodeReader,
  folder: string,
  { wish, look }: { readonly wish: WantedEntry; readonly look: TreeLook },
): Promise<Standing> {
  const { entry, wanted, trusted } = wish;
  const seen = look.entries.get(entry.path);
  const stat = seen?.stat;
  const standing = { wish, seen, isNew: stat === undefined, differs: false, isSame: false };
  if (stat?.type !== 'file' || !wanted.force) return standing;
  if (stat.size !== entry.size) return { ...standing, differs: true };
  if (trusted === true && stat.mtime === entry.mtime) return { ...standing, isSame: true };
  if (trusted === true) return { ...standing, differs: true };
  if (seen?.sha256 === undefined) throw unreadable(below(folder, entry.path), look.words);
  return { ...standing, differs: (await sourcesOf(node).sha256(entry)) !== seen.sha256 };
}

function unreadable(path: string, words: string): ModuleError {
  const reason = words.trim().split('\n').at(-1) ?? '';
  return new ModuleError({
    message: `cannot read ${path} on the node${reason === '' ? '' : `: ${reason}`}`,
    ...(reason.includes('Permission denied') ? { hint: 'Use become, or a user who may do this.' } : {}),
  });
}

/** Of the files that are to be put there, those that are text. */
async function newTexts(
  node: NodeReader,
  standings: readonly Standing[],
): Promise<ReadonlyMap<LocalEntry, string>> {
  let left = TEXT_BYTES;
  const shown = standings.filter(({ wish, seen, isNew, differs }) => {
    if (!isNew && !differs) return false;
    left -= wish.entry.size + (seen?.stat?.size ?? 0);
    return left >= 0;
  });
  const texts = await Promise.all(shown.map(({ wish }) => sourcesOf(node).text(wish.entry)));
  const found = shown.flatMap(({ wish }, i): [LocalEntry, string][] => {
    const text = texts[i];
    return text === undefined ? [] : [[wish.entry, text]];
  });
  return new Map(found);
}

async function oldTexts(
  node: NodeReader,
  folder: string,
  standings: readonly Standing[],
): Promise<ReadonlyMap<RawPath, Buffer>> {
  const files = standings
    .map(({ wish, seen }) => ({ path: wish.entry.path, size: seen?.stat?.size ?? 0 }))
    .filter(({ size }) => size < LARGE);
  const read = files.length === 0 ? [] : await node.readTree(folder, files);
  // One that has changed meanwhile is shown by its size.
  return new Map(
    files.flatMap(({ path }, i): [RawPath, Buffer][] => (read?.[i] === undefined ? [] : [[path, read[i]]])),
  );
}
