import type { Data } from '../model/data.ts';
import { isDataMap, wordsOf } from '../model/data.ts';
import type { TaskPlan } from '../model/plan.ts';
import type { NodeTaskRef } from '../events/event.ts';
import type { NodeTask } from './node-task.ts';
import type { Scope } from './scope.ts';
import { attempt, conditionFailed } from './attempt.ts';
import { withResult } from './judge.ts';
import { combineItems, itemLabels } from './items.ts';
import { announceFinished } from './announce.ts';
import { makeUse, type Use } from './use.ts';
import { failed, skipped, type Outcome } from './outcome.ts';
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
    const conditionsNeedItem = task.when.some((c) => c.references.some((r) => r.path.includes('item')));
    if (task.loop === undefined || !conditionsNeedItem) {
      const unmet = unmetCondition(task, scope);
      if (unmet !== undefined) {
        job.speculation?.lookAhead(job.state, task);
        return skipped(unmet);
      }
    }
    if (task.loop === undefined) return await runOnce(job, scope, ref);
    return await runLoop(job, scope, ref);
  } catch (error) {
    return conditionFailed(error, task);
  }
}

/** The text of the first condition that does not hold. */
function unmetCondition(task: TaskPlan, scope: Scope): string | undefined {
  return task.when.find((condition) => !condition.test(scope))?.text;
}

async function runLoop(job: NodeTask, scope: Scope, ref: NodeTaskRef): Promise<Outcome> {
  const items = job.task.loop?.render(scope);
  if (!Array.isArray(items)) {
    const hint = 'Write a list, or one {{variable}} that holds a list.';
    return failed({ message: `loop must be a list, not ${items === null ? 'null' : typeof items}`, hint });
  }
  const outcomes: Outcome[] = [];
  const labels = itemLabels(items as readonly Data[], job.task, job.engine.masker);
  for (const [i, item] of (items as readonly Data[]).entries()) {
    if (job.engine.options.signal.aborted) break;
    const started = performance.now();
    job.speculation?.lookAheadInLoop(job.state, {
      task: job.task,
      scope,
      items: items as Data[],
      labels,
      at: i,
    });
    const itemScope = scope.with(new Map([['item', item]]));
    const itemRef = { ...ref, item: labels[i] ?? '' };
    const part = job.clock === undefined ? job : { ...job, clock: job.clock.item() };
    const outcome = settle(await runItem(part, itemScope, itemRef), job);
    announceFinished(part, outcome, {
      ref: withDelegate(itemRef, job.task, itemScope),
      started,
      scope: itemScope,
    });
    outcomes.push(withItem(outcome, item));
    if (outcome.status === 'unreachable') break;
  }
  return combineItems(outcomes);
}

async function runItem(job: NodeTask, scope: Scope, ref: NodeTaskRef): Promise<Outcome> {
  try {
    const unmet = unmetCondition(job.task, scope);
    return unmet === undefined ? await runOnce(job, scope, ref) : skipped(unmet);
  } catch (error) {
    return conditionFailed(error, job.task);
  }
}

function withItem(outcome: Outcome, item: Data): Outcome {
  const { result } = outcome;
  return isDataMap(result) ? { ...outcome, result: { ...result, item } } : outcome;
}

/** One use of the module, again while `until` asks for it. */
async function runOnce(job: NodeTask, scope: Scope, ref: NodeTaskRef): Promise<Outcome> {
  const { engine, task } = job;
  let use: Use;
  try {
    use = makeUse({ ...job, scope, ref: withDelegate(ref, task, scope) });
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
    const waiting = (): Promise<void> => pause(task.delayMs, engine.options.signal);
    await (job.clock?.pause(waiting) ?? waiting());
    if (engine.options.signal.aborted) return gaveUp(outcome, wanting, tries);
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
  return failed({ message: `gave up after ${tries} tries: ${wanting}` }, result);
}

/** What the user's `ignore_errors` and the block around make of a failure. */
function settle(outcome: Outcome, { task, rescuable }: NodeTask): Outcome {
  if (outcome.status !== 'failed') return outcome;
  if (task.ignoreErrors) return { ...outcome, status: 'ignored', reason: 'ignore_errors' };
  return rescuable ? { ...outcome, status: 'rescued' } : outcome;
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

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
