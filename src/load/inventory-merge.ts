import { problem } from '../diagnostics/diagnostic.ts';
import type { Inventory, Node, Region } from '../model/inventory.ts';
import type { SourceRange } from '../model/source.ts';
import type { InventoryPart, WrittenGroup, WrittenNode } from './inventory-file.ts';
import { resolveGroups } from './inventory-groups.ts';
import { layersOf } from './inventory-layers.ts';
import type { Layers } from './inventory-layers.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

interface Io {
  readonly sources: Sources;
  readonly report: Report;
}

/** A node with what all parts say of it. */
interface MergedNode {
  readonly name: string;
  readonly region: string;
  readonly at: SourceRange;
  readonly address: string | undefined;
  readonly addressAt: SourceRange;
}

/** Unites the parts, resolves groups, gives every node its layers, and checks what must hold between names. */
export function mergeInventories(parts: readonly InventoryPart[], dir: string, io: Io): Inventory {
  const nodes = mergeNodes(parts, io.report);
  const regions = mergeRegions(parts, nodes);
  const written = groupsByName(parts);
  const byRegion = new Map(regions.map((region) => [region.name, region.nodes]));
  const resolved = resolveGroups(
    { nodes: new Set(nodes.keys()), regions: byRegion, groups: written },
    io.report,
  );
  const groups = new Map([['all', [...nodes.keys()]], ...byRegion, ...resolved]);
  checkNames(regions, written, nodes, io.report);
  checkAddresses(nodes, io.report);
  const layers = layersOf(parts, { groups: new Set(groups.keys()), nodes: new Set(nodes.keys()) }, io);
  const groupLayers = new Map(
    [...groups.keys(), ...layers.groupNames].map((name) => [name, layers.group(name)] as const),
  );
  return { dir, regions, groups, nodes: withLayers(nodes, groupsOfNodes(resolved), layers), groupLayers };
}

function mergeNodes(parts: readonly InventoryPart[], report: Report): ReadonlyMap<string, MergedNode> {
  const nodes = new Map<string, MergedNode>();
  for (const { file } of parts) {
    const here = new Set<string>();
    for (const region of file.regions) {
      for (const node of region.nodes) {
        const known = nodes.get(node.name);
        if (known !== undefined && (known.region !== region.name || here.has(node.name))) {
          report(twice(node, region.name, known));
          continue;
        }
        here.add(node.name);
        nodes.set(node.name, merged(node, region.name, known));
      }
    }
  }
  return nodes;
}

function merged(node: WrittenNode, region: string, known: MergedNode | undefined): MergedNode {
  const { name, at, address, addressAt } = node;
  if (known === undefined) return { name, region, at, address, addressAt };
  return address === undefined ? known : { ...known, address, addressAt };
}

function twice(node: WrittenNode, region: string, known: MergedNode): ReturnType<typeof problem> {
  const place = `${known.at.file}:${known.at.line}:${known.at.column}`;
  const detail =
    known.region === region
      ? `Node "${node.name}" is there already, at ${place}. Variables of a single node of a range go to host_vars/${node.name}.yml.`
      : `Node "${node.name}" is in region "${known.region}" already, at ${place}. A node belongs to one region.`;
  const summary = known.region === region ? 'node there twice' : 'node in two regions';
  return problem('duplicate', node.at, summary, detail);
}

function mergeRegions(
  parts: readonly InventoryPart[],
  nodes: ReadonlyMap<string, MergedNode>,
): readonly Region[] {
  const regions = new Map<
    string,
    { name: string; at: SourceRange; parallel: number | undefined; nodes: string[] }
  >();
  for (const { name, at, parallel } of parts.flatMap((part) => part.file.regions)) {
    const known = regions.get(name);
    regions.set(name, {
      name,
      at: known?.at ?? at,
      parallel: parallel ?? known?.parallel,
      nodes: [],
    });
  }
  for (const node of nodes.values()) regions.get(node.region)?.nodes.push(node.name);
  return [...regions.values()];
}

function groupsByName(parts: readonly InventoryPart[]): ReadonlyMap<string, readonly WrittenGroup[]> {
  const groups = new Map<string, WrittenGroup[]>();
  for (const group of parts.flatMap((part) => part.file.groups)) {
    const known = groups.get(group.name);
    if (known === undefined) groups.set(group.name, [group]);
    else known.push(group);
  }
  return groups;
}

function checkNames(
  regions: readonly Region[],
  groups: ReadonlyMap<string, readonly WrittenGroup[]>,
  nodes: ReadonlyMap<string, MergedNode>,
  report: Report,
): void {
  for (const { name, at, nodes: inside } of regions) {
    const group = groups.get(name)?.[0];
    if (group !== undefined) {
      const detail = `"${name}" is a region already, at ${at.file}:${at.line}:${at.column}, and every region is a group of its name.`;
      report(problem('duplicate', group.at, 'group named like a region', detail));
    }
    const empty = problem('topology', at, 'region without nodes', `Region "${name}" has no nodes.`);
    if (inside.length === 0) report({ ...empty, severity: 'warning' });
  }
  for (const { name, at } of [...regions, ...[...groups.values()].flatMap((group) => group.slice(0, 1))]) {
    const node = nodes.get(name);
    if (node === undefined) continue;
    const detail = `"${name}" is a node too (${node.at.file}:${node.at.line}); in patterns the name means the group.`;
    report({ ...problem('duplicate', at, 'group named like a node', detail), severity: 'warning' });
  }
}

function checkAddresses(nodes: ReadonlyMap<string, MergedNode>, report: Report): void {
  const seen = new Map<string, MergedNode>();
  for (const node of nodes.values()) {
    const address = (node.address ?? node.name).toLowerCase();
    const other = seen.get(address);
    if (other === undefined) seen.set(address, node);
    else {
      const { file, line, column } = other.addressAt;
      const detail = `"${address}" is the address of node "${other.name}" already, at ${file}:${line}:${column}. Each node has its own.`;
      report(problem('duplicate', node.addressAt, 'two nodes with one address', detail));
    }
  }
}

function groupsOfNodes(
  groups: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const byNode = new Map<string, string[]>();
  for (const [group, nodes] of groups) {
    for (const node of nodes) byNode.set(node, [...(byNode.get(node) ?? []), group]);
  }
  return byNode;
}

function withLayers(
  nodes: ReadonlyMap<string, MergedNode>,
  groupsOf: ReadonlyMap<string, readonly string[]>,
  layers: Layers,
): ReadonlyMap<string, Node> {
  const made = new Map<string, Node>();
  for (const { name, region, address, at } of nodes.values()) {
    const groups = [region, ...(groupsOf.get(name) ?? [])];
    const own = ['all', ...groups].flatMap((group) => layers.group(group));
    made.set(name, {
      name,
      region,
      address: address ?? name,
      groups,
      layers: [...own, ...layers.node(name)],
      at,
    });
  }
  return made;
}
