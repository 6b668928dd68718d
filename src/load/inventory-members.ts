import type { VarLayer } from '../model/inventory.ts';
import type { Graph, GraphGroup } from './inventory-graph.ts';

/** Who is in what, worked out once for all hosts. */
export interface Membership {
  /** Groups of a host, without `all`, in Ansible's precedence: depth, priority, name. */
  readonly groupsOf: (host: string) => readonly string[];
  /** Nodes of a group: its own, then those of its children, level by level. */
  readonly nodesOf: (group: string) => readonly string[];
  /** What inventories say of a group. */
  readonly layersOf: (group: string) => readonly VarLayer[];
  /** All hosts in Ansible's order. */
  readonly hosts: readonly string[];
}

const PRIORITY = 'ansible_group_priority';

/** Works out who is in what. */
export function membership(graph: Graph): Membership {
  const ancestors = new Map<string, ReadonlySet<string>>();
  const nodes = new Map<string, readonly string[]>();
  const direct = directGroups(graph);
  const sorted = new Map<string, readonly string[]>();
  const compare = comparison(graph);
  const groupsOf = (host: string): readonly string[] => {
    const names = direct.get(host) ?? [];
    const key = names.join('\n');
    const known = sorted.get(key);
    if (known !== undefined) return known;
    const all = new Set(names.flatMap((name) => [name, ...ancestorsOf(name, graph, ancestors)]));
    all.delete('all');
    const made = [...all].sort(compare);
    sorted.set(key, made);
    return made;
  };
  const nodesOf = (group: string): readonly string[] => {
    const known = nodes.get(group) ?? nodesBelow(group, graph);
    nodes.set(group, known);
    return known;
  };
  const layers = new Map([...graph.groups.values()].map((group) => [group.name, layersWithout(group)]));
  return { groupsOf, nodesOf, layersOf: (group) => layers.get(group) ?? [], hosts: nodesBelow('all', graph) };
}

function directGroups({ groups }: Graph): ReadonlyMap<string, readonly string[]> {
  const direct = new Map<string, string[]>();
  for (const { name, hosts } of groups.values()) {
    for (const host of hosts) {
      const known = direct.get(host);
      if (known === undefined) direct.set(host, [name]);
      else known.push(name);
    }
  }
  return direct;
}

/** Groups lie at most 50 deep, so that this can call itself. */
function ancestorsOf(
  name: string,
  graph: Graph,
  known: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = new Set<string>();
  for (const parent of graph.groups.get(name)?.parents ?? []) {
    found.add(parent);
    for (const above of ancestorsOf(parent, graph, known)) found.add(above);
  }
  known.set(name, found);
  return found;
}

function nodesBelow(group: string, { groups }: Graph): readonly string[] {
  const names = new Set([group]);
  const nodes = new Set<string>();
  for (const name of names) {
    const one = groups.get(name);
    for (const host of one?.hosts ?? []) nodes.add(host);
    for (const child of one?.children.keys() ?? []) names.add(child);
  }
  return [...nodes];
}

function comparison({ groups }: Graph): (a: string, b: string) => number {
  const keys = new Map(
    [...groups.values()].map((group) => [group.name, { depth: group.depth, priority: priorityOf(group) }]),
  );
  return (a, b) => {
    const [one, two] = [keys.get(a), keys.get(b)];
    const depth = (one?.depth ?? 0) - (two?.depth ?? 0);
    const priority = (one?.priority ?? 1) - (two?.priority ?? 1);
    return depth || priority || (a < b ? -1 : 1);
  };
}

function priorityOf({ layers }: GraphGroup): number {
  const value = layers.findLast(({ vars }) => vars.has(PRIORITY))?.vars.get(PRIORITY)?.value;
  const number = value?.kind === 'scalar' ? Number(value.value) : Number.NaN;
  return Number.isFinite(number) ? Math.trunc(number) : 1;
}

/** The priority is no variable, as in Ansible. */
function layersWithout({ layers }: GraphGroup): readonly VarLayer[] {
  return layers.map((layer) => {
    if (!layer.vars.has(PRIORITY)) return layer;
    return { ...layer, vars: new Map([...layer.vars].filter(([name]) => name !== PRIORITY)) };
  });
}
