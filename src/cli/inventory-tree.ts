import type { Inventory, Region } from '../model/inventory.ts';

interface Branch {
  readonly groups: readonly string[];
  readonly nodes: readonly string[];
}

type Tree = ReadonlyMap<string, Branch>;

/** The groups of `ansible-inventory --list`, without `_meta`; regions have `region: true`, and `parallel` where it is set. */
export function listedGroups(inventory: Inventory, chosen: ReadonlySet<string>): object {
  const tree = treeOf(inventory);
  const regions = new Map(inventory.regions.map((region) => [region.name, region]));
  const groups = inGroupOrder(tree).flatMap((name): readonly (readonly [string, object])[] => {
    const branch = tree.get(name) ?? { groups: [], nodes: [] };
    const region = regions.get(name);
    const hosts = branch.nodes.filter((node) => chosen.has(node));
    const entry = {
      ...(hosts.length === 0 ? {} : { hosts }),
      ...(branch.groups.length === 0 ? {} : { children: branch.groups }),
      ...(region === undefined ? {} : { region: true }),
      ...(region?.parallel === undefined ? {} : { parallel: region.parallel }),
    };
    return Object.keys(entry).length === 0 && name !== 'all' ? [] : [[name, entry]];
  });
  return Object.fromEntries(groups);
}

/** Regions, groups and nodes as a tree. */
export function graph(inventory: Inventory, chosen: ReadonlySet<string>): string {
  const tree = treeOf(inventory);
  const regions = new Map(inventory.regions.map((region) => [region.name, region]));
  const lines: string[] = [];
  const draw = (name: string, depth: number): void => {
    const branch = tree.get(name);
    lines.push(`${edge(depth)}@${name}:${regionWords(regions.get(name))}`);
    for (const child of branch?.groups ?? []) draw(child, depth + 1);
    for (const node of branch?.nodes ?? []) {
      if (!chosen.has(node)) continue;
      const address = inventory.nodes.get(node)?.address ?? '';
      lines.push(`${edge(depth + 1)}${node}${address === '' || address === node ? '' : `  ${address}`}`);
    }
  };
  draw('all', 0);
  return lines.join('\n');
}

function edge(depth: number): string {
  return depth === 0 ? '' : `${'  |'.repeat(depth)}--`;
}

function regionWords(region: Region | undefined): string {
  if (region === undefined) return '';
  return `  region${region.parallel === undefined ? '' : `, ${region.parallel} at once`}`;
}

/** The tree that is written, regions first in it; else all regions and groups directly below `all`. */
function treeOf(inventory: Inventory): Tree {
  const { children, regions, groups } = inventory;
  const names = regions.map(({ name }) => name).filter((name) => name !== 'all');
  if (children !== undefined) {
    const top = children.get('all')?.groups ?? [];
    const sorted = [
      ...names.filter((name) => top.includes(name)),
      ...top.filter((name) => !names.includes(name)),
    ];
    const shown = sorted.filter(
      (name) => name !== 'ungrouped' || (children.get(name)?.nodes.length ?? 0) > 0,
    );
    return new Map([...children, ['all', { groups: shown, nodes: [] }]]);
  }
  const others = [...groups.keys()].filter((name) => name !== 'all' && !names.includes(name));
  const flat = [...groups].map(([name, nodes]): [string, Branch] => [name, { groups: [], nodes }]);
  return new Map([...flat, ['all', { groups: [...names, ...others], nodes: [] }]]);
}

function inGroupOrder(tree: Tree): readonly string[] {
  const names = new Set(['all']);
  for (const name of names) for (const child of tree.get(name)?.groups ?? []) names.add(child);
  return [...names];
}
