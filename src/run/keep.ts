import { wordsOf } from '../model/data.ts';
import type { NodeTask } from './node-task.ts';
import type { Outcome } from './outcome.ts';
import { taskScope } from './scopes.ts';
import type { NodeState } from './state.ts';

/** Keeps what a task registered and found out: with `delegate_facts` the latter for the node it was delegated to. */
export function keepOutcome(
  job: Pick<NodeTask, 'engine' | 'play' | 'task' | 'state'>,
  outcome: Outcome,
): void {
  const { task, state } = job;
  const delegate = task.delegateFacts === true ? delegateOf(job) : undefined;
  if (delegate === undefined) {
    state.keep(outcome, task);
    return;
  }
  const { facts: _, ...rest } = outcome;
  state.keep(rest, { register: task.register, gathersFacts: undefined });
  delegate.keep(outcome, { register: undefined, gathersFacts: task.gathersFacts });
}

function delegateOf({ engine, play, task, state }: Parameters<typeof keepOutcome>[0]): NodeState | undefined {
  try {
    const name = task.delegateTo?.render(taskScope(engine, play, task, state));
    return name === undefined || name === null ? undefined : engine.states.get(wordsOf(name));
  } catch {
    // The task has said so itself.
    return undefined;
  }
}
