import { problem } from '../diagnostics/diagnostic.ts';
import type { Inventory, Node, Region, VarLayer, Variable } from '../model/inventory.ts';
import { checkConnectionVariables, withNewNames } from './inventory-connection.ts';
import type { InventoryFile } from './inventory-file.ts';
import type { GroupFile } from './inventory-foreign.ts';
import { buildGraph } from './inventory-graph.ts';
import type { Graph, GraphHost } from './inventory-graph.ts';
import { asGroups, ownGroups } from './inventory-mixed.ts';
import { membership } from './inventory-members.ts';
import type { Membership } from './inventory-members.ts';
import { regionsOf } from './inventory-regions.ts';
import { loadVarsFolder } from './inventory-vars.ts';
import type { LayersByName } from './inventory-vars.ts';
import { checkAddress } from './names.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** One source of any form, and the folder that its group_vars and host_vars are in. */
export type AnyPart =
  | { readonly form: 'own'; readonly file: InventoryFile; readonly dir: string | undefined }
  | { readonly form: 'groups'; readonly file: GroupFile; readonly dir: string | undefined };

interface Io {
  readonly sources: Sources;
  readonly report: Report;
  /** See {@link regionsOf}. */
  readonly regionBy: string | undefined;
}

/** Unites sources of which at least one is of Ansible's form: groups, precedence and order are Ansible's. */
export function mergeAsAnsible(parts: readonly AnyPart[], dir: string, io: Io): Inventory {
  const { report } = io;
  const graph = graphOf(parts, report);
  const members = membership(graph);
  const vars = varsFilesOf(parts, graph, io);
  const layering = layeringOf(members, vars);
  const layers = new Map([...graph.hosts.values()].map((host) => [host.name, layering.host(host, [])]));
  const regions = regionsOf(
    {
      graph,
      groupsOf: (host) => new Set(members.groupsOf(host)),
      variable: (host, name) => lastOf(layers.get(host) ?? [], name),
      members: members.nodesOf,
      by: io.regionBy,
      hosts: members.hosts,
    },
    report,
  );
  vars.sayUnused(new Set([...graph.groups.keys(), ...regions.map(({ name }) => name)]));
  const regionOf = new Map(
    regions.flatMap((region) => region.nodes.map((node) => [node, region.name] as const)),
  );
  const nodes = new Map(
    members.hosts.flatMap((name) => {
      const host = graph.hosts.get(name);
      if (host === undefined) return [];
      const region = regionOf.get(name) ?? '';
      const extra = graph.groups.has(region) || region === '' ? [] : [region];
      const own = extra.length === 0 ? (layers.get(name) ?? []) : layering.host(host, extra);
      return [[name, nodeOf(host, region, { groups: members.groupsOf(name), layers: own }, report)] as const];
    }),
  );
  checkConnectionVariables([...nodes.values()], report);
  checkTwins(graph, nodes, report);
  const names = new Set([...graph.groups.keys(), ...vars.groups.flatMap((byName) => [...byName.keys()])]);
  return {
    groupLayers: new Map([...names].map((name) => [name, layering.group(name)] as const)),
    dir,
    regions,
    groups: groupsWith(regions, graph, members),
    nodes,
    children: childrenOf(regions, graph),
  };
}

function graphOf(parts: readonly AnyPart[], report: Report): Graph {
  const own = parts.flatMap((part) => (part.form === 'own' ? [part.file] : []));
  const files = parts.map((part) => (part.form === 'own' ? asGroups(part.file, '') : part.file));
  if (!own.some((file) => file.groups.length > 0)) return buildGraph(files, report);
  const first = buildGraph(files, () => undefined);
  const names = membership(first);
  const groups = new Map([...first.groups.keys()].map((name) => [name, names.nodesOf(name)]));
  const known = { nodes: new Set(first.hosts.keys()), groups };
  return buildGraph([...files, ownGroups(own, known, report)], report);
}

interface VarsFiles {
  /** Layers of group_vars, folder by folder. */
  readonly groups: readonly LayersByName[];
  readonly hosts: readonly LayersByName[];
  readonly sayUnused: (groups: ReadonlySet<string>) => void;
}

/** As in Ansible the folder of a later source wins; all files are read, for a region may be known only by them. */
function varsFilesOf(parts: readonly AnyPart[], graph: Graph, io: Io): VarsFiles {
  const dirs = parts.flatMap(({ dir }) => (dir === undefined ? [] : [dir]));
  const inOrder = dirs.filter((dir, i) => dirs.lastIndexOf(dir) === i);
  const every = { has: () => true, *[Symbol.iterator]() {} };
  const hostNames = new Set(graph.hosts.keys());
  const groups = inOrder.map((dir) => loadVarsFolder(dir, 'group_vars', every, io));
  return {
    groups,
    hosts: inOrder.map((dir) => loadVarsFolder(dir, 'host_vars', hostNames, io)),
    sayUnused: (known) => {
      const quiet = { sources: io.sources, report: io.report };
      for (const [i, dir] of inOrder.entries()) {
        const unknown = [...(groups[i]?.keys() ?? [])].some((name) => !known.has(name));
        if (unknown) sayUnknown(dir, known, quiet);
      }
    },
  };
}

