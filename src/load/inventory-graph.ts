import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { SourceRange } from '../model/source.ts';
import type { GroupFile, GroupHost, GroupSection } from './inventory-foreign.ts';
import { MOST_HOSTS } from './inventory-foreign.ts';
import type { PlacedText, Report } from './shape.ts';

const MAX_NESTED = 50;

/** Names are compared with all others for "did you mean": that is not done without end. */
const MOST_TOLD = 20;

/** A group with what all inventories say of it. */
export interface GraphGroup {
  readonly name: string;
  readonly at: SourceRange;
  /** Named directly in this group. */
  readonly hosts: Set<string>;
  /** With the places that say so. */
  readonly children: Map<string, SourceRange>;
  readonly parents: Set<string>;
  readonly layers: VarLayer[];
  /** Longest way from `all`. */
  depth: number;
  declared: boolean;
  region: { readonly parallel: number | undefined } | undefined;
}

/** A host with what all inventories say of it, lowest first. */
export interface GraphHost {
  readonly name: string;
  readonly at: SourceRange;
  readonly layers: VarLayer[];
  address: string | undefined;
}

/** Groups in groups, hosts in groups: as Ansible builds them of all its sources. */
export interface Graph {
  readonly groups: ReadonlyMap<string, GraphGroup>;
  readonly hosts: ReadonlyMap<string, GraphHost>;
}

interface Building extends Graph {
  readonly groups: Map<string, GraphGroup>;
  readonly hosts: Map<string, GraphHost>;
  /** Children that no section has declared so far, with those that want them. */
  readonly pending: Map<string, { readonly parent: string; readonly child: PlacedText }[]>;
  readonly report: Report;
  full: boolean;
}

/** Unites the files in their order; `ungrouped` and `all` are filled as in Ansible. */
export function buildGraph(files: readonly GroupFile[], report: Report): Graph {
  const building: Building = { groups: new Map(), hosts: new Map(), pending: new Map(), report, full: false };
  const nowhere = files.flatMap((file) => file.sections)[0]?.at;
  const start: SourceRange = nowhere ?? { file: '', line: 1, column: 1, length: 1 };
  groupAt('all', start, building).declared = true;
  groupAt('ungrouped', start, building).declared = true;
  connect(building, 'all', { text: 'ungrouped', at: start });
  for (const section of files.flatMap((file) => file.sections)) addSection(section, building);
  reportMissing(building);
  reconcile(building);
  return building;
}

function groupAt(name: string, at: SourceRange, { groups }: Building): GraphGroup {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const [hosts, children, parents] = [new Set<string>(), new Map<string, SourceRange>(), new Set<string>()];
  const made: GraphGroup = {
    ...{ name, at, hosts, children, parents, layers: [] },
    ...{ depth: 0, declared: false, region: undefined },
  };
  groups.set(name, made);
  return made;
}

function addSection(section: GroupSection, building: Building): void {
  const group = groupAt(section.group, section.at, building);
  if (section.declares) {
    group.declared = true;
    for (const { parent, child } of building.pending.get(group.name) ?? []) connect(building, parent, child);
    building.pending.delete(group.name);
  }
  if (section.region !== undefined) {
    group.region = { parallel: section.region.parallel ?? group.region?.parallel };
  }
  if (section.vars !== undefined) group.layers.push(section.vars);
  for (const host of section.hosts) addHost(host, group, building);
  for (const child of section.children) {
    if (building.groups.get(child.text)?.declared === true) connect(building, group.name, child);
    else {
      const waiting = building.pending.get(child.text) ?? [];
      waiting.push({ parent: group.name, child });
      building.pending.set(child.text, waiting);
    }
  }
}

function addHost({ name, at, vars, address }: GroupHost, group: GraphGroup, building: Building): void {
  const { hosts, report } = building;
  const known = hosts.get(name);
  if (known === undefined && hosts.size >= MOST_HOSTS) {
    const detail = `The inventory has more than ${MOST_HOSTS} hosts. Is a range wrong?`;
    if (!building.full) report(problem('bad-value', at, 'too many hosts', detail));
    building.full = true;
    return;
  }
  const host = known ?? { name, at, layers: [], address: undefined };
  hosts.set(name, host);
  if (address !== undefined) host.address = address;
  // A layer that several mentions share counts once, at its last place.
  if (vars !== undefined && host.layers.at(-1) !== vars) host.layers.push(vars);
  group.hosts.add(name);
}

