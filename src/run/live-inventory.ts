import type { DataMap } from '../model/data.ts';
import { dataLayer } from '../model/data-layer.ts';
import type { InventoryAddition, Node } from '../model/inventory.ts';
import type { NodePlan, PlayPlan, RunPlan } from '../model/plan.ts';
import { NodeState } from './state.ts';

/** The plan of the same playbooks with the inventory as it has become. */
export interface Replanned {
  /** undefined: it could not be read. */
  readonly plan: RunPlan | undefined;
  /** What was found wrong, as messages. */
  readonly problems: readonly string[];
}

/** What has become of the inventory since the run began. */
export interface InventoryChange {
  readonly additions: readonly InventoryAddition[];
  /** It is to be read again before. */
  readonly refresh: boolean;
  /** Ids of tasks up to this are those of earlier plans. */
  readonly afterId: number;
}

/** Plans the run's playbooks anew. */
export type Replan = (change: InventoryChange) => Promise<Replanned>;

/** More tasks than any plan has, those that it includes on the way too. */
const IDS = 10_000_000;

export interface LiveInventoryParts {
  readonly plan: RunPlan;
  /** undefined: plays stay as they were planned. */
  readonly replan: Replan | undefined;
  readonly warn: (message: string) => void;
  /** Called whenever nodes, groups or regions are others. */
  readonly changed: () => void;
}

/** The inventory of a run, to which tasks may add; later plays are planned again for what it has become. */
export class LiveInventory {
  /** As it is now. */
  readonly plan: RunPlan;
  readonly states: ReadonlyMap<string, NodeState>;
  readonly #states: Map<string, NodeState>;
  readonly #nodes: Map<string, NodePlan>;
  readonly #groups: Map<string, readonly string[]>;
  readonly #regions: Map<string, readonly string[]>;
  readonly #parts: LiveInventoryParts;
  readonly #additions: InventoryAddition[] = [];
  readonly #played = new Set<string>();
  #plays: readonly PlayPlan[];
  #stale = false;
  #refresh = false;
  #plans = 0;

  constructor(parts: LiveInventoryParts) {
    const { plan } = parts;
    this.#parts = parts;
    this.#plays = plan.plays;
    this.#nodes = new Map(plan.nodes);
    this.#groups = new Map(plan.groups);
    this.#regions = new Map(plan.regions);
    this.plan = { ...plan, nodes: this.#nodes, groups: this.#groups, regions: this.#regions };
    this.#states = new Map([...plan.nodes].map(([name, { node }]) => [name, new NodeState(node)]));
    this.states = this.#states;
  }

  /** Names of the nodes of the plays that were asked for. */
  get played(): ReadonlySet<string> {
    return this.#played;
  }

  /** The play at that place, for the inventory as it is now; undefined: there is none any more. */
  async play(i: number): Promise<PlayPlan | undefined> {
    if (i < this.#plays.length && this.#stale) await this.#planAgain();
    const play = this.#plays[i];
    for (const name of play?.regions.flatMap(({ batches }) => batches.flat()) ?? []) this.#played.add(name);
    return play;
  }

  /** Whether it would add anything. */
  lacks({ node, groups, vars }: InventoryAddition): boolean {
    const missing = groups.some((group) => this.#groups.get(group)?.includes(node) !== true);
    if (missing || !this.#states.has(node)) return true;
    const known = this.#additions.filter((one) => one.node === node).map((one) => one.vars);
    const all: DataMap = Object.assign({}, ...known) as DataMap;
    return Object.entries(vars).some(([name, value]) => JSON.stringify(all[name]) !== JSON.stringify(value));
  }

  /** Later plays find what is added; it can be delegated to at once. */
  add(addition: InventoryAddition, by: Node): void {
    const full = { ...addition, region: addition.region ?? by.region };
    if (!this.lacks(full)) return;
    const { node: name, region, groups, vars } = full;
    const plan = this.#nodes.get(name) ?? this.#begin(full);
    const fresh = groups.filter((group) => this.#join(this.#groups, group, name));
    const isNew = !this.#states.has(name);
    const node = { ...plan.node, groups: [...plan.node.groups, ...fresh] };
    this.#nodes.set(name, { node, layers: [...plan.layers, dataLayer('add_host', vars)] });
    if (isNew) {
      this.#join(this.#groups, 'all', name);
      this.#join(this.#groups, region, name);
      this.#join(this.#regions, region, name);
    }
    this.#keepState(node);
    this.#additions.push(full);
    this.#stale = true;
    this.#parts.changed();
  }

  /** Later plays see what the inventory says when they begin. */
  refresh(): void {
    if (this.#parts.replan === undefined) {
      this.#parts.warn('refresh_inventory: nobody here can read the inventory again; it stays as it is');
      return;
    }
    this.#refresh = true;
    this.#stale = true;
  }

  #begin({ node: name, region, address }: InventoryAddition & { readonly region: string }): NodePlan {
    const at = { file: 'add_host', line: 1, column: 1, length: 1 };
    return { node: { name, region, address: address ?? name, groups: [region], layers: [], at }, layers: [] };
  }

  /** True when it was not there. */
  #join(members: Map<string, readonly string[]>, group: string, node: string): boolean {
    const known = members.get(group) ?? [];
    if (known.includes(node)) return false;
    members.set(group, [...known, node]);
    return true;
  }

  #keepState(node: Node): void {
    const known = this.#states.get(node.name);
    if (known === undefined) this.#states.set(node.name, new NodeState(node));
    else known.node = node;
  }

  async #planAgain(): Promise<void> {
    const refresh = this.#refresh;
    this.#stale = false;
    this.#refresh = false;
    this.#plans += 1;
    const change = { additions: this.#additions, refresh, afterId: this.#plans * IDS };
    const { plan, problems } = (await this.#parts.replan?.(change)) ?? noAnswer;
    for (const problem of problems) this.#parts.warn(problem);
    if (plan === undefined) return;
    this.#plays = plan.plays;
    replace(this.#nodes, plan.nodes);
    replace(this.#groups, plan.groups);
    replace(this.#regions, plan.regions);
    for (const { node } of plan.nodes.values()) this.#keepState(node);
    this.#parts.changed();
  }
}

const noAnswer: Replanned = {
  plan: undefined,
  problems: ['nodes were added, but nobody here can plan the further plays again: they stay as they were'],
};

function replace<T>(map: Map<string, T>, by: ReadonlyMap<string, T>): void {
  map.clear();
  for (const [name, value] of by) map.set(name, value);
}
