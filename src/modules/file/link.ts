import { posix } from 'node:path';
import { sh } from '../../transport/command.ts';
import type { FileStat, LookUp, NodeReader } from '../../transport/node.ts';
import { attributeChanges, attributeCommands, differences, rowsInWords } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import type { FileArgs, FilePlan } from './plan.ts';
import { NOTHING_TO_DO } from './plan.ts';

/** A symbolic link to `src`; owner and group are the link's own. */
export async function linkPlan(
  _node: NodeReader,
  args: FileArgs,
  { stat: before }: LookUp,
): Promise<FilePlan> {
  const { path, src } = args;
  if (src === undefined)
    throw new ModuleError({ message: `the link ${path} needs src`, hint: 'Say what it points to.' });
  if (before?.type === 'link' && before.linkTarget === src) return ownersPlan(args, before);
  if (before !== undefined && before.type !== 'link' && !args.force) {
    throw new ModuleError({
      message: `${path} is a ${before.type}, and a link is to take its place`,
      hint: 'force: true replaces a file or an empty folder.',
    });
  }
  const was =
    before === undefined
      ? 'absent'
      : before.type === 'link'
        ? `link to ${before.linkTarget ?? '?'}`
        : before.type;
  const removal = before?.type === 'directory' ? [sh`rmdir -- ${path}`] : [];
  return {
    changes: [{ subject: path, summary: `${was} → link to ${src}` }],
    commands: [...removal, sh`ln -sfn -- ${src} ${path}`, ...attributeCommands([path], args, true)],
    brief: 'programs',
    failure: `could not make the link ${path}`,
    before: (reader) => refuseDangling(reader, args, src),
  };
}

function ownersPlan(args: FileArgs, now: FileStat): FilePlan {
  const rows = differences(now, args);
  if (rows.length === 0) return NOTHING_TO_DO;
  return {
    changes: [{ subject: args.path, summary: rowsInWords(rows), diff: { kind: 'values', rows } }],
    commands: attributeChanges(args.path, rows, true),
    brief: 'programs',
    failure: `could not change ${args.path}`,
  };
}

async function refuseDangling(node: NodeReader, { path, force }: FileArgs, src: string): Promise<void> {
  const target = posix.resolve(posix.dirname(path), src);
  if (force || (await node.stat(target)) !== undefined) return;
  throw new ModuleError({
    message: `${path} would point to nothing: there is no ${target} on ${node.name}`,
    hint: 'force: true makes the link all the same.',
  });
}
