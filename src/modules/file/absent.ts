import { posix } from 'node:path';
import { sh } from '../../transport/command.ts';
import type { LookUp, NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import type { FileArgs, FilePlan } from './plan.ts';
import { NOTHING_TO_DO } from './plan.ts';

/** Nothing at the path. The root folder, however it is written, is refused. */
export async function absentPlan(
  _node: NodeReader,
  { path }: FileArgs,
  { stat: before }: LookUp,
): Promise<FilePlan> {
  if (posix.normalize(path) === '/' || /(^|\/)\.\.?$/.test(path)) {
    throw new ModuleError({
      message: `"${path}" is not removed: that would remove far more than one file or folder`,
      hint: 'Is a variable in the path empty?',
    });
  }
  if (before === undefined) return NOTHING_TO_DO;
  const kind = before.type === 'other' ? 'special file' : before.type;
  return {
    changes: [{ subject: path, summary: `${kind} → absent` }],
    commands: [sh`rm -rf -- ${path}`],
    brief: 'programs',
    failure: `could not remove ${path}`,
  };
}
