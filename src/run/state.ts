import type { Data } from '../model/data.ts';
import type { Node } from '../model/inventory.ts';
import type { TaskPlan } from '../model/plan.ts';
import type { RecapRow } from '../events/event.ts';
import type { TaskStatus } from '../model/result.ts';
import { keepFacts } from './facts.ts';
import type { Outcome } from './outcome.ts';

type Counts = { -readonly [K in Exclude<keyof RecapRow, 'node' | 'region'>]: number };

/** Everything about a node that changes during a run. */
export class NodeState {
  readonly node: Node;
  /** `stopped`: taken out because of others (its region's limit, a failed run_once). */
  status: 'active' | 'failed' | 'unreachable' | 'stopped' = 'active';
  /** set_fact and register. */
  readonly variables = new Map<string, Data>();
  /** What was found out about it, by the names of variables. */
  readonly facts = new Map<string, Data>();
  /** Grows when variables are set. */
  version = 0;
  /** Registered after a change was pending: a real run may see something else. */
  readonly tentative = new Set<string>();
  /** In check mode: some task would have changed the node, or might have. */
  pending = false;
  /** Ids of handlers to run at the next flush. */
  readonly notified = new Set<number>();
  readonly #counts: Counts = {
    ok: 0,
    changed: 0,
    unreachable: 0,
    failed: 0,
    skipped: 0,
    rescued: 0,
    ignored: 0,
    unknown: 0,
  };

  constructor(node: Node) {
    this.node = node;
  }

  get active(): boolean {
    return this.status === 'active';
  }

  /** Counts as Ansible's recap does: changed and ignored count as ok too. */
  count(status: TaskStatus): void {
    this.#counts[status] += 1;
    if (status === 'changed' || status === 'ignored') this.#counts.ok += 1;
  }

  /** Keeps what the task registered and defined. */
  keep(outcome: Outcome, { register, gathersFacts }: Pick<TaskPlan, 'register' | 'gathersFacts'>): void {
    if (outcome.facts !== undefined || gathersFacts !== undefined || register !== undefined) {
      this.#keepVariables(outcome, { register, gathersFacts });
    }
    if (outcome.pending === true) this.pending = true;
  }

  #keepVariables(
    outcome: Outcome,
    { register, gathersFacts }: Pick<TaskPlan, 'register' | 'gathersFacts'>,
  ): void {
    const names = Object.keys(outcome.facts ?? {});
    if (gathersFacts !== undefined) names.push(...keepFacts(this.facts, outcome, gathersFacts));
    for (const [name, value] of Object.entries(outcome.facts ?? {})) this.variables.set(name, value);
    if (register !== undefined) {
      this.variables.set(register, outcome.result);
      names.push(register);
    }
    if (names.length > 0 || gathersFacts !== undefined) this.version += 1;
    for (const name of names) {
      if (this.pending) this.tentative.add(name);
      else this.tentative.delete(name);
    }
  }

  recap(): RecapRow {
    return { node: this.node.name, region: this.node.region, ...this.#counts };
  }
}