function connect({ groups }: Building, parent: string, child: PlacedText): void {
  const [above, below] = [groups.get(parent), groups.get(child.text)];
  if (above === undefined || below === undefined || above.children.has(child.text)) return;
  above.children.set(child.text, child.at);
  below.parents.add(parent);
}

/** Finds every edge that closes a circle, in one walk over all groups, and takes it out. */
function breakCircles({ groups, report }: Building): void {
  const done = new Set<string>();
  for (const start of groups.values()) {
    const path: { readonly group: GraphGroup; readonly rest: Iterator<[string, SourceRange]> }[] = [];
    const open = new Set<string>();
    const enter = (group: GraphGroup): void => {
      open.add(group.name);
      path.push({ group, rest: [...group.children].values() });
    };
    if (!done.has(start.name)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        done.add(top.group.name);
        open.delete(top.group.name);
        path.pop();
        continue;
      }
      const [name, at] = next.value;
      const child = groups.get(name);
      if (child === undefined || done.has(name)) continue;
      if (open.has(name)) {
        const names = path.map(({ group }) => group.name);
        report(circle([...names.slice(names.indexOf(name)), name], at));
        top.group.children.delete(name);
        child.parents.delete(top.group.name);
      } else enter(child);
    }
  }
}

function circle(names: readonly string[], at: SourceRange): ReturnType<typeof problem> {
  const shown = names.length > 8 ? [...names.slice(0, 4), '…', ...names.slice(-3)] : names;
  const detail = `A group cannot contain itself: ${shown.join(' → ')}.`;
  return problem('bad-value', at, 'groups in a circle', detail);
}

function reportMissing({ groups, pending, report }: Building): void {
  const names = [...groups.values()].filter(({ declared }) => declared).map(({ name }) => name);
  for (const { child, parent } of [...pending.values()].flat().slice(0, MOST_TOLD)) {
    const detail = `Group "${parent}" has the child "${child.text}", but there is no such group.${didYouMean(child.text, names)} An empty one is written [${child.text}].`;
    report(problem('unknown-name', child.at, 'unknown group', detail));
  }
  for (const { name, at } of [...groups.values()].filter(({ declared }) => !declared).slice(0, MOST_TOLD)) {
    const detail = `[${name}:vars] gives variables to a group that is nowhere.${didYouMean(name, names)} An empty one is written [${name}].`;
    report(problem('unknown-name', at, 'unknown group', detail));
  }
}

/** What Ansible does when all sources are read: every group is below `all`, every host in some group. */
function reconcile(building: Building): void {
  const { groups, hosts } = building;
  breakCircles(building);
  for (const group of groups.values()) {
    if (group.name !== 'all' && group.parents.size === 0)
      connect(building, 'all', { text: group.name, at: group.at });
  }
  const ungrouped = groups.get('ungrouped');
  const grouped = new Set(
    [...groups.values()].flatMap(({ name, hosts: inside }) =>
      name === 'all' || name === 'ungrouped' ? [] : [...inside],
    ),
  );
  for (const name of hosts.keys()) {
    if (grouped.has(name)) ungrouped?.hosts.delete(name);
    else ungrouped?.hosts.add(name);
  }
  measureDepths(building);
}

/** Depths by layers from the top: a group is as deep as the longest way to it. */
function measureDepths({ groups, report }: Building): void {
  const waiting = new Map([...groups.values()].map((group) => [group.name, group.parents.size]));
  const ready = ['all'];
  for (const name of ready) {
    const group = groups.get(name);
    for (const child of group?.children.keys() ?? []) {
      const below = groups.get(child);
      if (group === undefined || below === undefined) continue;
      below.depth = Math.max(below.depth, group.depth + 1);
      const left = (waiting.get(child) ?? 1) - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  const deep = [...groups.values()].filter(({ depth }) => depth >= MAX_NESTED);
  for (const group of deep) cutOff(group, groups);
  const [first] = deep;
  if (first === undefined) return;
  const detail = `Group "${first.name}" lies ${MAX_NESTED} groups deep. Is the inventory generated wrongly?`;
  report(problem('bad-value', first.at, 'groups nested too deeply', detail));
}

function cutOff(group: GraphGroup, groups: Graph['groups']): void {
  for (const parent of group.parents) groups.get(parent)?.children.delete(group.name);
  group.parents.clear();
}
