import type { NodeTaskRef, TaskRef } from '../events/event.ts';
import { wordsOf } from '../model/data.ts';
import type { TaskPlan } from '../model/plan.ts';
import type { Change } from '../model/result.ts';
import { learnFactSecrets } from './facts.ts';
import type { Outcome } from './outcome.ts';
import type { Scope } from './scope.ts';
import type { NodeTask } from './node-task.ts';
import type { NodeState } from './state.ts';

const hiddenText = 'the output has been hidden because of no_log';

export interface Finished {
  readonly ref: NodeTaskRef;
  /** performance.now() when the work began. */
  readonly started: number;
  readonly scope: Scope;
}

/** Says what came of a task on a node; `no_log` leaves only the status. */
export function announceFinished(job: NodeTask, outcome: Outcome, { ref, started, scope }: Finished): void {
  const { engine, task } = job;
  if (task.gathersFacts !== undefined) learnFactSecrets(outcome, engine.masker);
  const { reason, message, failure } = task.noLog ? hidden(outcome) : outcome;
  const { item, delegatedTo } = ref;
  // In one piece: a run makes one of these for each task on each node, and spreads cost.
  engine.emit({
    type: 'task-finished',
    task: task.id,
    name: nameOf(task, scope),
    ...(task.role && { role: task.role.name }),
    module: task.module,
    at: task.at,
    ...(job.state.within.length > 0 && { within: job.state.within }),
    region: ref.region,
    node: ref.node,
    ...(item !== undefined && { item }),
    ...(delegatedTo !== undefined && { delegatedTo }),
    handler: job.handler,
    status: outcome.status,
    durationMs: Math.round(performance.now() - started),
    showDiff: (task.diff ?? engine.options.diff) && !task.noLog,
    ...(job.clock && { profile: job.clock.report() }),
    changes: shownChanges(outcome, task),
    ...(!task.noLog && { result: outcome.result }),
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(failure && { failure }),
  });
}

/** `diff: false` keeps contents (a private key) out of every form of output, not of the terminal alone. */
function shownChanges({ changes }: Outcome, task: TaskPlan): readonly Change[] {
  if (task.noLog) return changes.map(() => ({ subject: '***', summary: hiddenText }));
  return task.diff === false ? changes.map(({ diff: _, ...change }) => change) : changes;
}

function hidden({ failure }: Outcome): Pick<Outcome, 'reason' | 'message' | 'failure'> {
  return { message: hiddenText, ...(failure && { failure: { message: hiddenText } }) };
}

/** How events name a task; its name is rendered with the first node's variables. */
export function taskRef(task: TaskPlan, scope: Scope, { within }: Pick<NodeState, 'within'>): TaskRef {
  return {
    task: task.id,
    name: nameOf(task, scope),
    ...(task.role === undefined ? {} : { role: task.role.name }),
    module: task.module,
    at: task.at,
    ...(within.length > 0 && { within }),
  };
}

/** A task's name as one node sees it; its module where that cannot be told. */
export function nameOf(task: TaskPlan, scope: Scope): string {
  try {
    return wordsOf(task.name.render(scope));
  } catch {
    // A name that cannot be rendered here must not stop the task.
    return task.module;
  }
}
