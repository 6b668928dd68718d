import type { TaskPlan } from '../model/plan.ts';
import type { Reference, Rendering } from '../model/rendering.ts';

/** Everything that a task's own words and the templates it names refer to. */
export function referencesOf(task: TaskPlan): readonly Reference[] {
  const { name, args, loop, becomeUser, delegateTo, way, environment, templates } = task;
  const found: Reference[] = [];
  const take = (parts: readonly (Pick<Rendering, 'references'> | undefined)[]): void => {
    for (const part of parts)
      if (part !== undefined && part.references.length > 0) found.push(...part.references);
  };
  take([name, args, loop?.items, loop?.label, becomeUser, delegateTo]);
  if (way !== undefined) take(Object.values(way));
  if (task.background !== undefined) take([task.background.seconds, task.background.poll]);
  for (const parts of [environment, task.when, task.until, task.changedWhen, task.failedWhen, templates]) {
    if (parts !== undefined) take(parts);
  }
  if (task.values !== undefined) take([...task.values.values()]);
  for (const conditions of task.conditionArgs.values()) take(conditions);
  return found;
}
