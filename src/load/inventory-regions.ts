import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Region, Variable } from '../model/inventory.ts';
import type { SourceRange } from '../model/source.ts';
import type { Graph, GraphGroup } from './inventory-graph.ts';
import { checkName } from './names.ts';
import type { Report } from './shape.ts';

/** The variable that names a node's region, unless another was chosen. */
export const REGION_VARIABLE = 'oms_region';
/** The group whose children are the regions, unless another was chosen. */
export const REGION_PARENT = 'oms_regions';
/** The variable that says how many nodes of a region are worked on at once. */
export const PARALLEL_VARIABLE = 'oms_region_parallel';

/** What regions are worked out from. */
export interface RegionSources {
  readonly graph: Graph;
  /** Names of all groups that a host is in, directly or by others. */
  readonly groupsOf: (host: string) => ReadonlySet<string>;
  /** The variable of a host that counts, as the inventory gives it. */
  readonly variable: (host: string, name: string) => Variable | undefined;
  /** Nodes of a group, directly or by others. */
  readonly members: (group: string) => readonly string[];
  /** Name of the variable or of the parent group; undefined: the usual names. */
  readonly by: string | undefined;
  /** All hosts in their order. */
  readonly hosts: readonly string[];
}

interface Place {
  readonly name: string;
  readonly at: SourceRange;
}

/** The regions of an inventory of Ansible's; one region "all" where nothing says which groups are regions. */
export function regionsOf(sources: RegionSources, report: Report): readonly Region[] {
  const { hosts } = sources;
  const parent = sources.graph.groups.get(sources.by ?? REGION_PARENT);
  const found = new Map(hosts.map((host) => [host, placeOf(host, parent, sources, report)]));
  const lacking = hosts.filter((host) => found.get(host) === undefined);
  if (lacking.length === hosts.length) {
    if (sources.by !== undefined && hosts.length > 0) report(nothingChosen(sources.by, sources));
    return hosts.length === 0
      ? []
      : [finished({ name: 'all', nodes: hosts, at: undefined }, sources, report)];
  }
  if (lacking.length > 0) report(withoutRegion(lacking, sources));
  const members = new Map<string, { readonly at: SourceRange; readonly nodes: string[] }>();
  const said = orderedNames(parent, sources);
  for (const name of said) {
    const at = sources.graph.groups.get(name)?.at;
    if (at !== undefined) members.set(name, { at, nodes: [] });
  }
  for (const [host, place] of found) {
    if (place === undefined) continue;
    const region = members.get(place.name) ?? { at: place.at, nodes: [] };
    region.nodes.push(host);
    members.set(place.name, region);
  }
  return [...members].flatMap(([name, { at, nodes }]) => {
    if (!said.includes(name)) checkSameGroup({ name, nodes, at }, sources, report);
    return [finished({ name, nodes, at }, sources, report)];
  });
}

/** Regions that are said as groups come in the order of these groups. */
function orderedNames(parent: GraphGroup | undefined, { graph }: RegionSources): readonly string[] {
  const own = [...graph.groups.values()].filter(({ region }) => region !== undefined).map(({ name }) => name);
  return [...own, ...(parent?.children.keys() ?? [])];
}

function placeOf(
  host: string,
  parent: GraphGroup | undefined,
  sources: RegionSources,
  report: Report,
): Place | undefined {
  const { graph, groupsOf } = sources;
  const own = [...groupsOf(host)].flatMap((name) => {
    const group = graph.groups.get(name);
    return group?.region === undefined ? [] : [group];
  });
  const said = own.length > 0 ? undefined : sources.variable(host, sources.by ?? REGION_VARIABLE);
  if (said !== undefined) return fromVariable(said, sources.by ?? REGION_VARIABLE, report);
  const children = [...groupsOf(host)].filter((name) => parent?.children.has(name) === true);
  const candidates = own.length > 0 ? own.map(({ name }) => name) : children;
  const [name, second] = candidates;
  if (name === undefined) return undefined;
  const at = graph.groups.get(name)?.at ?? hostAt(host, graph);
  if (second !== undefined) {
    const detail = `Node "${host}" is in the groups "${name}" and "${second}", and both are regions. A node belongs to one region.`;
    report(problem('duplicate', hostAt(host, graph), 'node in two regions', detail));
  }
  return { name, at };
}

