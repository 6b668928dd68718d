import type { BlockPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { OnceAnswer } from './engine.ts';
import { isAgain, isWanted } from './asking.ts';
import { noteFailed } from './failed-task.ts';
import { runMeta } from './meta.ts';
import type { Brought } from './brought.ts';
import { keepOutcome } from './keep.ts';
import { handlersOf } from './late-handlers.ts';
import { fixedName, reached } from './notified.ts';
import { answerOnce, type Answered } from './once.ts';
import { taskScope } from './scopes.ts';
import { stopsNode, type Outcome } from './outcome.ts';
import { runBrought, runLooped } from './rounds.ts';
import type { NodeState } from './state.ts';
import { runNodeTask } from './task.ts';
import { withValues } from './values.ts';
import { inWaves } from './waves.ts';
import { mustStop, type Walk } from './walk.ts';
import { wayFor } from './way-reach.ts';

/** Takes the nodes through the steps; those that fail drop out, and all when the region is stopped. */
export async function runSteps(steps: readonly StepPlan[], walk: Walk): Promise<void> {
  for (const step of steps) {
    const nodes = walk.nodes.filter((state) => state.active);
    if (nodes.length === 0 || mustStop(walk)) return;
    const now = { ...walk, nodes };
    if (step.kind === 'block') await runBlock(step, now);
    else if (step.kind === 'flush') await runHandlers(now);
    else await runStep(step, now);
  }
}

/** A task, once those have come that its `sync` waits for; not where a node has left the role. */
async function runStep(task: TaskPlan, walk: Walk): Promise<void> {
  const { role } = task;
  const going = role === undefined ? walk.nodes : walk.nodes.filter((state) => !state.endedRoles.has(role));
  if (going.length === 0) return;
  const now = going.length === walk.nodes.length ? walk : { ...walk, nodes: going };
  if (task.sync !== undefined) {
    await walk.region.sync(task, now);
    if (mustStop(walk)) return;
  }
  await runTask(task, now, false);
}

async function runTask(task: TaskPlan, walk: Walk, handler: boolean): Promise<void> {
  if (task.meta !== undefined) return runMeta(task.meta, task, walk, runHandlers);
  if (walk.engine.steering.steps && (!(await isWanted(task, walk)) || mustStop(walk))) return;
  walk.region.announce(task, walk, handler);
  const brought = new Map<NodeState, readonly Brought[]>();
  const take = (state: NodeState, outcome: Outcome | undefined): void => {
    if (outcome?.brought !== undefined && outcome.brought.length > 0) brought.set(state, outcome.brought);
  };
  if (task.runOnce !== false) {
    const first = walk.nodes[0];
    const answer = await runTaskOnce(task, walk, handler);
    // As in Ansible what it brings is for that node alone.
    if (first !== undefined && answer?.node === first.node.name) take(first, answer.outcome);
  } else await runTogether(task, walk, handler, take);
  if (brought.size === 0) return;
  const inOrder = walk.nodes.flatMap((state) => [[state, brought.get(state) ?? []] as const]);
  await runBrought(new Map(inOrder), walk, runSteps);
}

async function runTogether(
  task: TaskPlan,
  walk: Walk,
  handler: boolean,
  take: (state: NodeState, outcome: Outcome | undefined) => void,
): Promise<void> {
  const together = { ...walk, opening: (): void => connectOthers(task, walk) };
  // Without the outcomes: their results would all be kept until the last node is through.
  await inWaves(walk.nodes, (state) =>
    runOn(state, task, together, handler).then((outcome) => take(state, outcome)),
  );
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
      const { reach } = wayFor({ engine, task, scope, node: state.node, vars: scope });
      // Whoever needs it hears that it failed.
      engine.connections.link(state.node, scope, reach).catch(() => undefined);
    } catch {
      continue;
    }
  }
}

async function runOn(
  state: NodeState,
  planned: TaskPlan,
  walk: Walk,
  handler: boolean,
): Promise<Outcome | undefined> {
  const clock = walk.engine.profile?.clock(state.node);
  return walk.region.inSlot(planned, walk, async () => {
    clock?.begin();
    // While it waited for its place, the run or the region may have been stopped.
    if (mustStop(walk)) return undefined;
    const { engine, play, rescuable, opening } = walk;
    const { speculation } = walk.region;
    const { task, broken } = withValues(planned, () => taskScope(engine, play, planned, state));
    const job = { engine, play, task, state, handler, rescuable, speculation, opening, clock, broken };
    let outcome = await runNodeTask(job);
    while (task.debugger !== undefined && (await isAgain(job, outcome))) {
      outcome = await runNodeTask(job);
    }
    count(state, task, outcome);
    keepOutcome(job, outcome);
    for (const addition of outcome.additions ?? []) engine.inventory.add(addition, state.node);
    if (!task.noLog) outcome.statistics?.forEach((one) => engine.statistics.add(one, state.node.name));
    if (outcome.status === 'changed') notify(task, state, walk);
    if (stopsNode(outcome)) {
      noteFailed(job, outcome);
      walk.region.failed(state, outcome, task);
    }
    return outcome;
  });
}

