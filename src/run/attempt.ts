import type { DataMap } from '../model/data.ts';
import { isDataMap, wordsOf } from '../model/data.ts';
import type { InventoryAddition } from '../model/inventory.ts';
import type { TaskPlan } from '../model/plan.ts';
import { Unknown, UnknownValueError } from '../model/data.ts';
import { TemplateError } from '../template/errors.ts';
import { TransportError } from '../transport/contract.ts';
import type { Check } from '../modules/define.ts';
import type { Prepared } from './arguments.ts';
import { resultData, resultWith } from './result-data.ts';
import { failureOutcome } from './failures.ts';
import { StartedJob } from './detached.ts';
import { failed, unknownOutcome, type Outcome } from './outcome.ts';
import { judge } from './judge.ts';
import type { Use } from './use.ts';
import { lookOnly } from './look-only.ts';

/** Uses a task's module once on a node: checks, and applies when there is something to do and the mode allows it. */
export async function attempt(use: Use): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await use.inTime(() => lookAndAct(use));
  } catch (error) {
    outcome = failureOutcome(error, use.task);
    if (neverBegan(error)) return tentative(outcome, use);
  }
  try {
    return tentative(judge(outcome, use), use);
  } catch (error) {
    if (error instanceof UnknownValueError) return unknownOutcome(error.reason, use.task.factNames);
    return failureOutcome(error, use.task);
  }
}

/** The module has not said anything, so `failed_when` and `changed_when` have nothing to judge; as in Ansible. */
function neverBegan(error: unknown): boolean {
  if (error instanceof TemplateError) return true;
  return (
    error instanceof TransportError &&
    ['become-password', 'become-refused', 'interrupted'].includes(error.kind)
  );
}

async function lookAndAct(use: Use): Promise<Outcome> {
  const { module, task, engine } = use;
  if (use.check && module.waits === true && use.pending()) {
    return unknownOutcome('it waits for what earlier tasks of this run would bring about', task.factNames);
  }
  const preparing = use.prepare();
  const prepared = preparing instanceof Promise ? await preparing : preparing;
  const found = await timed(use, 'check', () => look(use, prepared));
  for (const message of task.noLog ? [] : (found.warnings ?? [])) {
    engine.emit({ type: 'warning', message, node: use.state.node.name });
  }
  if (found.changes.length === 0) return asIs(found, use);
  if (use.check) return wouldChange(found, use);
  const act = () =>
    engine.changes.during(use.inOrder ? [] : use.worksOn, () => module.apply(use.node, prepared.args, found));
  let result: unknown;
  try {
    result = await timed(use, 'apply', act);
  } catch (error) {
    if (neverBegan(error)) throw error;
    if (!(error instanceof StartedJob)) return actedInVain(error, use);
    result = error.result;
  }
  return { ...asIs(found, use), status: 'changed', result: resultWith(result, true), changes: found.changes };
}

/** A command that failed may have changed something all the same, and Ansible says so too. */
function actedInVain(error: unknown, { task, module }: Use): Outcome {
  const outcome = failureOutcome(error, task);
  const { result } = outcome;
  if (module.always === undefined || outcome.status !== 'failed' || !isDataMap(result)) return outcome;
  return { ...outcome, result: { ...result, changed: true } };
}

async function look(use: Use, prepared: Prepared): Promise<Check<unknown, unknown>> {
  const { module, task, engine, state } = use;
  const taken = use.speculation?.take(use, prepared);
  const ahead = taken instanceof Promise ? await taken : taken;
  const looking = ahead?.found ?? module.check(lookOnly(use.node), prepared.args);
  // Behind its own look: the shell answers in the order in which it is asked.
  use.speculation?.lookAhead(state, task);
  // A wait of minutes asks the node now and then only, or never.
  return await engine.interruption.unless(looking, state.node.name);
}

function timed<T>(use: Use, phase: 'check' | 'apply', work: () => Promise<T>): Promise<T> {
  return use.clock === undefined ? work() : use.clock.during(phase, use.place, work);
}

function asIs(found: Check<unknown, unknown>, use: Use): Outcome {
  const result = resultWith(found.result, false);
  if (use.module.addition !== undefined) return adding(use.module.addition(found.result), result, use);
  if (use.module.statistic !== undefined) {
    return { status: 'ok', result, changes: [], statistics: [use.module.statistic(found.result)] };
  }
  if (found.message === undefined && use.module.definesFacts !== true) {
    return { status: 'ok', result, changes: [] };
  }
  return {
    status: 'ok',
    result,
    changes: [],
    ...(found.message === undefined ? {} : { message: found.message }),
    ...(use.module.definesFacts === true ? { facts: factsOf(result) } : {}),
  };
}

/** As in Ansible changed, though no node is: in check mode too, for later plays need what it adds. */
function adding(addition: InventoryAddition, result: DataMap, { engine }: Use): Outcome {
  const additions = [addition];
  if (!engine.inventory.lacks(addition)) return { status: 'ok', result, changes: [], additions };
  const summary = addition.groups.length === 0 ? 'in the inventory' : `in ${addition.groups.join(', ')}`;
  const changes = [{ subject: addition.node, summary }];
  return { status: 'changed', result: { ...result, changed: true }, changes, additions };
}

function factsOf(result: DataMap): DataMap {
  const { facts } = result;
  return isDataMap(facts) ? facts : {};
}

/** Check mode: a command's effect cannot be told; any other module has said exactly what it would do. */
function wouldChange(found: Check<unknown, unknown>, use: Use): Outcome {
  const { task, module } = use;
  const flags: DataMap = { changed: true, failed: false, skipped: false };
  const known: DataMap = { ...resultData(found.certain), ...flags };
  if (module.always !== undefined) {
    return { ...unknownOutcome(module.always, task.factNames), changes: found.changes };
  }
  const result = new Unknown(`${nameOf(use)} would change something first`, known);
  return { status: 'changed', result, changes: found.changes, pending: true };
}

function nameOf({ task, scope }: Use): string {
  try {
    return `"${wordsOf(task.name.render(scope))}"`;
  } catch {
    return task.module;
  }
}

/**
 * Check mode cannot tell a real failure from one that an earlier, pending change would have prevented:
 * where the failing task looked at a node with pending changes, or at what was registered after one, say so.
 */
function tentative(outcome: Outcome, use: Use): Outcome {
  if (outcome.status !== 'failed' || !use.check || !use.pending()) return outcome;
  const read = [
    ...use.task.args.references,
    ...[...use.task.conditionArgs.values()].flat().flatMap((c) => c.references),
  ];
  const dependsOnEarlier = use.contact.made || read.some((r) => use.state.tentative.has(r.path[0] ?? ''));
  if (!dependsOnEarlier) return outcome;
  const message = use.task.noLog ? 'hidden because of no_log' : (outcome.failure?.message ?? 'no message');
  const reason = `fails as things stand (${message}); earlier changes of this run may mend that`;
  return unknownOutcome(reason, use.task.factNames);
}

/** The outcome of a task whose conditions cannot be evaluated. */
export function conditionFailed(error: unknown, task: TaskPlan): Outcome {
  const outcome = failureOutcome(error, task);
  if (outcome.status !== 'failed' || outcome.failure === undefined) return outcome;
  return failed({
    ...outcome.failure,
    message: `the condition could not be evaluated: ${outcome.failure.message}`,
  });
}
