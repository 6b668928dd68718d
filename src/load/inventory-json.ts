import { problem } from '../diagnostics/diagnostic.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { SourceEntry, SourceMap } from '../model/source.ts';
import { GROUP_KEYS, layerOf } from './inventory-groups-yaml.ts';
import type { GroupFile, GroupHost, GroupSection } from './inventory-foreign.ts';
import { emptySection, MOST_HOSTS } from './inventory-foreign.ts';
import { checkGroupName } from './inventory-names.ts';
import { checkName } from './names.ts';
import { asMap, asTexts, fieldsOf, isNull, wrongType } from './shape.ts';
import type { PlacedText, Report } from './shape.ts';

/** Variables of a host that are in no `_meta`: what `--host NAME` said. */
export type HostVars = (name: string) => SourceMap | undefined;

interface Reading {
  readonly label: string;
  readonly meta: ReadonlyMap<string, SourceEntry>;
  readonly hostVars: HostVars | undefined;
  readonly report: Report;
  /** One layer for a host, however many groups it is in. */
  readonly layers: Map<string, VarLayer | undefined>;
}

/** Reads what a dynamic inventory prints for `--list`; `label` begins the labels of its variables. */
export function readGroupsJson(
  map: SourceMap,
  label: string,
  report: Report,
  hostVars?: HostVars,
): GroupFile {
  const meta = metaOf(map, report);
  const reading = { label, meta: meta ?? new Map(), hostVars, report, layers: new Map() };
  const groups = map.entries.filter(({ key }) => key !== '_meta');
  const sections = groups.flatMap((entry) => groupOf(entry, reading));
  const hosts = sections.reduce((sum, section) => sum + section.hosts.length, 0);
  if (hosts > 10 * MOST_HOSTS) {
    report(
      problem(
        'bad-value',
        map.at,
        'too many hosts',
        `More than ${10 * MOST_HOSTS} hosts stand in its groups.`,
      ),
    );
    return { sections: [] };
  }
  return { sections };
}

/** The names of all hosts in the groups. */
export function hostsInGroups(file: GroupFile): readonly string[] {
  return [...new Set(file.sections.flatMap(({ hosts }) => hosts.map(({ name }) => name)))];
}

function metaOf(map: SourceMap, report: Report): ReadonlyMap<string, SourceEntry> | undefined {
  const entry = fieldsOf(map).get('_meta');
  const meta = entry === undefined || isNull(entry.value) ? undefined : asMap(entry.value, '"_meta"', report);
  const hostvars = meta === undefined ? undefined : fieldsOf(meta).get('hostvars');
  if (hostvars === undefined || isNull(hostvars.value)) return undefined;
  const all = asMap(hostvars.value, '"hostvars"', report);
  return all === undefined ? undefined : fieldsOf(all);
}

function groupOf({ key, keyAt, value }: SourceEntry, reading: Reading): readonly GroupSection[] {
  const { report } = reading;
  if (!checkGroupName(key, keyAt, report)) return [];
  if (value.kind === 'list') {
    return [
      {
        ...emptySection(key, keyAt),
        hosts: hostsOf(asTexts(value, `the hosts of "${key}"`, report), reading),
      },
    ];
  }
  if (value.kind !== 'map') {
    wrongType(value, `Group "${key}"`, 'a list of hosts or a map with hosts, children, vars', report);
    return [emptySection(key, keyAt)];
  }
  if (!value.entries.some((entry) => GROUP_KEYS.includes(entry.key)))
    return [hostInShort(key, value, reading)];
  const fields = fieldsOf(value);
  const texts = (name: 'hosts' | 'children'): readonly PlacedText[] => {
    const node = fields.get(name)?.value;
    if (node === undefined || isNull(node)) return [];
    if (node.kind === 'list') return asTexts(node, `"${name}" of group "${key}"`, report);
    wrongType(node, `"${name}" of group "${key}"`, 'a list of names', report);
    return [];
  };
  const children = texts('children').filter(({ text, at }) => checkGroupName(text, at, report));
  const vars = layerOf(fields.get('vars')?.value, `${reading.label}: ${key}.vars`, report, 'warning');
  const section = { ...emptySection(key, keyAt), hosts: hostsOf(texts('hosts'), reading), children, vars };
  return [section, ...children.map(({ text, at }) => emptySection(text, at))];
}

/** `"name": {"a": 1}`: a host of that name with variables, in a group of that name. */
function hostInShort(key: string, value: SourceMap, reading: Reading): GroupSection {
  const at = value.at;
  const vars = layerOf(value, `${reading.label}: ${key}`, reading.report, 'warning');
  return { ...emptySection(key, at), hosts: hostsOf([{ text: key, at }], reading), vars };
}

function hostsOf(names: readonly PlacedText[], reading: Reading): readonly GroupHost[] {
  return names
    .filter(({ text, at }) => isHost(text, at, reading.report))
    .map(({ text, at }) => ({ name: text, at, vars: varsOf(text, reading) }));
}

function isHost(text: string, at: PlacedText['at'], report: Report): boolean {
  return /^[\da-fA-F:.]*:[\da-fA-F:.]*$/.test(text) || checkName(text, 'node', at, report);
}

function varsOf(name: string, reading: Reading): VarLayer | undefined {
  if (reading.layers.has(name)) return reading.layers.get(name);
  const node = reading.meta.get(name)?.value ?? reading.hostVars?.(name);
  const layer = layerOf(node, `${reading.label}: ${name}`, reading.report, 'warning');
  reading.layers.set(name, layer);
  return layer;
}
