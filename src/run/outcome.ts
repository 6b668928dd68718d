import type { Data, DataMap } from '../model/data.ts';
import type { InventoryAddition } from '../model/inventory.ts';
import type { Change, Failure, TaskStatus } from '../model/result.ts';
import type { Statistic } from '../model/statistics.ts';
import type { CompiledLayer } from '../model/plan.ts';
import { isDataMap, Unknown } from '../model/data.ts';
import type { Brought } from './brought.ts';

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
  /** What it adds to the inventory of the run. */
  readonly additions?: readonly InventoryAddition[];
  /** What it says at the end of the run. */
  readonly statistics?: readonly Statistic[];
  /** A task that would change, or might: what comes later on the node may differ from what is seen now. */
  readonly pending?: boolean;
  /** What an include brings in: tasks that the node goes through next. */
  readonly brought?: readonly Brought[];
  /** Variables that the node has from then on (include_vars). */
  readonly layers?: readonly CompiledLayer[];
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

/** Whether it says of itself that it changed something: one that failed may have, too. */
export function saysChanged(result: Data): boolean {
  return isDataMap(result) && result['changed'] === true;
}

/** True for the outcomes that take a node out of the play. */
export function stopsNode(outcome: Outcome): boolean {
  return ['failed', 'unreachable', 'rescued'].includes(outcome.status);
}
