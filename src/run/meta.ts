import type { MetaAction, TaskPlan } from '../model/plan.ts';
import { announceFinished } from './announce.ts';
import { conditionFailed } from './attempt.ts';
import { noteFailed } from './failed-task.ts';
import { stopsNode, type Outcome } from './outcome.ts';
import { taskScope } from './scopes.ts';
import type { NodeState } from './state.ts';
import { settle } from './task.ts';
import type { Walk } from './walk.ts';

/** What a task of `meta` does for the nodes whose `when` holds. */
type Act = (walk: Walk, task: TaskPlan, flush: (walk: Walk) => Promise<void>) => Promise<void> | void;

interface Steering {
  /** The `when` of each node counts for itself; else that of the first one counts for all, as in Ansible. */
  readonly each: boolean;
  readonly act: Act;
  /** It says itself what it did. */
  readonly silent?: true;
}

const steerings: Readonly<Record<MetaAction, Steering>> = {
  noop: { each: true, silent: true, act: () => undefined },
  flush_handlers: { each: true, silent: true, act: (walk, _, flush) => flush(walk) },
  end_host: { each: true, act: ({ nodes }) => nodes.forEach(endHost) },
  end_role: { each: true, act: ({ nodes }, task) => nodes.forEach((state) => endRole(state, task)) },
  clear_facts: { each: true, act: ({ nodes }) => nodes.forEach((state) => state.clearFacts()) },
  reset_connection: { each: true, act: resetConnections },
  end_batch: { each: false, act: ({ region }) => region.end() },
  end_play: { each: false, act: ({ region }) => region.inPlay.end() },
  clear_host_errors: { each: false, act: ({ region }) => region.inPlay.clearErrors() },
  refresh_inventory: { each: false, act: ({ engine }) => engine.inventory.refresh() },
};

/** Carries out a task of `meta`; `flush` runs the notified handlers. */
export async function runMeta(
  action: MetaAction,
  task: TaskPlan,
  walk: Walk,
  flush: (walk: Walk) => Promise<void>,
): Promise<void> {
  const { each, act, silent } = steerings[action];
  const asked = each ? walk.nodes : walk.nodes.slice(0, 1);
  const chosen = asked.filter((state) => holds(task, state, walk));
  if (chosen.length === 0) return;
  const nodes = each ? chosen : walk.nodes.filter((state) => state.active);
  if (silent !== true) {
    const names = nodes.map((state) => state.node.name);
    walk.engine.emit({ type: 'play-steered', action, region: walk.region.name, nodes: names, at: task.at });
  }
  await act({ ...walk, nodes }, task, flush);
}

/** Whether its conditions hold on a node; one that cannot be told counts as a failure of the task. */
function holds(task: TaskPlan, state: NodeState, walk: Walk): boolean {
  const scope = taskScope(walk.engine, walk.play, task, state);
  try {
    return task.when.every((condition) => condition.test(scope));
  } catch (error) {
    const { engine, play, rescuable } = walk;
    const asked = { speculation: undefined, opening: undefined, clock: undefined };
    const job = { engine, play, task, state, rescuable, handler: false, ...asked };
    const outcome: Outcome = settle(conditionFailed(error, task), job);
    const ref = { task: task.id, region: state.node.region, node: state.node.name };
    announceFinished(job, outcome, { ref, started: performance.now(), scope });
    state.count(outcome.status);
    if (stopsNode(outcome)) {
      noteFailed(job, outcome);
      walk.region.failed(state, outcome, task);
    }
    return false;
  }
}

function endHost(state: NodeState): void {
  state.status = 'ended';
}

function endRole(state: NodeState, { role }: TaskPlan): void {
  if (role !== undefined) state.endedRoles.add(role);
}

async function resetConnections({ engine, nodes }: Walk): Promise<void> {
  await Promise.all(nodes.map(({ node }) => engine.connections.reset(node.name)));
}
