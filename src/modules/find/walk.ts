import { randomBytes } from 'node:crypto';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { commandError, tail } from '../failure.ts';

/** Something that was found, as lstat tells of it; times in seconds since 1970. */
export interface Entry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits, as four octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly owner: string;
  readonly group: string;
  readonly nlink: number;
  readonly inode: number;
  readonly size: number;
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
}

export interface WalkRequest {
  readonly roots: readonly string[];
  /** Levels below a root; undefined: all. */
  readonly depth: number | undefined;
  readonly follow: boolean;
  readonly type: 'file' | 'directory' | 'any' | 'link';
  readonly hidden: boolean;
  /** Globs for names; undefined: any, or not for find to judge. */
  readonly names: readonly string[] | undefined;
  readonly excludes: readonly string[];
}

export interface Walked {
  readonly entries: readonly Entry[];
  /** Roots that are no folders. */
  readonly skipped: readonly string[];
  /** The node's time, in seconds since 1970. */
  readonly now: number;
  /** What find complained about. */
  readonly words: string;
}

/** All that is below the roots, as far as find itself can tell; one request. */
export async function walk(node: NodeReader, request: WalkRequest): Promise<Walked> {
  // A name may hold anything, a newline too, but not this.
  const mark = `oms-${randomBytes(8).toString('hex')}:`;
  const text = [
    'LC_ALL=C; export LC_ALL',
    sh`printf '%s%s\\n' ${mark} "now $(date +%s)"`.text,
    ...request.roots.map((root) => rootText(root, mark, request).text),
    'exit 0',
  ].join('\n');
  const command = { text, shown: sh`find ${[...request.roots]}`.shown };
  const done = await node.query(command);
  if (done.exitCode !== 0) throw commandError('find could not be run', command, done);
  return parse(done.stdout.toString('utf8'), mark, done.stderr.toString('utf8'));
}

function rootText(root: string, mark: string, request: WalkRequest): ShellCommand {
  const { follow, depth } = request;
  const format = `${mark}%f %u %g %h %i %s %X %Y %Z:%U:%G:%n`;
  const levels = depth === undefined ? [] : ['-maxdepth', depth];
  return sh`if [ -d ${root} ]; then
find ${follow ? '-L' : '-H'} ${root.replace(/(.)\/+$/, '$1')} -mindepth 1 ${levels} ${tests(request)} -exec stat -c ${format} {} +
else printf '%s%s%s\\n' ${mark} 'skip ' ${root}; fi`;
}

function tests({ type, follow, hidden, names, excludes }: WalkRequest): ShellCommand {
  const kinds = { file: 'f', directory: 'd', link: 'l' };
  const parts: string[] = [];
  // With follow a link counts as what it leads to; stat tells later.
  if (type !== 'any' && !follow) parts.push(`-type ${kinds[type]}`);
  if (!hidden) parts.push(`! -name '.*'`);
  for (const name of excludes) parts.push(sh`! -name ${name}`.text);
  if (names !== undefined && names.length > 0) {
    parts.push(`\\( ${names.map((name) => sh`-name ${name}`.text).join(' -o ')} \\)`);
  }
  return script(parts.join(' '));
}

function parse(text: string, mark: string, words: string): Walked {
  const records = text.split(mark).slice(1).map((record) => record.replace(/\n$/, '')); // prettier-ignore
  const after = (word: string): string[] =>
    records.filter((record) => record.startsWith(word)).map((record) => record.slice(word.length));
  return {
    entries: records.flatMap((record) => entryOf(record) ?? []),
    skipped: after('skip '),
    now: Number(after('now ')[0]),
    words: tail(words),
  };
}

function entryOf(record: string): Entry | undefined {
  const match =
    /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+):([^:]*):([^:]*):([\s\S]*)$/.exec(record);
  if (match === null) return undefined;
  const [, raw = '', uid, gid, nlink, inode, size, atime, mtime, ctime, owner = '', group = '', path = ''] =
    match;
  const bits = parseInt(raw, 16);
  return {
    ...{ path, type: typeOf(bits), mode: (bits & 0o7777).toString(8).padStart(4, '0'), owner, group },
    ...{ uid: Number(uid), gid: Number(gid), nlink: Number(nlink), inode: Number(inode), size: Number(size) },
    ...{ atime: Number(atime), mtime: Number(mtime), ctime: Number(ctime) },
  };
}

function typeOf(bits: number): Entry['type'] {
  const types: Readonly<Record<number, Entry['type']>> = { 0o10: 'file', 0o4: 'directory', 0o12: 'link' };
  return types[(bits & 0o170000) >> 12] ?? 'other';
}
