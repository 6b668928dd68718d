import type { ValueRow } from '../model/result.ts';
import type { ShellCommand } from '../transport/command.ts';
import { sh } from '../transport/command.ts';
import type { ExecResult } from '../transport/contract.ts';
import type { FileStat, NodeReader, NodeWriter } from '../transport/node.ts';
import { textOf } from './data.ts';
import { commandError } from './failure.ts';
import { resolveMode } from './mode.ts';

/** Mode and owners as a task asks for them; owner and group are names or numbers. */
export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What of mode, owner and group differs from what was asked for. */
export function differences(now: FileStat, wanted: Attributes): ValueRow[] {
  const rows: ValueRow[] = [];
  if (wanted.mode !== undefined && now.type !== 'link') {
    const mode = resolveMode(wanted.mode, now.mode, now.type === 'directory');
    if (mode !== now.mode) rows.push({ name: 'mode', before: now.mode, after: mode });
  }
  if (wanted.owner !== undefined && wanted.owner !== now.owner && wanted.owner !== String(now.uid)) {
    rows.push({ name: 'owner', before: now.owner, after: wanted.owner });
  }
  if (wanted.group !== undefined && wanted.group !== now.group && wanted.group !== String(now.gid)) {
    rows.push({ name: 'group', before: now.group, after: wanted.group });
  }
  return rows;
}

/** "mode 0700 → 0755, owner root → admin" */
export function rowsInWords(rows: readonly ValueRow[]): string {
  return rows.map((row) => `${row.name} ${textOf(row.before)} → ${textOf(row.after)}`).join(', ');
}

/** One request for all of them: each only where the one before went well. */
export function inOneGo(commands: readonly ShellCommand[]): ShellCommand {
  return {
    text: commands.map((command) => command.text).join(' && '),
    shown: commands.map((command) => command.shown).join(' && '),
  };
}

/** Sets what {@link differences} found; `link`: of the link itself, not of what it points to. */
export async function setAttributes(
  node: NodeWriter,
  path: string,
  rows: readonly ValueRow[],
  link = false,
): Promise<void> {
  await mustRun(node, inOneGo(attributeChanges(path, rows, link)), `could not change ${path}`);
}

/** The commands that set what {@link differences} found. */
export function attributeChanges(path: string, rows: readonly ValueRow[], link: boolean): ShellCommand[] {
  return attributeCommands([path], attributesAfter(rows), link);
}

/** The commands that give the paths this mode, owner and group. */
export function attributeCommands(
  paths: readonly string[],
  wanted: Attributes,
  link = false,
): ShellCommand[] {
  const commands: ShellCommand[] = [];
  const flags = link ? ['-h'] : [];
  const who = ownerWord(wanted);
  // First the owner: a change of owner clears the set-uid bits that a mode may ask for.
  if (who !== undefined) commands.push(sh`chown ${[...flags, '--', who, ...paths]}`);
  if (wanted.mode !== undefined && !link) commands.push(sh`chmod -- ${[wanted.mode, ...paths]}`);
  return commands;
}

/**
 * The mode as chmod has to be told for folders: of four digits GNU's leaves set-user-ID and set-group-ID as they
 * are, which a new folder has from the one above it.
 */
export function folderModeWord(mode: string): string {
  return /^[0-7]{3,4}$/.test(mode) ? mode.padStart(5, '0') : mode;
}

/** chown's word for owner and group, or undefined when neither was asked for. */
export function ownerWord(wanted: Attributes): string | undefined {
  if (wanted.group !== undefined) return `${wanted.owner ?? ''}:${wanted.group}`;
  return wanted.owner;
}

/**
 * Gives a new file (a shell word) that is to take another's place what is asked for it, and what is not from the old
 * one; without one it is as the node makes files. Ends the script when that fails.
 */
export function attributesOfNew(
  file: ShellCommand,
  wanted: Attributes,
  before: FileStat | undefined,
): ShellCommand {
  const mode =
    wanted.mode === undefined ? before?.mode : resolveMode(wanted.mode, before?.mode ?? '0644', false);
  const who = ownerWord({
    owner: wanted.owner ?? before?.uid.toString(),
    group: wanted.group ?? before?.gid.toString(),
  });
  const owner = who === undefined ? sh`:` : sh`chown -- ${who} ${file}`;
  return sh`{ ${owner} && chmod -- ${mode ?? '=rw'} ${file}; } || exit 1`;
}

/** Runs a command of the usual tools and throws a ModuleError with its output when it fails. */
export async function mustRun(
  node: NodeWriter,
  command: ShellCommand,
  message: string,
  brief: 'script' | 'programs' = 'script',
): Promise<string> {
  return outputOf(command, await node.run(command, { brief }), message);
}

/** What {@link differences} found, as chmod and chown have to be told. */
export function attributesAfter(rows: readonly ValueRow[]): Attributes {
  const find = (name: string): string | undefined => {
    const row = rows.find((r) => r.name === name);
    return row === undefined ? undefined : textOf(row.after);
  };
  const mode = find('mode');
  const special = rows.some((row) => row.name === 'mode' && /^[1-7]/.test(textOf(row.before)));
  return {
    mode: mode !== undefined && special ? folderModeWord(mode) : mode,
    owner: find('owner'),
    group: find('group'),
  };
}

/** The same for a command that changes nothing. */
export async function mustQuery(node: NodeReader, command: ShellCommand, message: string): Promise<string> {
  return outputOf(command, await node.query(command), message);
}

function outputOf(command: ShellCommand, done: ExecResult, message: string): string {
  if (done.exitCode === 0) return done.stdout.toString('utf8');
  const reason = done.stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
  throw commandError(reason === '' ? message : `${message}: ${reason}`, command, done);
}
