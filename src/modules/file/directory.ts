import { posix } from 'node:path';
import type { Change } from '../../model/result.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { FileStat, NodeReader } from '../../transport/node.ts';
import { attributeCommands, folderModeWord, mustRun, ownerWord } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import { resolveMode } from '../mode.ts';
import { attributesPlan } from './existing.ts';
import type { FileArgs, FilePlan } from './plan.ts';
import { followed, inWords } from './plan.ts';

/** A folder; parents that are missing are made too, and get the same attributes, as in Ansible. */
export async function directoryPlan(
  node: NodeReader,
  args: FileArgs,
  before: FileStat | undefined,
): Promise<FilePlan> {
  const now = before?.type === 'link' ? await node.stat(args.path, { follow: true }) : before;
  if (now === undefined && before === undefined) return newFolders(node, args);
  if (now?.type !== 'directory') {
    throw new ModuleError({
      message: `${args.path} is ${now === undefined ? 'a link to nothing' : `a ${now.type}`}, not a directory`,
      hint: 'It is not replaced: remove it with state: absent, if it may go.',
    });
  }
  const seen = await followed(node, args, before);
  return args.recurse ? recursePlan(node, args) : attributesPlan(args, seen ?? now);
}

async function newFolders(node: NodeReader, args: FileArgs): Promise<FilePlan> {
  const { path } = args;
  const made = [...(await missingParents(node, path)), path];
  const mode = args.mode === undefined ? undefined : resolveMode(args.mode, '0755', true);
  const change = (folder: string): Change => ({
    subject: folder,
    summary: `absent → ${inWords('directory', { ...args, mode })}`,
  });
  // Closed until its mode is set: between the two steps nobody else may write into it.
  const make = mode === undefined ? sh`mkdir -p -- ${path}` : sh`umask 077 && mkdir -p -- ${path}`;
  const commands = [make, ...attributeCommands(made, { ...args, mode: mode && folderModeWord(mode) })];
  return {
    changes: made.map(change),
    steps: commands.map(
      (command) => (writer) => mustRun(writer, command, `could not make the folder ${path}`),
    ),
  };
}

async function missingParents(node: NodeReader, path: string): Promise<string[]> {
  const parents: string[] = [];
  for (let at = posix.dirname(path); at !== '/'; at = posix.dirname(at)) parents.unshift(at);
  const stats = await Promise.all(parents.map((parent) => node.stat(parent, { follow: true })));
  const file = parents.find((_, i) => stats[i] !== undefined && stats[i].type !== 'directory');
  if (file !== undefined) {
    throw new ModuleError({ message: `${path} cannot be made: ${file} is not a directory` });
  }
  return parents.filter((_, i) => stats[i] === undefined);
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
    steps: commands.map((command) => (writer) => mustRun(writer, command, `could not change ${args.path}`)),
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
