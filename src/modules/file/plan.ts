import type { Change } from '../../model/result.ts';
import type { ShellCommand } from '../../transport/command.ts';
import type { FileStat, NodeReader } from '../../transport/node.ts';
import type { Attributes } from '../attributes.ts';

export interface FileArgs extends Attributes {
  readonly path: string;
  readonly recurse: boolean;
  readonly src?: string | undefined;
  readonly force: boolean;
  readonly follow: boolean;
  readonly modification_time: 'now' | 'preserve';
}

/** What a state needs: the changes in words, and the commands that bring them about. */
export interface FilePlan {
  readonly changes: readonly Change[];
  readonly commands: readonly ShellCommand[];
  /** How the commands are run; without it as a script. */
  readonly brief?: 'programs';
  /** What could not be done when a command fails: "could not make the folder /data". */
  readonly failure?: string;
  /** Looked at before the commands; throws ModuleError. */
  readonly before?: (node: NodeReader) => Promise<void>;
  /** What is at the path now, where a link was followed. */
  readonly now?: FileStat | undefined;
}

export const NOTHING_TO_DO: FilePlan = { changes: [], commands: [] };

export interface FileResult {
  readonly path: string;
  readonly state: 'file' | 'directory' | 'link' | 'absent' | 'other';
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly size?: number;
}

/** What register keeps of a path. */
export function resultOf(path: string, stat: FileStat | undefined): FileResult {
  if (stat === undefined) return { path, state: 'absent' };
  const { mode, owner, group, uid, gid, size } = stat;
  return { path, state: stat.type, mode, owner, group, uid, gid, size };
}

/** The path after the steps; a link itself when it points to nothing. */
export async function lookAgain(
  node: NodeReader,
  path: string,
  follow: boolean,
): Promise<FileStat | undefined> {
  const stat = await node.stat(path);
  return stat?.type === 'link' && follow ? ((await node.stat(path, { follow: true })) ?? stat) : stat;
}

/** What a link leads to when links are to be followed, else what is at the path itself. */
export async function followed(
  node: NodeReader,
  args: FileArgs,
  before: FileStat | undefined,
): Promise<FileStat | undefined> {
  return before?.type === 'link' && args.follow ? await node.stat(args.path, { follow: true }) : before;
}

/** "directory 0755", or "directory 0755 of admin:admin" where owners were asked for. */
export function inWords(kind: string, wanted: Attributes): string {
  const owners = [wanted.owner, wanted.group].filter((name) => name !== undefined).join(':');
  return [kind, wanted.mode, owners === '' ? undefined : `of ${owners}`]
    .filter((w) => w !== undefined)
    .join(' ');
}