function sayUnknown(dir: string, known: ReadonlySet<string>, io: Omit<Io, 'regionBy'>): void {
  const report: Report = (found) => {
    if (found.summary === 'variables for nobody') io.report(found);
  };
  loadVarsFolder(dir, 'group_vars', known, { sources: io.sources, report });
}

interface Layering {
  host(host: GraphHost, extraGroups: readonly string[]): readonly VarLayer[];
  group(name: string): readonly VarLayer[];
}

/** Ansible's order: what inventories say of groups, group_vars/all, other group_vars, then the host's own. */
function layeringOf(members: Membership, vars: VarsFiles): Layering {
  const known = new Map<VarLayer, VarLayer>();
  const renamed = (layer: VarLayer): VarLayer => {
    const made = known.get(layer) ?? withNewNames(layer);
    known.set(layer, made);
    return made;
  };
  const group = (name: string): readonly VarLayer[] =>
    [...members.layersOf(name), ...vars.groups.flatMap((byName) => byName.get(name) ?? [])].map(renamed);
  const host: Layering['host'] = (host, extraGroups) => {
    const groups = [...extraGroups, ...members.groupsOf(host.name)];
    const layers = [
      ...members.layersOf('all'),
      ...groups.flatMap(members.layersOf),
      ...vars.groups.flatMap((byName) => byName.get('all') ?? []),
      ...vars.groups.flatMap((byName) => groups.flatMap((name) => byName.get(name) ?? [])),
      ...host.layers,
      ...vars.hosts.flatMap((byName) => byName.get(host.name) ?? []),
    ];
    return layers.map(renamed);
  };
  return { host, group };
}

function lastOf(layers: readonly VarLayer[], name: string): Variable | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const found = layers[i]?.vars.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nodeOf(
  host: GraphHost,
  region: string,
  { groups, layers }: { readonly groups: readonly string[]; readonly layers: readonly VarLayer[] },
  report: Report,
): Node {
  const others = groups.filter((name) => name !== region);
  return {
    name: host.name,
    region,
    address: addressOf(host, layers, report),
    groups: region === 'all' || region === '' ? others : [region, ...others],
    layers,
    at: host.at,
  };
}

/** `oms_address`, our own form's address, `ansible_host` as far as it is plain text, else the name. */
function addressOf(host: GraphHost, layers: readonly VarLayer[], report: Report): string {
  const plain = (name: string): string | undefined => {
    const value = lastOf(layers, name)?.value;
    const text = value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : '';
    if (value === undefined || text === '' || text.includes('{{')) return undefined;
    const connection = lastOf(layers, 'ansible_connection')?.value;
    const remote = connection === undefined || (connection.kind === 'scalar' && connection.value === 'ssh');
    return !remote || checkAddress(text, value.at, report) ? text : undefined;
  };
  return plain('oms_address') ?? host.address ?? plain('ansible_host') ?? host.name;
}

/** A name that is both is legal; patterns mean the group. */
function checkTwins(graph: Graph, nodes: ReadonlyMap<string, Node>, report: Report): void {
  for (const group of graph.groups.values()) {
    const node = nodes.get(group.name);
    if (node === undefined || (graph.groups.get(group.name)?.hosts.has(group.name) ?? false)) continue;
    const detail = `"${group.name}" is a node too (${node.at.file}:${node.at.line}); in patterns the name means the group.`;
    report({ ...problem('duplicate', group.at, 'group named like a node', detail), severity: 'warning' });
  }
}

function groupsWith(
  regions: readonly Region[],
  graph: Graph,
  members: Membership,
): ReadonlyMap<string, readonly string[]> {
  const named = [...graph.groups.keys()].map((name) => [name, members.nodesOf(name)] as const);
  const byName = new Map<string, readonly string[]>([['all', members.hosts]]);
  for (const region of regions) if (region.name !== 'all') byName.set(region.name, region.nodes);
  for (const [name, nodes] of named) if (name !== 'all' && !byName.has(name)) byName.set(name, nodes);
  return byName;
}

/** Groups in groups as they are written; a region that is no group stands directly below `all`. */
function childrenOf(regions: readonly Region[], graph: Graph): NonNullable<Inventory['children']> {
  const children = new Map(
    [...graph.groups.values()].map(({ name, children: below, hosts }) => [
      name,
      { groups: [...below.keys()], nodes: name === 'all' ? [] : [...hosts] },
    ]),
  );
  for (const { name, nodes } of regions) {
    if (children.has(name)) continue;
    children.set(name, { groups: [], nodes: [...nodes] });
    children.get('all')?.groups.push(name);
  }
  return children;
}
