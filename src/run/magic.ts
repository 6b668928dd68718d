import type { Data, DataMap } from '../model/data.ts';
import type { PlayPlan, RunPlan, Selection, TaskPlan } from '../model/plan.ts';
import type { Lookup } from '../model/rendering.ts';
import { groupNamesOf } from '../model/magic.ts';
import type { Node } from '../model/inventory.ts';
import { HostVars } from './hostvars.ts';
import { roleNamesOf } from './step-order.ts';

/** What a node may see of the others while they are worked on. */
export interface OtherNodes {
  scopeOf(node: string): Lookup;
  isActive(node: string): boolean;
}

/** What is the same for all nodes of a run, worked out once: of a thousand nodes each may ask for all of them. */
export class Fleet {
  readonly plan: RunPlan;
  readonly check: boolean;
  readonly diff: boolean;
  /** undefined: there is no run. */
  #others: OtherNodes | undefined;
  #hostVars: HostVars | undefined;
  /** How often something was read that other nodes change. */
  reads = 0;
  readonly #addresses = new Map<string, readonly string[]>();
  readonly #hosts = new Map<PlayPlan, readonly string[]>();
  readonly #roleNames = new Map<PlayPlan, readonly string[]>();
  #regions: DataMap | undefined;
  #groups: DataMap | undefined;

  constructor(plan: RunPlan, mode: { readonly check: boolean; readonly diff: boolean }) {
    this.plan = plan;
    this.check = mode.check;
    this.diff = mode.diff;
  }

  /** Nodes, groups or regions are others than before. */
  reset(): void {
    this.#addresses.clear();
    this.#hosts.clear();
    this.#regions = undefined;
    this.#groups = undefined;
  }

  get regions(): DataMap {
    this.#regions ??= Object.fromEntries(this.plan.regions);
    return this.#regions;
  }

  get groups(): DataMap {
    this.#groups ??= Object.fromEntries(this.plan.groups);
    return this.#groups;
  }

  /** Of the nodes of a region. */
  addresses(region: string): readonly string[] {
    const known = this.#addresses.get(region);
    if (known !== undefined) return known;
    const names = this.plan.regions.get(region) ?? [];
    const found = names.map((name) => this.plan.nodes.get(name)?.node.address ?? name);
    this.#addresses.set(region, found);
    return found;
  }

  /** The variables of all nodes, by node. */
  get hostVars(): DataMap | undefined {
    this.reads += 1;
    return this.#hostVars?.of(this.plan.nodes.keys());
  }

  /** From when on nodes see each other. */
  set others(others: OtherNodes) {
    this.#others = others;
    this.#hostVars = new HostVars((node) => others.scopeOf(node));
  }

  /** The nodes of a play that nothing has gone wrong with. */
  activeHosts(play: PlayPlan): readonly string[] {
    this.reads += 1;
    return this.hosts(play).filter((node) => this.#others?.isActive(node) ?? true);
  }

  /** Those of {@link Fleet.activeHosts} that are worked on together with a node. */
  batch(play: PlayPlan, { name, region }: Node): readonly string[] {
    const own = play.regions
      .find((one) => one.name === region)
      ?.batches.find((batch) => batch.includes(name));
    return this.activeHosts(play).filter((node) => own?.includes(node));
  }

  roleNames(play: PlayPlan): readonly string[] {
    const known = this.#roleNames.get(play);
    if (known !== undefined) return known;
    const found = roleNamesOf(play.steps);
    this.#roleNames.set(play, found);
    return found;
  }

  /** The nodes of a play. */
  hosts(play: PlayPlan): readonly string[] {
    const known = this.#hosts.get(play);
    if (known !== undefined) return known;
    const found = play.regions.flatMap((region) => region.batches.flat());
    this.#hosts.set(play, found);
    return found;
  }
}

type Answer = (about: Magic) => Data | undefined;

const answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['inventory_hostname', ({ node }) => node.name],
  ['region', ({ node }) => node.region],
  ['node', ({ node }) => ({ name: node.name, address: node.address, region: node.region })],
  ['regions', ({ fleet }) => fleet.regions],
  ['region_nodes', ({ fleet, node }) => fleet.plan.regions.get(node.region) ?? []],
  ['region_addresses', ({ fleet, node }) => fleet.addresses(node.region)],
  ['groups', ({ fleet }) => fleet.groups],
  ['group_names', ({ node }) => groupNamesOf(node)],
  ['inventory_dir', ({ fleet }) => fleet.plan.inventoryDir],
  ['playbook_dir', ({ task, play }) => task?.playbookDir ?? play?.playbookDir],
  ['role_name', ({ task }) => task?.role?.name],
  ['ansible_role_name', ({ task }) => task?.role?.name],
  ['role_path', ({ task }) => task?.role?.dir],
  ['ansible_check_mode', ({ fleet }) => fleet.check],
  ['ansible_diff_mode', ({ fleet }) => fleet.diff],
  ['ansible_play_name', ({ play }) => play?.name],
  ['ansible_play_hosts', ({ fleet, play }) => play && fleet.activeHosts(play)],
  ['ansible_play_hosts_all', ({ fleet, play }) => play && fleet.hosts(play)],
  ['ansible_play_batch', ({ fleet, node, play }) => play && fleet.batch(play, node)],
  ['ansible_play_role_names', ({ fleet, play }) => play && fleet.roleNames(play)],
  ['ansible_limit', ({ fleet }) => fleet.plan.selection.limit],
  ['ansible_run_tags', ({ fleet }) => runTags(fleet.plan.selection)],
  ['ansible_skip_tags', ({ fleet }) => fleet.plan.selection.skipTags],
  ['hostvars', ({ fleet }) => fleet.hostVars],
  ['inventory_hostname_short', ({ node }) => node.name.replace(/\..*/, '')],
]);

/** The variables that are always there, as one node sees them in one task. */
export class Magic {
  readonly fleet: Fleet;
  readonly node: Node;
  readonly play: PlayPlan | undefined;
  readonly task: Pick<TaskPlan, 'role' | 'playbookDir'> | undefined;

  constructor(fleet: Fleet, node: Node, play?: PlayPlan, task?: Magic['task']) {
    this.fleet = fleet;
    this.node = node;
    this.play = play;
    this.task = task;
  }

  /** undefined: it is none of them. */
  get(name: string): Data | undefined {
    return answers.get(name)?.(this);
  }

  /** What a name means that nothing has given a value. */
  fallback(name: string): Data | undefined {
    return name === 'ansible_host' ? this.node.address : undefined;
  }
}

/** As Ansible has it: without --tags it is as if "all" were asked for. */
function runTags({ tags }: Selection): readonly string[] {
  return tags.length === 0 ? ['all'] : tags;
}
