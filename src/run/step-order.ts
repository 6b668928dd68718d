import type { StepPlan, TaskPlan } from '../model/plan.ts';

/**
 * The tasks below a step in the order they come when nothing fails. Of an include what is inside comes too, where it is
 * known before and gone through once; a loop over steps stands for itself alone.
 */
export function tasksAhead(step: StepPlan): readonly TaskPlan[] {
  if (step.kind === 'flush') return [];
  if (step.kind === 'task') return isThrough(step) ? [step, ...insideOf(step).flatMap(tasksAhead)] : [step];
  return step.loop === undefined ? [...step.block, ...step.always].flatMap(tasksAhead) : [step.loop];
}

function insideOf({ include }: TaskPlan): readonly StepPlan[] {
  return include?.fixed?.steps ?? [];
}

/** Whether what an include brings can be looked at before it is come to. */
function isThrough({ include, loop, runOnce }: TaskPlan): boolean {
  if (include === undefined) return true;
  return include.fixed !== undefined && loop === undefined && runOnce === false;
}

/** Behind it nothing is known yet: which tasks come, and how often. */
export function hidesWhatComes(task: TaskPlan): boolean {
  return (
    task.module === 'block' ||
    (task.include !== undefined && task.include.kind !== 'vars' && !isThrough(task))
  );
}

/** The places of a play's tasks, those of rescue sections too, by their ids. */
export function placesOf(steps: readonly StepPlan[]): ReadonlyMap<number, number> {
  return new Map(steps.flatMap(everyTask).map((task, place) => [task.id, place]));
}

/** Whether any of the tasks waits for other nodes. */
export function hasSync(steps: readonly StepPlan[]): boolean {
  return steps.flatMap(everyTask).some(({ sync }) => sync !== undefined);
}

/** The roles that tasks belong to, in order. */
export function roleNamesOf(steps: readonly StepPlan[]): readonly string[] {
  return [...new Set(steps.flatMap(everyTask).flatMap(({ role }) => role?.name ?? []))];
}

function everyTask(step: StepPlan): readonly TaskPlan[] {
  if (step.kind === 'flush') return [];
  if (step.kind === 'task') return [step, ...insideOf(step).flatMap(everyTask)];
  return [...step.block, ...step.rescue, ...step.always].flatMap(everyTask);
}