/** The first node to come does it; the others wait for its answer and take it as theirs. */
async function runTaskOnce(task: TaskPlan, walk: Walk, handler: boolean): Promise<Answered | undefined> {
  const [first] = walk.nodes;
  if (first === undefined) return undefined;
  const id = `${task.id}${walk.round}`;
  const key = task.runOnce === 'region' ? `${id} ${walk.region.name}` : id;
  const names = walk.nodes.map((state) => state.node.name);
  const ask = () => runOn(first, task, walk, handler);
  const known = task.runOnce === 'batch' ? new Map<string, OnceAnswer>() : walk.engine.once;
  const answer = await answerOnce(known, key, names, ask);
  if (answer === undefined) return undefined;
  const { outcome } = answer;
  for (const state of walk.nodes) {
    if (state.node.name === answer.node) continue;
    keepOutcome({ ...walk, task, state }, outcome);
    if (stopsNode(outcome)) noteFailed({ ...walk, task, state }, outcome);
    if (outcome.status === 'rescued') state.status = 'failed';
    else if (stopsNode(outcome)) walk.region.giveUp(state);
  }
  // What all depend on is missing: the region's further batches are not begun either.
  if (stopsNode(outcome) && outcome.status !== 'rescued')
    walk.region.stopped ??= 'a task that runs once failed';
  return answer;
}

/** As Ansible counts: each file of tasks that is taken in is one ok, a role none but its tasks. */
function count(state: NodeState, { role, include }: TaskPlan, outcome: Outcome): void {
  const { status, result, brought = [] } = outcome;
  if (role !== undefined && status !== 'skipped') state.rolesRun.add(role.dir).add(role.key ?? role.dir);
  if (include === undefined || include.kind === 'vars' || status !== 'ok') state.count(status, result);
  else if (include.kind === 'tasks') for (const _ of brought) state.count('ok');
}

/** A block with a `limit`: a node keeps its place from the first task to the last, so each goes through it by itself. */
async function runBlock(block: BlockPlan, inside: Walk): Promise<void> {
  const { unlessRun } = block;
  const fresh = (state: NodeState): boolean => unlessRun === undefined || !state.rolesRun.has(unlessRun);
  const walk = { ...inside, nodes: inside.nodes.filter(fresh) };
  const limits = (block.limits ?? []).filter((name) => !walk.held.includes(name));
  const run = (now: Walk): Promise<void> =>
    block.loop === undefined
      ? runSections(block, now)
      : runLooped(block.loop, now, (round) => runSections(block, round));
  if (limits.length === 0) return run(walk);
  const held = [...walk.held, ...limits];
  await Promise.all(
    walk.nodes.map((state) =>
      walk.region.inPlay.limited(limits, async () => {
        // While it waited for its place, the run or the region may have been stopped.
        if (!mustStop(walk)) await run({ ...walk, nodes: [state], held });
      }),
    ),
  );
}

/** Failures in `block` go to `rescue`; `always` runs for every node that came in and can still be reached. */
async function runSections(block: BlockPlan, walk: Walk): Promise<void> {
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
    for (const handler of reached(topic, handlersOf(walk.engine, walk.play))) {
      if (state.notified.has(handler.id)) continue;
      state.notified.add(handler.id);
      const { name, region } = state.node;
      walk.engine.emit({ type: 'handler-notified', region, node: name, handler: topic });
    }
  }
}

/** `force_handlers`: what a node was notified of before a task failed on it is done all the same. */
export async function runForcedHandlers(walk: Walk): Promise<void> {
  if (!walk.play.forceHandlers && walk.engine.options.forceHandlers !== true) return;
  // As in Ansible: not where the play itself has failed.
  if (walk.region.broken) return;
  const out = walk.nodes.filter(({ status }) => status === 'failed' || status === 'stopped');
  const statuses = out.map((state) => [state, state.status] as const);
  for (const state of out) state.status = 'active';
  await runHandlers({ ...walk, nodes: out, always: true });
  for (const [state, status] of statuses) if (state.active) state.status = status;
}

/** Runs notified handlers in the order they are defined; a handler may notify further ones. */
async function runHandlers(walk: Walk): Promise<void> {
  // Each pass follows the notifications by one handler: more passes than handlers go in a circle.
  for (let pass = 0, again = true; again; pass++) {
    const handlers = handlersOf(walk.engine, walk.play);
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
  const left = handlersOf(engine, play).filter((handler) =>
    nodes.some((state) => state.notified.has(handler.id)),
  );
  const names = left.map((handler) => fixedName(handler) ?? handler.module);
  engine.emit({
    type: 'warning',
    message: `handlers that notify each other again and again are not run any more: ${names.join(', ')}`,
  });
  for (const state of nodes) state.notified.clear();
}
