import type { Data } from '../model/data.ts';
import type { PlayPlan, RunPlan, TaskPlan } from '../model/plan.ts';
import type { Node } from '../model/inventory.ts';

/** What the variables that are always there depend on. */
export interface MagicSources {
  readonly plan: RunPlan;
  readonly check: boolean;
  readonly diff: boolean;
  readonly node: Node;
  readonly play?: PlayPlan;
  readonly task?: Pick<TaskPlan, 'role' | 'playbookDir'>;
}

type Answers = Readonly<Record<string, (sources: MagicSources) => Data | undefined>>;

const answers: Answers = {
  inventory_hostname: ({ node }) => node.name,
  region: ({ node }) => node.region,
  node: ({ node }) => ({ name: node.name, address: node.address, region: node.region }),
  regions: ({ plan }) => Object.fromEntries([...plan.regions].map(([name, nodes]) => [name, [...nodes]])),
  region_nodes: ({ plan, node }) => plan.regions.get(node.region) ?? [],
  region_addresses: ({ plan, node }) => addresses(plan, plan.regions.get(node.region) ?? []),
  groups: ({ plan }) => Object.fromEntries(plan.groups),
  group_names: ({ node }) =>
    [node.region, ...node.groups.filter((g) => g !== node.region)].filter((g) => g !== 'all'),
  inventory_dir: ({ plan }) => plan.inventoryDir,
  playbook_dir: ({ task, play }) => task?.playbookDir ?? play?.playbookDir,
  role_name: ({ task }) => task?.role?.name,
  role_path: ({ task }) => task?.role?.dir,
  ansible_check_mode: ({ check }) => check,
  ansible_diff_mode: ({ diff }) => diff,
  ansible_play_name: ({ play }) => play?.name,
  ansible_play_hosts: ({ play }) => play?.regions.flatMap((region) => region.batches.flat()),
};

/** The value of a variable that is always there; undefined: it is none of them. */
export function magicValue(name: string, sources: MagicSources): Data | undefined {
  return Object.hasOwn(answers, name) ? answers[name]?.(sources) : undefined;
}

function addresses(plan: RunPlan, names: readonly string[]): readonly string[] {
  return names.map((name) => plan.nodes.get(name)?.node.address ?? name);
}
