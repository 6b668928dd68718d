import type { Inventory, Region } from '../model/inventory.ts';
import type { Amount, Play } from '../model/playbook.ts';
import type { RegionPlan } from '../model/plan.ts';

/** The play's nodes by region, in the order in which regions are started, each cut into its batches. */
export function planRegions(
  play: Play,
  nodes: readonly string[],
  inventory: Inventory,
  defaultRegion: string | undefined,
): readonly RegionPlan[] {
  const chosen = new Set(nodes);
  return orderRegions(inventory.regions, play.order.regions, defaultRegion).flatMap((region) => {
    const mine = region.nodes.filter((name) => chosen.has(name));
    if (mine.length === 0) return [];
    const ordered = orderNodes(mine, play.order.nodes);
    const parallel = lower(region.parallel, play.parallel);
    return [{ name: region.name, parallel, batches: batches(ordered, play.serial) }];
  });
}

function orderRegions(
  regions: readonly Region[],
  order: Play['order']['regions'],
  defaultRegion: string | undefined,
): readonly Region[] {
  if (order === 'reverse') return regions.toReversed();
  if (order === 'inventory' || defaultRegion === undefined) return regions;
  return [
    ...regions.filter((r) => r.name === defaultRegion),
    ...regions.filter((r) => r.name !== defaultRegion),
  ];
}

/** As in Ansible, of the nodes of one region. */
function orderNodes(nodes: readonly string[], order: Play['order']['nodes']): readonly string[] {
  switch (order) {
    case 'inventory':
      return nodes;
    case 'reverse_inventory':
      return nodes.toReversed();
    case 'sorted':
      return nodes.toSorted();
    case 'reverse_sorted':
      return nodes.toSorted().toReversed();
    case 'shuffle':
      return nodes
        .map((name) => ({ name, by: Math.random() }))
        .toSorted((a, b) => a.by - b.by)
        .map(({ name }) => name);
  }
}

function lower(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

/** `serial` as in Ansible: each amount is one batch, the last one repeats; a percentage is of all nodes. */
export function batches(nodes: readonly string[], serial: readonly Amount[]): readonly (readonly string[])[] {
  if (serial.length === 0) return [nodes];
  const made: (readonly string[])[] = [];
  let from = 0;
  for (let i = 0; from < nodes.length; i++) {
    const amount = serial[Math.min(i, serial.length - 1)] ?? nodes.length;
    const size = typeof amount === 'number' ? amount : Math.floor((nodes.length * amount.percent) / 100);
    const next = nodes.slice(from, from + Math.max(1, size));
    made.push(next);
    from += next.length;
  }
  return made;
}
