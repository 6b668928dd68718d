import { posix } from 'node:path';
import { sh } from '../../transport/command.ts';
import type { FileStat, NodeReader, NodeWriter } from '../../transport/node.ts';
import { attributeCommands, differences, mustRun, rowsInWords, setAttributes } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import type { FileArgs, FilePlan } from './plan.ts';

/** A symbolic link to `src`; owner and group are the link's own. */
export async function linkPlan(
  _node: NodeReader,
  args: FileArgs,
  before: FileStat | undefined,
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
  return {
    changes: [{ subject: path, summary: `${was} → link to ${src}` }],
    steps: [(writer) => makeLink(writer, args, src, before)],
  };
}

function ownersPlan(args: FileArgs, now: FileStat): FilePlan {
  const rows = differences(now, args);
  if (rows.length === 0) return { changes: [], steps: [] };
  return {
    changes: [{ subject: args.path, summary: rowsInWords(rows), diff: { kind: 'values', rows } }],
    steps: [(writer) => setAttributes(writer, args.path, rows, true)],
  };
}

async function makeLink(
  node: NodeWriter,
  args: FileArgs,
  src: string,
  before: FileStat | undefined,
): Promise<void> {
  const { path } = args;
  const target = posix.resolve(posix.dirname(path), src);
  if (!args.force && (await node.stat(target)) === undefined) {
    throw new ModuleError({
      message: `${path} would point to nothing: there is no ${target} on ${node.name}`,
      hint: 'force: true makes the link all the same.',
    });
  }
  if (before?.type === 'directory') await mustRun(node, sh`rmdir -- ${path}`, `could not replace ${path}`);
  const commands = [sh`ln -sfn -- ${src} ${path}`, ...attributeCommands([path], args, true)];
  for (const command of commands) await mustRun(node, command, `could not make the link ${path}`);
}
