import type { NodeTaskRef, TaskRef } from '../events/event.ts';
import { wordsOf } from '../model/data.ts';
import type { TaskPlan } from '../model/plan.ts';
import { learnFactSecrets } from './facts.ts';
import type { Outcome } from './outcome.ts';
import type { Scope } from './scope.ts';
import type { NodeTask } from './node-task.ts';

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
  engine.emit({
    type: 'task-finished',
    ...taskRef(task, scope),
    ...ref,
    handler: job.handler,
    status: outcome.status,
    durationMs: Math.round(performance.now() - started),
    showDiff: (task.diff ?? engine.options.diff) && !task.noLog,
    ...(job.clock === undefined ? {} : { profile: job.clock.report() }),
    ...(task.noLog ? hidden(outcome) : shown(outcome, task)),
  });
}

function shown(outcome: Outcome, task: TaskPlan) {
  const { reason, message, failure } = outcome;
  return {
    // `diff: false` keeps contents (a private key) out of every form of output, not of the terminal alone.
    changes: task.diff === false ? outcome.changes.map(({ diff: _, ...change }) => change) : outcome.changes,
    result: outcome.result,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function hidden(outcome: Outcome) {
  return {
    changes: outcome.changes.map(() => ({ subject: '***', summary: hiddenText })),
    message: hiddenText,
    ...(outcome.failure === undefined ? {} : { failure: { message: hiddenText } }),
  };
}

/** How events name a task; its name is rendered with the first node's variables. */
export function taskRef(task: TaskPlan, scope: Scope): TaskRef {
  return {
    task: task.id,
    name: nameOf(task, scope),
    ...(task.role === undefined ? {} : { role: task.role.name }),
    module: task.module,
    at: task.at,
  };
}

function nameOf(task: TaskPlan, scope: Scope): string {
  try {
    return wordsOf(task.name.render(scope));
  } catch {
    // A name that cannot be rendered here must not stop the task.
    return task.module;
  }
}
