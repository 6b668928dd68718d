import pLimit from 'p-limit';
import { isDataMap, wordsOf } from '../model/data.ts';
import type { IncludePlan, TaskPlan } from '../model/plan.ts';
import type { NodeTaskRef } from '../events/event.ts';
import type { NodeTask } from './node-task.ts';
import type { Scope } from './scope.ts';
import { attempt, conditionFailed } from './attempt.ts';
import { bringIn } from './bring-in.ts';
import { withResult } from './judge.ts';
import { combineItems } from './items.ts';
import { conditionsNeedItem, loopItems, type LoopItems } from './loop-items.ts';
import { announceFinished } from './announce.ts';
import { makeUse, type Use } from './use.ts';
import { failed, saysChanged, skipped, type Outcome } from './outcome.ts';
import { failureOutcome } from './failures.ts';
import { taskScope } from './scopes.ts';

/** Runs a task on one node, its loop and retries included, and says what came of it. Never throws. */
export async function runNodeTask(job: NodeTask): Promise<Outcome> {
  const { engine, task, state } = job;
  const started = performance.now();
  const scope = taskScope(engine, job.play, task, state);
  const ref: NodeTaskRef = { task: task.id, region: state.node.region, node: state.node.name };
  const outcome = settle(await outcomeOf(job, scope, ref), job);
  announceFinished(job, outcome, { ref: withDelegate(ref, task, scope), started, scope });
  return outcome;
}

async function outcomeOf(job: NodeTask, scope: Scope, ref: NodeTaskRef): Promise<Outcome> {
  const { engine, task } = job;
  engine.emit({ type: 'node-task-started', ...withDelegate(ref, task, scope) });
  try {
    const unmet =
      task.loop !== undefined && conditionsNeedItem(task, task.loop)
        ? undefined
        : unmetCondition(task, scope);
    if (unmet !== undefined) {
      job.speculation?.lookAhead(job.state, task);
      return skipped(unmet);
    }
  } catch (error) {
    return conditionFailed(error, task);
  }
  if (job.broken !== undefined) return failureOutcome(job.broken, task);
  if (task.loop === undefined) return await runOnce(job, scope, ref);
  try {
    return await runLoop(job, loopItems(task, task.loop, scope, engine.masker), ref);
  } catch (error) {
    return failureOutcome(error, task);
  }
}

/** The text of the first condition that does not hold. */
function unmetCondition(task: TaskPlan, scope: Scope): string | undefined {
  return task.when.find((condition) => !condition.test(scope))?.text;
}

async function runLoop(job: NodeTask, loop: LoopItems, ref: NodeTaskRef): Promise<Outcome> {
  const { parallel, pauseMs } = loop.loop;
  const outcomes: (Outcome | undefined)[] = [];
  const { signal } = job.engine.options;
  let ended = false;
  const next = async (i: number): Promise<void> => {
    if (ended || signal.aborted) return;
    if (i > 0 && pauseMs > 0) await pause(job, pauseMs);
    const outcome = await runItem(job, loop, i, ref);
    outcomes[i] = outcome;
    ended ||= outcome.status === 'unreachable';
  };
  const atOnce = pLimit(parallel);
  await Promise.all(loop.items.map((_, i) => atOnce(() => next(i))));
  return combineItems(outcomes.filter((outcome) => outcome !== undefined));
}

/** One item, with an event of its own. */
async function runItem(job: NodeTask, loop: LoopItems, at: number, ref: NodeTaskRef): Promise<Outcome> {
  const started = performance.now();
  if (loop.loop.parallel === 1) job.speculation?.lookAheadInLoop(job.state, { of: loop, at });
  const scope = loop.scopeAt(at);
  const itemRef = { task: ref.task, region: ref.region, node: ref.node, item: loop.labels[at] ?? '' };
  const part = job.clock === undefined ? job : { ...job, clock: job.clock.item() };
  const outcome = settle(await useOnItem(part, scope, itemRef), job);
  announceFinished(part, outcome, { ref: withDelegate(itemRef, job.task, scope), started, scope });
  return withItem(outcome, loop, at);
}

async function useOnItem(job: NodeTask, scope: Scope, ref: NodeTaskRef): Promise<Outcome> {
  try {
    const unmet = unmetCondition(job.task, scope);
    return unmet === undefined ? await runOnce(job, scope, ref) : skipped(unmet);
  } catch (error) {
    return conditionFailed(error, job.task);
  }
}

function withItem(whole: Outcome, { items, loop, labels, variablesAt }: LoopItems, at: number): Outcome {
  const outcome =
    whole.brought === undefined
      ? whole
      : { ...whole, brought: whole.brought.map((b) => ({ ...b, vars: variablesAt(at), label: labels[at] })) };
  const { result } = outcome;
  if (!isDataMap(result)) return outcome;
  const { loopVar, indexVar } = loop;
  const item = { [loopVar]: items[at] ?? null, ansible_loop_var: loopVar };
  const index = indexVar === undefined ? {} : { [indexVar]: at, ansible_index_var: indexVar };
  return { ...outcome, result: { ...result, ...item, ...index } };
}

