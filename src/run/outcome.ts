import type { Data, DataMap } from '../model/data.ts';
import type { Change, Failure, TaskStatus } from '../model/result.ts';
import { Unknown } from '../model/data.ts';

/** What came of a task, or of one item of its loop, on a node. */
export interface Outcome {
  readonly status: TaskStatus;
  /** What `register` keeps. */
  readonly result: Data;
  readonly changes: readonly Change[];
  /** Why it was skipped, is unknown or was ignored. */
  readonly reason?: string;
  readonly message?: string;
  readonly failure?: Failure;
  /** Variables that the task defines (set_fact). */
  readonly facts?: DataMap;
  /** A task that would change, or might: what comes later on the node may differ from what is seen now. */
  readonly pending?: boolean;
}

/** A task whose condition did not hold. */
export function skipped(reason: string): Outcome {
  const result = { changed: false, failed: false, skipped: true, skip_reason: reason };
  return { status: 'skipped', result, changes: [], reason };
}

/** A task of which check mode cannot say what it would do. */
export function unknownOutcome(reason: string, factNames: readonly string[] = []): Outcome {
  const result = new Unknown(reason, { failed: false, skipped: false });
  const facts = Object.fromEntries(factNames.map((name) => [name, new Unknown(reason)]));
  return { status: 'unknown', result, changes: [], reason, facts, pending: true };
}

/** A task that failed; `more` are fields of the module's result that register keeps (rc, stdout …). */
export function failed(failure: Failure, more: DataMap = {}): Outcome {
  const result = { ...more, changed: false, failed: true, skipped: false, msg: failure.message };
  return { status: 'failed', result, changes: [], failure };
}

/** True for the outcomes that take a node out of the play. */
export function stopsNode(outcome: Outcome): boolean {
  return ['failed', 'unreachable', 'rescued'].includes(outcome.status);
}
