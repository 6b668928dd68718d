import type { Outcome } from './outcome.ts';
import type { NodeTask } from './node-task.ts';
import { nameOf } from './announce.ts';
import { taskScope } from './scopes.ts';

/** Keeps what a rescue section asks for: `ansible_failed_task` and `ansible_failed_result`. */
export function noteFailed(
  { engine, play, task, state }: Pick<NodeTask, 'engine' | 'play' | 'task' | 'state'>,
  outcome: Outcome,
): void {
  const name = nameOf(task, taskScope(engine, play, task, state));
  const role = task.role === undefined ? {} : { role: task.role.name };
  state.variables.set('ansible_failed_task', { name, action: task.module, ...role });
  state.variables.set('ansible_failed_result', outcome.result);
  state.version += 1;
}
