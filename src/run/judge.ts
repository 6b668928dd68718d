import { isDataMap } from '../model/data.ts';
import type { Data, DataMap } from '../model/data.ts';
import { Unknown } from '../model/data.ts';
import type { Condition, Lookup } from '../model/rendering.ts';
import { saysChanged, type Outcome } from './outcome.ts';
import type { Use } from './use.ts';

/** Applies the user's own words about the outcome: `failed_when` and `changed_when`. Throws as conditions do. */
export function judge(outcome: Outcome, use: Use): Outcome {
  const { changedWhen, failedWhen } = use.task;
  if (outcome.status === 'unreachable' || (changedWhen === undefined && failedWhen === undefined))
    return outcome;
  if (outcome.status === 'unknown' && outcome.changes.length === 0) return outcome;
  if (outcome.status !== 'failed' || hasResult(outcome)) return judged(outcome, use);
  try {
    return judged(outcome, use);
  } catch {
    // The module broke before it had what the conditions read: that is what has to be told.
    return outcome;
  }
}

function judged(outcome: Outcome, use: Use): Outcome {
  const { changedWhen, failedWhen } = use.task;
  const scope = withResult(use, outcome);
  let found = outcome;
  if (failedWhen !== undefined && !(outcome.result instanceof Unknown)) {
    found = failedWhen.every((c) => c.test(scope)) ? asFailed(found, use) : asNotFailed(found);
  }
  if (changedWhen === undefined) return found;
  if (found.status === 'failed')
    return { ...found, result: judgedInFailure(found.result, changedWhen, scope) };
  return changedWhen.every((c) => c.test(scope)) ? asChanged(found) : asUnchanged(found);
}

/** What failed is still said to have changed something or not; a condition that reads what is missing then says nothing. */
function judgedInFailure(result: Data, changedWhen: readonly Condition[], scope: Lookup): Data {
  try {
    return withFlags(result, { changed: changedWhen.every((c) => c.test(scope)) });
  } catch {
    return result;
  }
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
  const result = withFlags(outcome.result, { failed: true, failed_when_result: true });
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
  const result = withFlags(outcome.result, { failed: false, failed_when_result: false });
  return { ...rest, status: saysChanged(result) ? 'changed' : 'ok', result };
}

function asChanged(outcome: Outcome): Outcome {
  return { ...outcome, status: 'changed', result: withFlags(outcome.result, { changed: true }) };
}

/** Also in check mode: a task that says it never changes anything is ok, though its result is not known. */
function asUnchanged(outcome: Outcome): Outcome {
  const { pending: _, ...rest } = outcome;
  return { ...rest, status: 'ok', changes: [], result: withFlags(outcome.result, { changed: false }) };
}
