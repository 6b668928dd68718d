import type { Data } from '../model/data.ts';
import type { Node } from '../model/inventory.ts';
import type { CompiledLayer, IncludedRolePlan, PlayPlan, RoleRef, TaskPlan } from '../model/plan.ts';
import type { RecapRow } from '../events/event.ts';
import type { TaskStatus } from '../model/result.ts';
import { keepFacts } from './facts.ts';
import { saysChanged, type Outcome } from './outcome.ts';

type Counts = { -readonly [K in Exclude<keyof RecapRow, 'node' | 'region'>]: number };

/** Defaults and vars of roles that a play's further tasks see on a node. */
export interface ExposedRoles extends Pick<IncludedRolePlan, 'below' | 'above'> {
  readonly play: PlayPlan;
}

/** Everything about a node that changes during a run. */
export class NodeState {
  /** Another one when tasks have put it into groups. */
  node: Node;
  /** `stopped`: taken out because of others (its region's limit, a failed run_once); `ended`: for this play only. */
  status: 'active' | 'failed' | 'unreachable' | 'stopped' | 'ended' = 'active';
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
  /** Uses of roles that it has left by `meta: end_role`. */
  readonly endedRoles = new Set<RoleRef>();
  /** Folders and keys of the roles that have done something here in this play. */
  readonly rolesRun = new Set<string>();
  /** Variables of the loops over blocks and includes that it is in. */
  local: ReadonlyMap<string, Data> = new Map();
  /** The items of those loops as they are shown, outermost first. */
  within: readonly string[] = [];
  /** How many includes and loops over blocks it is in. */
  depth = 0;
  /** Of include_vars, the latest last. */
  included: readonly CompiledLayer[] = [];
  /** Of roles that were included with `public`. */
  exposed: ExposedRoles | undefined;
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

  /** Counts as Ansible's recap does: changed and ignored count as ok too, what changed something and was ignored as both. */
  count(status: TaskStatus, result: Data = null): void {
    this.#counts[status] += 1;
    if (status === 'changed' || status === 'ignored') this.#counts.ok += 1;
    if (status === 'ignored' && saysChanged(result)) this.#counts.changed += 1;
  }

  /** Keeps what the task registered and defined. */
  keep(outcome: Outcome, { register, gathersFacts }: Pick<TaskPlan, 'register' | 'gathersFacts'>): void {
    if (outcome.facts !== undefined || gathersFacts !== undefined || register !== undefined) {
      this.#keepVariables(outcome, { register, gathersFacts });
    }
    if (outcome.pending === true) this.pending = true;
    if (outcome.layers !== undefined && outcome.layers.length > 0) {
      this.included = [...this.included, ...outcome.layers];
      this.version += 1;
    }
  }

  /** Goes into an include, or an item of a loop over a block; what it gives goes out again. */
  enter(vars: ReadonlyMap<string, Data>, label: string | undefined): () => void {
    const { local, within, depth } = this;
    this.depth = depth + 1;
    if (vars.size > 0) {
      this.local = new Map([...local, ...vars]);
      this.version += 1;
    }
    if (label !== undefined) this.within = [...within, label];
    return () => {
      if (vars.size > 0) this.version += 1;
      Object.assign(this, { local, within, depth });
    };
  }

  /** From here on the node's tasks see these too. */
  expose(play: PlayPlan, { below, above }: Pick<IncludedRolePlan, 'below' | 'above'>): void {
    if (below.length + above.length === 0) return;
    const known = this.exposed?.play === play ? this.exposed : { below: [], above: [] };
    this.exposed = { play, below: [...known.below, ...below], above: [...known.above, ...above] };
    this.version += 1;
  }

  /** Forgets what was found out about the node. */
  clearFacts(): void {
    for (const name of this.facts.keys()) this.tentative.delete(name);
    this.facts.clear();
    this.version += 1;
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
