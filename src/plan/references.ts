import type { Reference, TaskPlan } from '../model/plan.ts';

/** Everything that a task's own words refer to. */
export function referencesOf(task: TaskPlan): readonly Reference[] {
  const parts = [
    task.name,
    task.args,
    task.loop?.items,
    task.loop?.label,
    task.becomeUser,
    task.delegateTo,
    ...task.environment,
    ...task.when,
    ...task.until,
    ...(task.changedWhen ?? []),
    ...(task.failedWhen ?? []),
    ...[...task.conditionArgs.values()].flat(),
  ];
  return parts.flatMap((part) => part?.references ?? []);
}
