import { script } from './command.ts';
import type { ShellCommand } from './command.ts';
import type { ExecResult } from './contract.ts';
import type { FileStat } from './node.ts';
import { NodeError } from './node-error.ts';
import { pathWord } from './paths.ts';

/** Runs one script of ours on the node and gives its answer; the error messages of tools are in English. */
export type Ask = (text: string) => Promise<ExecResult>;

const ABSENT = /No such file or directory|Not a directory/;
const IS_DIRECTORY = 21;
const TOO_LARGE = 22;

/** In the C locale the reasons that tools give are the same words everywhere. */
export function inEnglish(text: string): ShellCommand {
  return script(`LC_ALL=C; export LC_ALL\n${text}`);
}

/** The bytes of a file; undefined when there is none. Throws NodeError for a folder, no permission, too large. */
export async function readRemoteFile(
  ask: Ask,
  node: string,
  path: string,
  limitBytes: number,
): Promise<Buffer | undefined> {
  const result = await ask(
    `f=${pathWord(path)}\n[ -d "$f" ] && exit ${IS_DIRECTORY}\n` +
      `[ -f "$f" ] && [ "$(stat -L -c %s -- "$f")" -gt ${limitBytes} ] && exit ${TOO_LARGE}\ncat -- "$f"`,
  );
  if (result.exitCode === 0) return result.stdout;
  if (result.exitCode === IS_DIRECTORY)
    throw new NodeError(`${node}: cannot read ${path}: it is a directory`);
  if (result.exitCode === TOO_LARGE) {
    throw new NodeError(`${node}: cannot read ${path}: it is larger than ${limitBytes} bytes`);
  }
  return absentOrThrow(result, `${node}: cannot read ${path}`);
}

/** SHA-256 of a file in hex; undefined when there is none. */
export async function remoteChecksum(ask: Ask, node: string, path: string): Promise<string | undefined> {
  const result = await ask(`sha256sum -- ${pathWord(path)}`);
  if (result.exitCode !== 0) return absentOrThrow(result, `${node}: cannot read ${path}`);
  // A backslash stands before the sum when the name holds one.
  return /^\\?([0-9a-f]{64})/.exec(result.stdout.toString('latin1'))?.[1];
}

/** What is at a path, the link itself unless `follow`; undefined: nothing. */
export async function remoteStat(
  ask: Ask,
  node: string,
  path: string,
  follow: boolean,
): Promise<FileStat | undefined> {
  const option = follow ? '-L ' : '';
  const result = await ask(
    `f=${pathWord(path)}\nstat ${option}-c '%f %u %g %s %Y %U %G' -- "$f" || exit 1\n` +
      (follow ? '' : '[ -L "$f" ] && readlink -n -- "$f"\n:'),
  );
  if (result.exitCode !== 0) return absentOrThrow(result, `${node}: cannot look at ${path}`);
  return parseStat(result.stdout.toString('utf8'));
}

function parseStat(text: string): FileStat {
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
