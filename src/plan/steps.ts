import type { StepPlan, TaskPlan } from '../model/plan.ts';

/** All tasks below a step, in order. */
export function tasksOf(step: StepPlan): readonly TaskPlan[] {
  if (step.kind === 'flush') return [];
  if (step.kind === 'task') return [step];
  return [...step.block, ...step.rescue, ...step.always].flatMap(tasksOf);
}
