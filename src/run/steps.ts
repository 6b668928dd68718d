import { wordsOf } from '../model/data.ts';
import type { BlockPlan, PlayPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { Engine } from './engine.ts';
import { answerOnce } from './once.ts';
import { taskScope } from './scopes.ts';
import { stopsNode, type Outcome } from './outcome.ts';
import type { Speculation } from './speculation.ts';
import type { NodeState } from './state.ts';
import { runNodeTask } from './task.ts';
import { inWaves } from './waves.ts';

/** What the steps ask of the region they are taken in: its limits and its failure policy. */
export interface RegionControl {
  readonly name: string;
  /** Why no further task starts in this region. */
  stopped: string | undefined;
  readonly speculation: Speculation | undefined;
  /** Runs work on a node while it holds a place in the region and in the run. */
  inSlot<T>(task: TaskPlan, work: () => Promise<T>): Promise<T>;
  /** Says once per batch that the region has come to a task. */
  announce(task: TaskPlan, walk: Walk, handler: boolean): void;
  /** Takes a node out and decides about the others of the region. */
  failed(state: NodeState, outcome: Outcome, task: TaskPlan): void;
  /** Takes a node out of the run because of others. */
  giveUp(state: NodeState): void;
}

/** Nodes that go through steps together: all of a batch in step, or one by itself. */
export interface Walk {
  readonly engine: Engine;
  readonly play: PlayPlan;
  readonly region: RegionControl;
  readonly nodes: readonly NodeState[];
  /** Called when a task is the first to need its node's connection. */
  readonly opening: (() => void) | undefined;
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
  const together = { ...walk, opening: (): void => connectOthers(task, walk) };
  // Without the outcomes: their results would all be kept until the last node is through.
  const forget = (): void => undefined;
  await inWaves(walk.nodes, (state) => runOn(state, task, together, handler).then(forget));
}

/**
 * The first node of those that go in step needs a connection: the others will too, and need not wait for a place
 * among the nodes worked on at once to get it. The transport bounds how many are opened at a time.
 */
function connectOthers(task: TaskPlan, { engine, play, nodes }: Walk): void {
  for (const state of nodes) {
    if (engine.connections.has(state.node.name)) continue;
    const scope = taskScope(engine, play, task, state);
    try {
      if (!task.when.every((condition) => condition.test(scope))) continue;
    } catch {
      continue;
    }
    // Whoever needs it hears that it failed.
    engine.connections.link(state.node, scope).catch(() => undefined);
  }
}

async function runOn(
  state: NodeState,
  task: TaskPlan,
  walk: Walk,
  handler: boolean,
): Promise<Outcome | undefined> {
  const clock = walk.engine.profile?.clock(state.node);
  return walk.region.inSlot(task, async () => {
    clock?.begin();
    // While it waited for its place, the run or the region may have been stopped.
    if (mustStop(walk)) return undefined;
    const { engine, play, rescuable, opening } = walk;
    const { speculation } = walk.region;
    const job = { engine, play, task, state, handler, rescuable, speculation, opening, clock };
    const outcome = await runNodeTask(job);
    state.count(outcome.status);
    state.keep(outcome, task);
    if (outcome.status === 'changed') notify(task, state, walk);
    if (stopsNode(outcome)) walk.region.failed(state, outcome, task);
    return outcome;
  });
}

/** The first node to come does it; the others wait for its answer and take it as theirs. */
async function runTaskOnce(task: TaskPlan, walk: Walk, handler: boolean): Promise<void> {
  const [first] = walk.nodes;
  if (first === undefined) return;
  const key = task.runOnce === 'region' ? `${task.id} ${walk.region.name}` : `${task.id}`;
  const names = walk.nodes.map((state) => state.node.name);
  const ask = () => runOn(first, task, walk, handler);
  const answer = await answerOnce(walk.engine.once, key, names, ask);
  if (answer === undefined) return;
  const { outcome } = answer;
  for (const state of walk.nodes) {
    if (state.node.name === answer.node) continue;
    state.keep(outcome, task);
    if (outcome.status === 'rescued') state.status = 'failed';
    else if (stopsNode(outcome)) walk.region.giveUp(state);
  }
  // What all depend on is missing: the region's further batches are not begun either.
  if (stopsNode(outcome) && outcome.status !== 'rescued')
    walk.region.stopped ??= 'a task that runs once failed';
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
  const out = walk.nodes.flatMap((state) => {
    const { status } = state;
    return status === 'failed' || status === 'stopped' ? [{ state, status }] : [];
  });
  for (const { state } of out) state.status = 'active';
  await runSteps(block.always, { ...walk, always: true });
  for (const { state, status } of out) if (state.active) state.status = status;
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
  return fixedName(handler) === topic;
}

/** undefined: there is a template in it. */
function fixedName({ name }: TaskPlan): string | undefined {
  return name.constant ? wordsOf(name.render({ get: () => undefined, names: () => [] })) : undefined;
}

/** `force_handlers`: what a node was notified of before a task failed on it is done all the same. */
export async function runForcedHandlers(walk: Walk): Promise<void> {
  if (!walk.play.forceHandlers) return;
  const out = walk.nodes.filter(({ status }) => status === 'failed' || status === 'stopped');
  const statuses = out.map((state) => [state, state.status] as const);
  for (const state of out) state.status = 'active';
  await runHandlers({ ...walk, nodes: out, always: true });
  for (const [state, status] of statuses) if (state.active) state.status = status;
}

/** Runs notified handlers in the order they are defined; a handler may notify further ones. */
async function runHandlers(walk: Walk): Promise<void> {
  const { handlers } = walk.play;
  // Each pass follows the notifications by one handler: more passes than handlers go in a circle.
  for (let pass = 0, again = true; again; pass++) {
    if (pass > handlers.length) return giveUpCircle(walk);
    again = false;
    for (const handler of handlers) {
      const nodes = walk.nodes.filter((state) => state.active && state.notified.has(handler.id));
      if (nodes.length === 0) continue;
      if (mustStop(walk)) return;
      for (const state of nodes) state.notified.delete(handler.id);
      await runTask(handler, { ...walk, nodes }, true);
      again = true;
    }
  }
}

function giveUpCircle({ engine, play, nodes }: Walk): void {
  const left = play.handlers.filter((handler) => nodes.some((state) => state.notified.has(handler.id)));
  const names = left.map((handler) => fixedName(handler) ?? handler.module);
  engine.emit({
    type: 'warning',
    message: `handlers that notify each other again and again are not run any more: ${names.join(', ')}`,
  });
  for (const state of nodes) state.notified.clear();
}
