import type { StepPlan, TaskPlan } from '../model/plan.ts';

/** All tasks below a step, in order, those that an include of a fixed name brings too. */
export function tasksOf(step: StepPlan): readonly TaskPlan[] {
  const found: TaskPlan[] = [];
  gather(step, found);
  return found;
}

function gather(step: StepPlan, found: TaskPlan[]): void {
  if (step.kind === 'flush') return;
  if (step.kind === 'task') {
    found.push(step);
    for (const inside of step.include?.fixed?.steps ?? []) gather(inside, found);
    return;
  }
  if (step.loop !== undefined) found.push(step.loop);
  for (const part of [step.block, step.rescue, step.always]) for (const inside of part) gather(inside, found);
}

/** Handlers of a list that may have been imported: an include among them is one handler. */
export function handlersIn(step: StepPlan): readonly TaskPlan[] {
  if (step.kind === 'flush') return [];
  return step.kind === 'task' ? [step] : step.block.flatMap(handlersIn);
}
