import type { Data } from '../model/data.ts';
import type { TaskPlan } from '../model/plan.ts';
import type { Scope } from './scope.ts';

/** Items of the loop that a node is in. */
export interface Loop {
  readonly task: TaskPlan;
  /** What the task sees, without its item. */
  readonly scope: Scope;
  readonly items: readonly Data[];
  readonly labels: readonly string[];
  /** Index of the item that it is at. */
  readonly at: number;
}
