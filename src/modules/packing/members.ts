import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import type { Attributes } from '../attributes.ts';
import { ownerWord } from '../attributes.ts';
import { commandError } from '../failure.ts';

/** Something below a folder that attributes are set of. */
export interface Member {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'other';
}

/** Sets owner, group and mode of many; `directory_mode` of folders in place of `mode`, where it is given. */
export async function setAttributesOf(
  node: NodeWriter,
  folder: string,
  members: readonly Member[],
  wanted: Attributes & { readonly directory_mode?: string | undefined },
): Promise<void> {
  const { mode, directory_mode = mode } = wanted;
  const who = ownerWord(wanted);
  const of = (...types: readonly Member['type'][]): readonly string[] =>
    members.filter(({ type }) => types.includes(type)).map(({ path }) => path);
  if (who !== undefined)
    await forEach(node, folder, sh`chown -h -- ${who}`, of('file', 'directory', 'link', 'other'));
  // chmod follows links, and out of the folder that may be.
  if (mode !== undefined) await forEach(node, folder, sh`chmod -- ${mode}`, of('file', 'other'));
  if (directory_mode !== undefined)
    await forEach(node, folder, sh`chmod -- ${directory_mode}`, of('directory').toReversed());
}

/** Runs a command with all these paths below a folder behind it. */
export async function forEach(
  node: NodeWriter,
  folder: string,
  command: ShellCommand,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const stdin = Buffer.from(paths.map((path) => `./${path}\0`).join(''));
  const done = await node.run(sh`cd -- ${folder} && xargs -0 ${command}`, { stdin, brief: 'script' });
  if (done.exitCode === 0) return;
  const reason = done.stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
  throw commandError(`could not change what is in ${folder}: ${reason}`, command, done);
}