function hostAt(host: string, graph: Graph): SourceRange {
  return graph.hosts.get(host)?.at ?? { file: '', line: 1, column: 1, length: 1 };
}

function fromVariable({ value }: Variable, variable: string, report: Report): Place | undefined {
  const { at } = value;
  if (value.kind === 'scalar' && (typeof value.value === 'string' || typeof value.value === 'number')) {
    const name = String(value.value);
    if (!name.includes('{{')) return checkName(name, 'region', at, report) ? { name, at } : undefined;
  }
  const detail = `${variable} must be the name of a region as plain text: which nodes belong together is known before anything else, so no template is possible here.`;
  report(problem('bad-value', at, 'bad region', detail));
  return undefined;
}

/** A region whose nodes are known. */
interface Filled {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly at: SourceRange | undefined;
}

function finished({ name, nodes, at }: Filled, sources: RegionSources, report: Report): Region {
  const parallel =
    parallelOf(name, nodes, sources, report) ?? sources.graph.groups.get(name)?.region?.parallel;
  return { name, parallel, nodes, at: at ?? hostAt(nodes[0] ?? '', sources.graph) };
}

function parallelOf(
  region: string,
  nodes: readonly string[],
  { variable }: RegionSources,
  report: Report,
): number | undefined {
  let agreed: number | undefined;
  for (const node of nodes) {
    const said = variable(node, PARALLEL_VARIABLE)?.value;
    if (said === undefined) continue;
    const number =
      said.kind === 'scalar' && /^[1-9]\d{0,5}$/.test(String(said.value)) ? Number(said.value) : 0;
    if (number !== 0 && number === (agreed ?? number)) agreed = number;
    else {
      const detail =
        number === 0
          ? `${PARALLEL_VARIABLE} must be a whole number of at least 1.`
          : `${PARALLEL_VARIABLE} is ${agreed ?? 0} for other nodes of region "${region}" and ${number} for ${node}. Set it once, for a group that is the region.`;
      report(problem('bad-value', said.at, 'bad value', detail));
      return undefined;
    }
  }
  return agreed;
}

/** A region is a group of its name; a group of that name with other nodes would make the name mean two things. */
function checkSameGroup(
  { name, nodes, at }: Filled,
  { members, graph }: RegionSources,
  report: Report,
): void {
  const group = graph.groups.get(name);
  if (group === undefined) return;
  const [inside, mine] = [new Set(members(name)), new Set(nodes)];
  const odd = [...inside].find((node) => !mine.has(node)) ?? nodes.find((node) => !inside.has(node));
  if (odd === undefined) return;
  const where = inside.has(odd) ? 'in the group and not in the region' : 'in the region and not in the group';
  const detail = `"${name}" is a region and a group (${group.at.file}:${group.at.line}) with different nodes: ${odd} is ${where}. Rename one of them, or make them the same.`;
  report(problem('duplicate', at, 'group named like a region', detail));
}

function withoutRegion(lacking: readonly string[], { graph, by }: RegionSources): ReturnType<typeof problem> {
  const [first = ''] = lacking;
  const more = lacking.length > 5 ? ` and ${lacking.length - 5} more` : '';
  const names = by ?? REGION_VARIABLE;
  const detail =
    `No region: ${lacking.slice(0, 5).join(', ')}${more}. Other nodes have one, so each needs one: set ${names} for the node or a group of it, ` +
    `or put its group below the group ${by ?? REGION_PARENT}. [all:vars] ${names}=NAME is the region of all that say nothing.`;
  return problem('topology', hostAt(first, graph), 'nodes without a region', detail);
}

function nothingChosen(by: string, { graph, hosts, groupsOf }: RegionSources): ReturnType<typeof problem> {
  const near = new Set([
    ...graph.groups.keys(),
    ...hosts.slice(0, 100).flatMap((host) => [...groupsOf(host)]),
  ]);
  const detail = `No node has a variable "${by}", and no group "${by}" has children: nothing says which groups are regions.${didYouMean(by, near)}`;
  return problem('unknown-name', undefined, 'no regions found', detail);
}
