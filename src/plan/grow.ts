import type { Inventory, InventoryAddition, Node, VarLayer } from '../model/inventory.ts';
import { dataLayer } from '../model/data-layer.ts';
import type { NodePlan } from '../model/plan.ts';

const NOWHERE = { file: 'add_host', line: 1, column: 1, length: 1 };

/** The inventory with what tasks have added to it, in the order in which they did. */
export function growInventory(inventory: Inventory, additions: readonly InventoryAddition[]): Inventory {
  const nodes = new Map(inventory.nodes);
  const groups = new Map([...inventory.groups].map(([name, members]) => [name, [...members]]));
  const regions = inventory.regions.map((region) => ({ ...region, nodes: [...region.nodes] }));
  const join = (group: string, node: string): void => {
    const members = groups.get(group) ?? [];
    groups.set(group, members);
    if (!members.includes(node)) members.push(node);
  };
  for (const addition of additions) {
    const { node: name } = addition;
    const known = nodes.get(name);
    const region = known?.region ?? addition.region ?? regions[0]?.name ?? 'all';
    const fresh = [...(known === undefined ? ['all', region] : []), ...addition.groups];
    for (const group of fresh) join(group, name);
    if (known === undefined) {
      const home = regions.find((one) => one.name === region);
      if (home === undefined) regions.push({ name: region, parallel: undefined, nodes: [name], at: NOWHERE });
      else home.nodes.push(name);
    }
    nodes.set(name, grown(known ?? newNode(addition, region), fresh, inventory));
  }
  return { ...inventory, nodes, groups, regions };
}

function newNode({ node, address }: InventoryAddition, region: string): Node {
  return { name: node, region, address: address ?? node, groups: [], layers: [], at: NOWHERE };
}

/** Variables of groups come below those of the node itself. */
function grown(node: Node, joined: readonly string[], { groupLayers = new Map() }: Inventory): Node {
  const fresh = joined.filter((group) => !node.groups.includes(group));
  const ofGroups = new Set<VarLayer>([...groupLayers.values()].flat());
  const own = node.layers.findIndex((layer) => !ofGroups.has(layer));
  const place = own === -1 ? node.layers.length : own;
  const layers = fresh
    .flatMap((group) => groupLayers.get(group) ?? [])
    .filter((layer) => !node.layers.includes(layer));
  return {
    ...node,
    groups: [...node.groups, ...fresh.filter((group) => group !== 'all')],
    layers: [...node.layers.slice(0, place), ...layers, ...node.layers.slice(place)],
  };
}

/** The nodes with the variables that tasks gave them: data, never templates. */
export function withAddedVars(
  plans: ReadonlyMap<string, NodePlan>,
  additions: readonly InventoryAddition[],
): ReadonlyMap<string, NodePlan> {
  const made = new Map(plans);
  for (const { node, vars } of additions) {
    const plan = made.get(node);
    if (plan === undefined || Object.keys(vars).length === 0) continue;
    made.set(node, { ...plan, layers: [...plan.layers, dataLayer('add_host', vars)] });
  }
  return made;
}
