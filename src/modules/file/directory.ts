import { posix } from 'node:path';
import type { Change } from '../../model/result.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { LookUp, NodeReader } from '../../transport/node.ts';
import { attributeCommands, folderModeWord, ownerWord } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import { resolveMode } from '../mode.ts';
import { attributesPlan } from './existing.ts';
import type { FileArgs, FilePlan } from './plan.ts';
import { followed, inWords } from './plan.ts';

type Absent = Extract<LookUp, { stat: undefined }>;

/** A folder; parents that are missing are made too, and get the same attributes, as in Ansible. */
export async function directoryPlan(node: NodeReader, args: FileArgs, found: LookUp): Promise<FilePlan> {
  const { stat: before } = found;
  if (before === undefined) return newFolders(args, found);
  const now = before.type === 'link' ? await node.stat(args.path, { follow: true }) : before;
  if (now?.type !== 'directory') {
    throw new ModuleError({
      message: `${args.path} is ${now === undefined ? 'a link to nothing' : `a ${now.type}`}, not a directory`,
      hint: 'It is not replaced: remove it with state: absent, if it may go.',
    });
  }
  const seen = await followed(node, args, before);
  return args.recurse ? recursePlan(node, args) : attributesPlan(args, seen ?? now);
}

function newFolders(args: FileArgs, { above, isFolder }: Absent): FilePlan {
  const { path } = args;
  if (!isFolder) throw new ModuleError({ message: `${path} cannot be made: ${above} is not a directory` });
  const made = [...foldersBetween(above, path), path];
  const mode = args.mode === undefined ? undefined : resolveMode(args.mode, '0755', true);
  const change = (folder: string): Change => ({
    subject: folder,
    summary: `absent → ${inWords('directory', { ...args, mode })}`,
  });
  const wanted = { ...args, mode: mode && folderModeWord(mode) };
  const one = made.length === 1 && ownerWord(args) === undefined;
  return {
    changes: made.map(change),
    commands: one ? [makeOne(wanted)] : makeAll(made, wanted),
    ...(one ? { brief: 'programs' } : {}),
    failure: `could not make the folder ${path}`,
  };
}

function makeOne({ path, mode }: FileArgs): ShellCommand {
  return mode === undefined ? sh`mkdir -p -- ${path}` : sh`mkdir -p -m ${mode} -- ${path}`;
}

/** Closed until their mode is set: between the two steps nobody else may write into them. */
function makeAll(made: readonly string[], args: FileArgs): ShellCommand[] {
  const closed = args.mode === undefined ? script('') : script('umask 077 && ');
  return [sh`${closed}mkdir -p -- ${args.path}`, ...attributeCommands(made, args)];
}

/** The folders between one and another far below it, from the upper to the lower. */
function foldersBetween(above: string, path: string): string[] {
  const between: string[] = [];
  for (let at = posix.dirname(path); at.length > above.length; at = posix.dirname(at)) between.unshift(at);
  return between;
}

interface Kind {
  readonly count: number;
  readonly type: 'link' | 'directory' | 'file';
  readonly mode: string;
  readonly owners: readonly string[];
  readonly groups: readonly string[];
}

async function recursePlan(node: NodeReader, args: FileArgs): Promise<FilePlan> {
  const kinds = await kindsBelow(node, args.path);
  const parts: string[] = [];
  const commands: ShellCommand[] = [];
  const { mode, owner, group } = args;
  const who = ownerWord(args);
  const foreign = countOf(kinds, (k) => !has(k.owners, owner) || !has(k.groups, group));
  if (who !== undefined && foreign > 0) {
    parts.push(`owner → ${who} of ${foreign}`);
    commands.push(sh`chown -hR -- ${who} ${args.path}`);
  }
  const otherMode = countOf(
    kinds,
    (k) => k.type !== 'link' && mode !== undefined && modeFor(k, mode) !== k.mode,
  );
  if (mode !== undefined && otherMode > 0) {
    parts.push(`mode → ${mode} of ${otherMode}`);
    commands.push(sh`chmod -R -- ${recursiveMode(mode)} ${args.path}`);
  }
  return {
    changes: parts.length === 0 ? [] : [{ subject: `${args.path} and below`, summary: parts.join(', ') }],
    commands,
    brief: 'programs',
    failure: `could not change ${args.path}`,
  };
}

/** Without a letter for whom, chmod would leave out what the umask takes away. */
function recursiveMode(mode: string): string {
  return folderModeWord(mode).replace(/(^|,)(?=[-+=])/g, '$1a');
}

function has(names: readonly string[], wanted: string | undefined): boolean {
  return wanted === undefined || names.includes(wanted);
}

function modeFor(kind: Kind, mode: string): string {
  return resolveMode(mode, kind.mode, kind.type === 'directory');
}

function countOf(kinds: readonly Kind[], matches: (kind: Kind) => boolean): number {
  return kinds.reduce((sum, kind) => sum + (matches(kind) ? kind.count : 0), 0);
}

/** What a tree holds, counted by type, mode and owners: no names, which may hold any character. */
async function kindsBelow(node: NodeReader, path: string): Promise<Kind[]> {
  const format = '%f %u %U %g %G';
  const counted = script('sort | uniq -c');
  const command = sh`find ${`${path}/.`} -exec stat -c ${format} {} + | ${counted}`;
  const done = await node.query(command);
  if (done.exitCode !== 0) throw commandError(`could not look through ${path}`, command, done);
  return done.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(kindOf);
}

function kindOf(line: string): Kind {
  const [count = '', raw = '', uid = '', owner = '', gid = '', group = ''] = line.trim().split(/\s+/);
  const bits = Number.parseInt(raw, 16);
  const type =
    (bits & 0o170000) === 0o120000 ? 'link' : (bits & 0o170000) === 0o040000 ? 'directory' : 'file';
  return {
    count: Number(count),
    type,
    mode: (bits & 0o7777).toString(8).padStart(4, '0'),
    owners: [uid, owner],
    groups: [gid, group],
  };
}
