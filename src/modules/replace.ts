import { posix } from 'node:path';
import { sh } from '../transport/command.ts';
import type { FileStat, NodeWriter, WriteOptions } from '../transport/node.ts';
import { mustRun } from './attributes.ts';
import { ModuleError } from './define.ts';
import { commandError } from './failure.ts';
import { splitWords } from './words.ts';

/** Keeps the file under a name with the node's time; gives that path. */
export async function makeBackup(node: NodeWriter, path: string): Promise<string> {
  const command = sh`b=${path}.$(date +%Y-%m-%d@%H:%M:%S)~ && cp -p -- ${path} "$b" && printf %s "$b"`;
  return mustRun(node, command, `could not keep a backup of ${path}`);
}

export interface ValidatedWrite {
  readonly path: string;
  readonly before: FileStat | undefined;
  readonly validate: string;
  readonly options: WriteOptions;
  readonly put: (path: string, options: WriteOptions) => Promise<void>;
}

/** Puts the content beside the path, asks the user's command about it, and only then lets it take its place. */
export async function writeValidated(node: NodeWriter, write: ValidatedWrite): Promise<void> {
  const { path, before, options, put } = write;
  const { inPlace, ...attributes } = options;
  const candidate = posix.join(posix.dirname(path), `.${posix.basename(path)}.candidate`);
  // The candidate becomes the file: what is not asked for it has to have from the old one.
  await put(candidate, { ...attributesOf(before), ...attributes });
  const command = sh`${validationWords(write.validate, candidate)}`;
  const done = await node.run(command);
  if (done.exitCode !== 0) {
    await node.run(sh`rm -f -- ${candidate}`);
    throw commandError(
      `the new content of ${path} was refused by validate; nothing was changed`,
      command,
      done,
    );
  }
  if (inPlace === true) {
    await node.run(sh`rm -f -- ${candidate}`);
    // With its mode and owner, and with a way back when the disk is full.
    return put(path, options);
  }
  const take = sh`mv -f -- ${candidate} ${path}`;
  const taken = await node.run(take);
  if (taken.exitCode === 0) return;
  await node.run(sh`rm -f -- ${candidate}`);
  throw commandError(`could not replace ${path}`, take, taken);
}

function attributesOf(before: FileStat | undefined): WriteOptions {
  return before === undefined ? {} : { mode: before.mode, owner: before.owner, group: before.group };
}

function validationWords(validate: string, path: string): string[] {
  const words = splitWords(validate);
  if (!words.some((word) => word.includes('%s'))) {
    throw new ModuleError({
      message: `validate has no %s: ${validate}`,
      hint: 'Write %s where the path of the new file goes, as in: nginx -t -c %s',
    });
  }
  return words.map((word) => word.replaceAll('%s', path));
}
