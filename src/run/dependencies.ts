import type { TaskPlan } from '../model/plan.ts';
import type { Reference } from '../model/rendering.ts';

/** Variables that a task will set. */
export function namesOf(task: TaskPlan): readonly string[] {
  const { factNames, gathersFacts, register, include } = task;
  if (include !== undefined)
    return [...(include.fixed?.layer?.vars.keys() ?? []), ...(register === undefined ? [] : [register])];
  if (gathersFacts === undefined) return register === undefined ? factNames : [...factNames, register];
  return [...factNames, ...gathersFacts.names, ...(register === undefined ? [] : [register])];
}

/** What a task's words refer to: arguments, loop, conditions before it, who it runs as. */
export function referencesOf(task: TaskPlan): readonly Reference[] {
  const renderings = [
    task.args,
    task.loop?.items,
    task.loop?.label,
    task.becomeUser,
    ...Object.values(task.way ?? {}),
    ...task.environment,
  ];
  const conditions = [...task.when, ...(task.guards ?? []), ...[...task.conditionArgs.values()].flat()];
  return [...renderings, ...conditions].flatMap((part) => part?.references ?? []);
}
