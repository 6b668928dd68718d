import { sh } from '../../transport/command.ts';
import type { FileStat, LookUp, NodeReader } from '../../transport/node.ts';
import { attributeChanges, attributeCommands, differences, rowsInWords } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import { resolveMode } from '../mode.ts';
import type { FileArgs, FilePlan } from './plan.ts';
import { followed, inWords } from './plan.ts';

/** What is there keeps its kind and gets its attributes; that nothing is there is an error. */
export async function existingPlan(
  node: NodeReader,
  args: FileArgs & { readonly state?: string | undefined },
  { stat: before }: LookUp,
): Promise<FilePlan> {
  const now = await followed(node, args, before);
  if (now === undefined) {
    const what = before === undefined ? 'there is no file' : 'the link points to nothing:';
    throw new ModuleError({
      message: `${what} ${args.path} on ${node.name}`,
      hint: 'state: file only changes what is there. copy, template and state: touch make a file, state: directory a folder.',
    });
  }
  if (args.state === 'file' && now.type === 'directory') {
    throw new ModuleError({ message: `${args.path} is a directory, not a file` });
  }
  return attributesPlan(args, now);
}

/** Only mode, owner and group. */
export function attributesPlan(args: FileArgs, now: FileStat): FilePlan {
  const rows = differences(now, args);
  if (rows.length === 0) return { changes: [], commands: [], now };
  return {
    changes: [{ subject: args.path, summary: rowsInWords(rows), diff: { kind: 'values', rows } }],
    commands: attributeChanges(args.path, rows, now.type === 'link'),
    brief: 'programs',
    failure: `could not change ${args.path}`,
    now,
  };
}

/** An empty file where there is none; else new times, unless they are to be preserved. */
export async function touchPlan(
  node: NodeReader,
  args: FileArgs,
  { stat: before }: LookUp,
): Promise<FilePlan> {
  const now = await followed(node, args, before);
  const { path } = args;
  if (now !== undefined) {
    const rest = attributesPlan(args, now);
    if (args.modification_time === 'preserve') return rest;
    return {
      ...rest,
      changes: [{ subject: path, summary: 'new times' }, ...rest.changes],
      commands: [sh`touch -- ${path}`, ...rest.commands],
      failure: `could not touch ${path}`,
    };
  }
  const mode = args.mode === undefined ? undefined : resolveMode(args.mode, '0644', false);
  const commands = [sh`: >> ${path}`, ...attributeCommands([path], { ...args, mode })];
  return {
    changes: [{ subject: path, summary: `absent → ${inWords('empty file', { ...args, mode })}` }],
    commands,
    failure: `could not make ${path}`,
  };
}
