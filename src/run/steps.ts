import type { BlockPlan, PlayPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { Engine } from './engine.ts';
import { stopsNode, type Outcome } from './outcome.ts';
import type { RegionRun } from './region-run.ts';
import type { NodeState } from './state.ts';
import { runNodeTask } from './task.ts';

/** Nodes that go through steps together: all of a batch in step, or one by itself. */
export interface Walk {
  readonly engine: Engine;
  readonly play: PlayPlan;
  readonly region: RegionRun;
  readonly nodes: readonly NodeState[];
  /** Inside a block that has a rescue section. */
  readonly rescuable: boolean;
  /** Inside an `always` section: it runs even where the region has been stopped. */
  readonly always: boolean;
}

/** Takes the nodes through the steps; those that fail drop out, and all when the region is stopped. */
export async function runSteps(steps: readonly StepPlan[], walk: Walk): Promise<void> {
  for (const step of steps) {
    const nodes = walk.nodes.filter((state) => state.active);
    if (nodes.length === 0 || mustStop(walk)) return;
    const now = { ...walk, nodes };
    if (step.kind === 'block') await runBlock(step, now);
    else if (step.kind === 'flush') await runHandlers(now);
    else await runTask(step, now, false);
  }
}

function mustStop(walk: Walk): boolean {
  return walk.engine.options.signal.aborted || (walk.region.stopped !== undefined && !walk.always);
}

async function runTask(task: TaskPlan, walk: Walk, handler: boolean): Promise<void> {
  walk.region.announce(task, walk, handler);
  if (task.runOnce !== false) {
    await runTaskOnce(task, walk, handler);
    return;
  }
  await Promise.all(walk.nodes.map((state) => runOn(state, task, walk, handler)));
}

async function runOn(
  state: NodeState,
  task: TaskPlan,
  walk: Walk,
  handler: boolean,
): Promise<Outcome | undefined> {
  return walk.region.inSlot(async () => {
    // While it waited for its place, the run or the region may have been stopped.
    if (mustStop(walk)) return undefined;
    if (!handler) walk.region.speculation?.lookAhead(state, task);
    const { speculation } = walk.region;
    const outcome = await runNodeTask({ ...walk, task, state, handler, speculation });
    state.count(outcome.status);
    state.keep(outcome, task.register);
    if (outcome.status === 'changed') notify(task, state, walk);
    if (stopsNode(outcome)) walk.region.failed(state, outcome, task);
    return outcome;
  });
}

/** The first node to come does it; the others wait for its answer and take it as theirs. */
async function runTaskOnce(task: TaskPlan, walk: Walk, handler: boolean): Promise<void> {
  const [first] = walk.nodes;
  if (first === undefined) return;
  const { once } = walk.engine;
  const key = task.runOnce === 'region' ? `${task.id} ${walk.region.name}` : `${task.id}`;
  const running = once.get(key) ?? answerOf(first, task, walk, handler);
  once.set(key, running);
  const answer = await running;
  if (answer.outcome === undefined) return;
  for (const state of walk.nodes) {
    if (state.node.name === answer.node) continue;
    state.keep(answer.outcome, task.register);
    if (!stopsNode(answer.outcome)) continue;
    if (answer.outcome.status === 'rescued') state.status = 'failed';
    else walk.region.giveUp(state);
  }
}

async function answerOf(state: NodeState, task: TaskPlan, walk: Walk, handler: boolean) {
  return { node: state.node.name, outcome: await runOn(state, task, walk, handler) };
}

/** Failures in `block` go to `rescue`; `always` runs for every node that came in and can still be reached. */
async function runBlock(block: BlockPlan, walk: Walk): Promise<void> {
  const rescuable = walk.rescuable || block.rescue.length > 0;
  await runSteps(block.block, { ...walk, rescuable });
  if (block.rescue.length > 0) {
    const rescued = walk.nodes.filter((state) => state.status === 'failed');
    for (const state of rescued) state.status = 'active';
    await runSteps(block.rescue, { ...walk, nodes: rescued });
  }
  const failedNodes = walk.nodes.filter((state) => state.status === 'failed');
  for (const state of failedNodes) state.status = 'active';
  await runSteps(block.always, { ...walk, always: true });
  for (const state of failedNodes) if (state.status === 'active') state.status = 'failed';
}

function notify(task: TaskPlan, state: NodeState, walk: Walk): void {
  for (const topic of task.notify) {
    for (const handler of walk.play.handlers) {
      if (!reaches(topic, handler) || state.notified.has(handler.id)) continue;
      state.notified.add(handler.id);
      const { name, region } = state.node;
      walk.engine.emit({ type: 'handler-notified', region, node: name, handler: topic });
    }
  }
}

function reaches(topic: string, handler: TaskPlan): boolean {
  if (handler.listen.includes(topic)) return true;
  return handler.name.constant && handler.name.render({ get: () => undefined, names: () => [] }) === topic;
}

/** Runs notified handlers in the order they are defined; a handler may notify further ones. */
async function runHandlers(walk: Walk): Promise<void> {
  for (let again = true; again;) {
    again = false;
    for (const handler of walk.play.handlers) {
      const nodes = walk.nodes.filter((state) => state.active && state.notified.has(handler.id));
      if (nodes.length === 0) continue;
      if (mustStop(walk)) return;
      for (const state of nodes) state.notified.delete(handler.id);
      await runTask(handler, { ...walk, nodes }, true);
      again = true;
    }
  }
}
