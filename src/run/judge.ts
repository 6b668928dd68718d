import { isDataMap } from '../model/data.ts';
import type { Data, DataMap } from '../model/data.ts';
import { Unknown } from '../model/data.ts';
import type { Lookup } from '../model/plan.ts';
import type { Outcome } from './outcome.ts';
import type { Use } from './use.ts';

/** Applies the user's own words about the outcome: `failed_when` and `changed_when`. Throws as conditions do. */
export function judge(outcome: Outcome, use: Use): Outcome {
  const { changedWhen, failedWhen } = use.task;
  if (outcome.status === 'unreachable' || (changedWhen === undefined && failedWhen === undefined))
    return outcome;
  // A module that broke before it had a result has nothing to judge.
  if (outcome.status === 'failed' && !hasResult(outcome)) return outcome;
  if (outcome.status === 'unknown' && outcome.changes.length === 0) return outcome;
  const scope = withResult(use, outcome);
  let judged = outcome;
  if (failedWhen !== undefined && !(outcome.result instanceof Unknown)) {
    judged = failedWhen.every((c) => c.test(scope)) ? asFailed(judged, use) : asNotFailed(judged);
  }
  if (changedWhen !== undefined && judged.status !== 'failed') {
    judged = changedWhen.every((c) => c.test(scope)) ? asChanged(judged) : asUnchanged(judged);
  }
  return judged;
}

/** The scope in which the task's own result can be read by the name that `register` gives it. */
export function withResult(use: Use, outcome: Outcome): Lookup {
  const name = use.task.register;
  return name === undefined ? use.scope : use.scope.with(new Map([[name, outcome.result]]));
}

function hasResult(outcome: Outcome): boolean {
  return isDataMap(outcome.result) && Object.keys(outcome.result).length > 4;
}

function withFlags(result: Data, flags: DataMap): Data {
  if (result instanceof Unknown) return new Unknown(result.reason, { ...result.known, ...flags });
  return isDataMap(result) ? Object.assign({}, result, flags) : result;
}

function asFailed(outcome: Outcome, { task }: Use): Outcome {
  const condition = task.failedWhen?.map((c) => c.text).join(' && ') ?? '';
  const failure = outcome.failure ?? {
    message: `failed_when holds: ${condition}`,
    ...outputOf(outcome.result),
  };
  const result = withFlags(outcome.result, { failed: true, changed: false, failed_when_result: true });
  return { ...outcome, status: 'failed', failure, result };
}

function outputOf(result: Data): { exitCode?: number; stdout?: string; stderr?: string; command?: string } {
  if (!isDataMap(result)) return {};
  const { rc, stdout, stderr, cmd } = result;
  return {
    ...(typeof rc === 'number' ? { exitCode: rc } : {}),
    ...(typeof stdout === 'string' ? { stdout } : {}),
    ...(typeof stderr === 'string' ? { stderr } : {}),
    ...(typeof cmd === 'string' ? { command: cmd } : {}),
  };
}

function asNotFailed(outcome: Outcome): Outcome {
  if (outcome.status !== 'failed') return outcome;
  const { failure: _, ...rest } = outcome;
  const result = withFlags(outcome.result, { failed: false, changed: true, failed_when_result: false });
  return { ...rest, status: 'changed', result };
}

function asChanged(outcome: Outcome): Outcome {
  return { ...outcome, status: 'changed', result: withFlags(outcome.result, { changed: true }) };
}

/** Also in check mode: a task that says it never changes anything is ok, though its result is not known. */
function asUnchanged(outcome: Outcome): Outcome {
  const { pending: _, ...rest } = outcome;
  return { ...rest, status: 'ok', changes: [], result: withFlags(outcome.result, { changed: false }) };
}