function freshUse(job: NodeTask, scope: Scope, ref: NodeTaskRef): Use {
  const { engine, play, task, state, opening, speculation, clock } = job;
  const delegated = withDelegate(ref, task, scope);
  return makeUse({ engine, play, task, state, scope, ref: delegated, opening, speculation, clock });
}

/** One use of the module, again while `until` asks for it. */
async function runOnce(job: NodeTask, scope: Scope, ref: NodeTaskRef): Promise<Outcome> {
  const { engine, task } = job;
  if (task.include !== undefined) return await broughtIn(job, scope, task.include);
  let use: Use;
  try {
    const asked = job.speculation?.asked(job.state, task, ref.item);
    use = asked?.begin(job) ?? freshUse(job, scope, ref);
  } catch (error) {
    return failureOutcome(error, task);
  }
  for (let tries = 1; ; tries++) {
    const outcome = withAttempts(await attempt(use), tries, task);
    const wanting = stillWanting(outcome, use);
    if (wanting === undefined || engine.options.signal.aborted) return outcome;
    if (tries > task.retries) return task.until.length === 0 ? outcome : gaveUp(outcome, wanting, tries);
    const reason = task.noLog ? 'hidden because of no_log' : wanting;
    engine.emit({ type: 'task-retry', ...use.ref, attempt: tries, retries: task.retries, reason });
    await pause(job, task.delayMs);
    if (engine.options.signal.aborted) return gaveUp(outcome, wanting, tries);
  }
}

async function broughtIn(job: NodeTask, scope: Scope, include: IncludePlan): Promise<Outcome> {
  try {
    const outcome = await bringIn(job, scope, include);
    job.speculation?.lookAhead(job.state, job.task);
    return outcome;
  } catch (error) {
    return failureOutcome(error, job.task);
  }
}

function withAttempts(outcome: Outcome, attempts: number, task: TaskPlan): Outcome {
  if (task.retries === 0 || !isDataMap(outcome.result)) return outcome;
  return { ...outcome, result: { ...outcome.result, attempts } };
}

/** Why another try is due; undefined: the outcome stands. */
function stillWanting(outcome: Outcome, use: Use): string | undefined {
  const { task } = use;
  if (outcome.status === 'unreachable' || outcome.status === 'unknown' || outcome.pending === true)
    return undefined;
  if (task.until.length === 0) {
    return task.retries > 0 && outcome.status === 'failed'
      ? (outcome.failure?.message ?? 'failed')
      : undefined;
  }
  try {
    const unmet = task.until.find((c) => !c.test(withResult(use, outcome)));
    return unmet === undefined ? undefined : `until: ${unmet.text}`;
  } catch (error) {
    // A result of a failed try may lack what `until` reads.
    if (outcome.status === 'failed') return outcome.failure?.message ?? 'failed';
    return error instanceof Error ? error.message : String(error);
  }
}

function gaveUp(outcome: Outcome, wanting: string, tries: number): Outcome {
  if (outcome.status === 'failed') return outcome;
  const result = isDataMap(outcome.result) ? outcome.result : {};
  const given = failed({ message: `gave up after ${tries} tries: ${wanting}` }, result);
  // What it did on the way stays done.
  return { ...given, result: Object.assign({}, given.result, { changed: saysChanged(result) }) };
}

/** What the user's `ignore_errors`, `ignore_unreachable` and the block around make of a failure. */
export function settle(found: Outcome, { task, rescuable, engine, state }: NodeTask): Outcome {
  const outcome = (task.checkMode ?? engine.options.check) ? found : decided(found);
  if (outcome.status === 'unreachable' && task.ignoreUnreachable) {
    // The next task tries again.
    engine.connections.forget(state.node.name);
    engine.changes.lost(state.node.name);
    return { ...outcome, status: 'ignored', reason: 'ignore_unreachable' };
  }
  if (outcome.status !== 'failed') return outcome;
  if (task.ignoreErrors) return { ...outcome, status: 'ignored', reason: 'ignore_errors' };
  return rescuable ? { ...outcome, status: 'rescued' } : outcome;
}

/** In a real run a task cannot be left open: what it needs was asked of one that only looked (`check_mode: true`). */
function decided(outcome: Outcome): Outcome {
  if (outcome.status !== 'unknown') return outcome;
  const hint = 'A task with check_mode: true tells what would change, not what is there afterwards: ask for that in a task of its own.'; // prettier-ignore
  return failed({ message: `it needs a value that is not known: ${outcome.reason ?? ''}`, hint });
}

/** A wait that does not count as the node's work. */
async function pause({ clock, engine }: NodeTask, ms: number): Promise<void> {
  const waiting = (): Promise<void> => engine.interruption.pause(ms);
  await (clock?.pause(waiting) ?? waiting());
}

function withDelegate(ref: NodeTaskRef, task: TaskPlan, scope: Scope): NodeTaskRef {
  if (task.delegateTo === undefined) return ref;
  try {
    const name = task.delegateTo.render(scope);
    return name === null || name === '' ? ref : { ...ref, delegatedTo: wordsOf(name) };
  } catch {
    // Said again, with its place, when the module is to be used.
    return ref;
  }
}
