import type { DebuggerWish, TaskPlan } from '../model/plan.ts';
import { nameOf } from './announce.ts';
import type { NodeTask } from './node-task.ts';
import type { Outcome } from './outcome.ts';
import { taskScope } from './scopes.ts';
import type { DebugStop, TaskQuestion } from './steering.ts';
import type { Walk } from './walk.ts';

const stopsAt: Readonly<Record<DebuggerWish, (outcome: Outcome) => boolean>> = {
  always: () => true,
  never: () => false,
  on_failed: ({ status }) => status === 'failed' || status === 'rescued',
  on_unreachable: ({ status, result }) =>
    status === 'unreachable' || (typeof result === 'object' && result !== null && 'unreachable' in result),
  on_skipped: ({ status }) => status === 'skipped',
};

/** Whether `--step` wants the task to be done on these nodes. */
export async function isWanted(task: TaskPlan, walk: Walk): Promise<boolean> {
  const [first] = walk.nodes;
  if (!walk.engine.steering.steps || first === undefined) return true;
  const nodes = walk.nodes.map((state) => state.node.name);
  const name = nameOf(task, taskScope(walk.engine, walk.play, task, first));
  const question: TaskQuestion = { task: name, region: walk.region.name, nodes };
  return walk.engine.steering.wanted(question);
}

/** Whether the task is to be done again: its `debugger` has stopped there, and it was asked for. */
export async function isAgain(job: NodeTask, outcome: Outcome): Promise<boolean> {
  const { engine, task } = job;
  const wish = task.debugger;
  if (wish === undefined || !engine.steering.debugs || !stopsAt[wish](outcome)) return false;
  return engine.steering.again(stopOf(job, outcome));
}

function stopOf({ engine, play, task, state }: NodeTask, outcome: Outcome): DebugStop {
  const scope = taskScope(engine, play, task, state);
  return {
    task: nameOf(task, scope),
    region: state.node.region,
    node: state.node.name,
    status: outcome.status,
    message: task.noLog ? undefined : outcome.failure?.message,
    result: task.noLog ? undefined : outcome.result,
    variable: (name) => scope.get(name),
  };
}
