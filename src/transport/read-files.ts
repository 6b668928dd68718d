import { script } from './command.ts';
import type { ShellCommand } from './command.ts';
import type { ExecResult } from './contract.ts';
import type { FileStat, LookUp } from './node.ts';
import { NodeError } from './node-error.ts';
import type { Look } from './looks.ts';
import {
  checksumLook,
  IS_DIRECTORY,
  NOT_A_FOLDER,
  NOT_THERE,
  readLook,
  statLook,
  TOO_LARGE,
} from './looks.ts';

/** Runs one script of ours on the node and gives its answer; the error messages of tools are in English. */
export type Ask = (text: string) => Promise<ExecResult>;

/** The same for a look, in the shell itself. */
export type AskLook = (look: Look) => Promise<ExecResult>;

const ABSENT = /No such file or directory|Not a directory/;
/** In the C locale the reasons that tools give are the same words everywhere. */
export function inEnglish(text: string): ShellCommand {
  return script(`LC_ALL=C; export LC_ALL\n${text}`);
}

/** The bytes of a file; undefined when there is none. Throws NodeError for a folder, no permission, too large. */
export async function readRemoteFile(
  ask: AskLook,
  node: string,
  path: string,
  limitBytes: number,
): Promise<Buffer | undefined> {
  const result = await ask(readLook(path, limitBytes));
  if (isAbsent(result)) return undefined;
  if (result.exitCode === 0) return result.stdout;
  if (result.exitCode === IS_DIRECTORY)
    throw new NodeError(`${node}: cannot read ${path}: it is a directory`);
  if (result.exitCode === TOO_LARGE) {
    throw new NodeError(`${node}: cannot read ${path}: it is larger than ${limitBytes} bytes`);
  }
  return absentOrThrow(result, `${node}: cannot read ${path}`);
}

/** SHA-256 of a file in hex; undefined when there is none. */
export async function remoteChecksum(ask: AskLook, node: string, path: string): Promise<string | undefined> {
  const result = await ask(checksumLook(path));
  if (isAbsent(result)) return undefined;
  if (result.exitCode !== 0) return absentOrThrow(result, `${node}: cannot read ${path}`);
  // A backslash stands before the sum when the name holds one.
  return /^\\?([0-9a-f]{64})/.exec(result.stdout.toString('latin1'))?.[1];
}

/** What is at a path, the link itself unless `follow`; undefined: nothing. */
export async function remoteStat(
  ask: AskLook,
  node: string,
  path: string,
  follow: boolean,
): Promise<FileStat | undefined> {
  return (await remoteLookUp(ask, node, path, follow)).stat;
}

/** The same, and where there is nothing, what is there above it. */
export async function remoteLookUp(
  ask: AskLook,
  node: string,
  path: string,
  follow: boolean,
): Promise<LookUp> {
  const result = await ask(statLook(path, follow));
  const text = result.stdout.toString('utf8');
  if (result.exitCode === 0) return { stat: parseStat(text) };
  if (isAbsent(result)) return { stat: undefined, above: text, isFolder: result.exitCode === NOT_THERE };
  // A link to nothing is there and is not; what vanished just now too.
  absentOrThrow(result, `${node}: cannot look at ${path}`);
  return { stat: undefined, above: path.slice(0, path.lastIndexOf('/')) || '/', isFolder: true };
}

function isAbsent({ exitCode }: ExecResult): boolean {
  return exitCode === NOT_THERE || exitCode === NOT_A_FOLDER;
}

/** The answer of `stat -c '%f %u %g %s %Y %U %G'`, a link's target behind it. */
export function parseStat(text: string): FileStat {
  const end = text.indexOf('\n');
  const [raw = '', uid, gid, size, mtime, owner = '', ...group] = text.slice(0, end).split(' ');
  const bits = parseInt(raw, 16);
  const type = typeOf(bits);
  return {
    type,
    mode: (bits & 0o7777).toString(8).padStart(4, '0'),
    owner: named(owner, uid),
    group: named(group.join(' '), gid),
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    mtime: Number(mtime),
    linkTarget: type === 'link' ? text.slice(end + 1) : undefined,
  };
}

/** stat says UNKNOWN for an id without a name; the id itself tells more. */
function named(name: string, id: string | undefined): string {
  return name === '' || name === 'UNKNOWN' ? (id ?? '') : name;
}

function typeOf(bits: number): FileStat['type'] {
  switch (bits & 0o170000) {
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'directory';
    case 0o120000:
      return 'link';
    default:
      return 'other';
  }
}

function absentOrThrow(result: ExecResult, what: string): undefined {
  const words = result.stderr.toString('utf8');
  if (ABSENT.test(words)) return undefined;
  throw new NodeError(`${what}: ${reasonIn(words)}`, mendFor(words));
}

/** What a tool said last, without the names of the shell and the file before it where they are plain. */
export function reasonIn(words: string): string {
  const lines = words.split('\n').map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore
  return lines.at(-1) ?? 'the command failed without a word';
}

/** A hint for the common reasons. */
export function mendFor(words: string): string | undefined {
  if (/Permission denied|Operation not permitted/.test(words))
    return 'Use become, or a user who may do this.';
  if (/No space left/.test(words)) return 'Free some space on that file system.';
  if (/Read-only file system/.test(words)) return 'Mount the file system writable.';
  if (/not found/.test(words)) return 'Install the missing tool on the node.';
  return undefined;
}
