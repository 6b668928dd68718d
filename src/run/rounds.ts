import type { Data } from '../model/data.ts';
import type { IncludedPlan, LoopedPlan, StepPlan } from '../model/plan.ts';
import { announceFinished } from './announce.ts';
import { conditionFailed } from './attempt.ts';
import type { Brought } from './brought.ts';
import { noteFailed } from './failed-task.ts';
import { failureOutcome } from './failures.ts';
import { conditionsNeedItem, loopItems, type LoopItems } from './loop-items.ts';
import { skipped, stopsNode, type Outcome } from './outcome.ts';
import { taskScope } from './scopes.ts';
import type { NodeState } from './state.ts';
import { settle } from './task.ts';
import { mustStop, type Walk } from './walk.ts';

type Work = (walk: Walk) => Promise<void>;

/** One item of a loop over steps, and the nodes that have it. */
interface Round {
  readonly included: IncludedPlan;
  /** The same for the same file and item, in every region. */
  readonly key: string;
  readonly frames: Map<NodeState, Brought>;
}

/** Takes nodes through what an include brought: those with the same file and item together, one after the other. */
export async function runBrought(
  byNode: ReadonlyMap<NodeState, readonly Brought[]>,
  walk: Walk,
  runSteps: (steps: readonly StepPlan[], walk: Walk) => Promise<void>,
): Promise<void> {
  for (const { included, key, frames } of roundsOf(byNode)) {
    const nodes = [...frames.keys()].filter((state) => state.active);
    if (nodes.length === 0) continue;
    if (mustStop(walk)) return;
    const leave = nodes.map((state) => enter(state, frames.get(state)));
    await runSteps(included.steps, { ...walk, nodes, round: `${walk.round}/${key}` });
    for (const left of leave) left();
    if (included.role === undefined) continue;
    for (const state of nodes) state.expose(walk.play, included.role);
  }
}

function roundsOf(byNode: ReadonlyMap<NodeState, readonly Brought[]>): readonly Round[] {
  const rounds = new Map<string, Round>();
  for (const [state, all] of byNode) {
    for (const brought of all) {
      const { included, vars } = brought;
      const base = `${included.name} ${JSON.stringify([...vars])}`;
      // The same again on one node is another round.
      let key = base;
      for (let again = 2; rounds.get(key)?.frames.has(state) === true; again++) key = `${base} ${again}`;
      const round = rounds.get(key) ?? { included, key, frames: new Map<NodeState, Brought>() };
      rounds.set(key, round);
      round.frames.set(state, brought);
    }
  }
  return [...rounds.values()];
}

function enter(state: NodeState, brought: Brought | undefined): () => void {
  if (brought?.included.role !== undefined) state.endedRoles.clear();
  return state.enter(brought?.vars ?? new Map<string, Data>(), brought?.label);
}

/**
 * Takes nodes through a block for each item of its loop: item i of all nodes together. A node that failed at an item,
 * and was not rescued, is done with the loop.
 */
export async function runLooped(head: LoopedPlan, walk: Walk, runBlock: Work): Promise<void> {
  const loops = new Map<NodeState, LoopItems>();
  for (const state of walk.nodes) {
    const loop = itemsOn(head, state, walk);
    if (loop !== undefined) loops.set(state, loop);
  }
  const most = Math.max(0, ...[...loops.values()].map(({ items }) => items.length));
  for (let i = 0; i < most; i++) {
    const going = [...loops].filter(([state, { items }]) => state.active && i < items.length);
    if (going.length === 0 || mustStop(walk)) return;
    if (i > 0 && head.loop.pauseMs > 0) await walk.engine.interruption.pause(head.loop.pauseMs);
    const leave = going.map(([state, { variablesAt, labels }]) => state.enter(variablesAt(i), labels[i]));
    await runBlock({ ...walk, nodes: going.map(([state]) => state), round: `${walk.round}/${i}` });
    for (const left of leave) left();
  }
}

/** undefined: there is nothing to go through here, which has been said. */
function itemsOn(head: LoopedPlan, state: NodeState, walk: Walk): LoopItems | undefined {
  const scope = taskScope(walk.engine, walk.play, head, state);
  try {
    const unmet = conditionsNeedItem(head, head.loop)
      ? undefined
      : head.when.find((condition) => !condition.test(scope));
    if (unmet !== undefined) return said(skipped(unmet.text), head, state, walk);
  } catch (error) {
    return said(conditionFailed(error, head), head, state, walk);
  }
  try {
    const loop = loopItems(head, head.loop, scope, walk.engine.masker);
    return loop.items.length === 0 ? said(skipped('the loop has no items'), head, state, walk) : loop;
  } catch (error) {
    return said(failureOutcome(error, head), head, state, walk);
  }
}

function said(found: Outcome, head: LoopedPlan, state: NodeState, walk: Walk): undefined {
  const { engine, play, rescuable } = walk;
  const asked = { speculation: undefined, opening: undefined, clock: undefined };
  const job = { engine, play, task: head, state, rescuable, handler: false, ...asked };
  const outcome = settle(found, job);
  walk.region.announce(head, walk, false);
  const ref = { task: head.id, region: state.node.region, node: state.node.name };
  const scope = taskScope(engine, play, head, state);
  announceFinished(job, outcome, { ref, started: performance.now(), scope });
  state.count(outcome.status);
  if (!stopsNode(outcome)) return;
  noteFailed(job, outcome);
  walk.region.failed(state, outcome, head);
}
