import { problem } from '../diagnostics/diagnostic.ts';
import type { Variable, VarLayer } from '../model/inventory.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import type { GroupFile, GroupHost, GroupSection } from './inventory-foreign.ts';
import { hostBudget, hostsOf } from './inventory-host.ts';
import type { HostBudget } from './inventory-host.ts';
import { checkForeignVariable, checkGroupName } from './inventory-names.ts';
import { asMap, fieldsOf, isNull, unknownKey } from './shape.ts';
import type { PlacedText, Report } from './shape.ts';

/** Keys of a group in Ansible's YAML inventory. */
export const GROUP_KEYS: readonly string[] = ['hosts', 'children', 'vars'];

interface Reading {
  readonly base: string;
  readonly report: Report;
  readonly budget: HostBudget;
}

/** Reads Ansible's YAML inventory: groups with hosts, children and vars; `file` is its shown name. */
export function readGroupsYaml(map: SourceMap, file: string, report: Report): GroupFile {
  const reading: Reading = { base: file.split('/').at(-1) ?? file, report, budget: hostBudget() };
  return { sections: map.entries.flatMap((entry) => groupOf(entry, reading)) };
}

function groupOf({ key, keyAt, value }: SourceEntry, reading: Reading): readonly GroupSection[] {
  const { report, base } = reading;
  if (!checkGroupName(key, keyAt, report)) return [];
  const nothing: GroupSection = {
    group: key,
    at: keyAt,
    declares: true,
    hosts: [],
    children: [],
    vars: undefined,
  };
  const map = isNull(value) ? undefined : asMap(value, `Group "${key}"`, report);
  if (map === undefined) return [nothing];
  for (const entry of map.entries) {
    if (!GROUP_KEYS.includes(entry.key)) report(unknownKey(entry, GROUP_KEYS, `group "${key}"`));
  }
  const fields = fieldsOf(map);
  const children = entriesOf(fields.get('children'), `"children" of group "${key}"`, report);
  const section = {
    ...nothing,
    hosts: entriesOf(fields.get('hosts'), `"hosts" of group "${key}"`, report).flatMap((entry) =>
      hostOf(entry, reading),
    ),
    children: children.map((child): PlacedText => ({ text: child.key, at: child.keyAt })),
    vars: layerOf(fields.get('vars')?.value, `${base}: ${key}.vars`, report),
  };
  return [section, ...children.flatMap((child) => groupOf(child, reading))];
}

/** Entries of hosts or children; one text alone is one of them, as in Ansible. */
function entriesOf(entry: SourceEntry | undefined, what: string, report: Report): readonly SourceEntry[] {
  if (entry === undefined || isNull(entry.value)) return [];
  const { value } = entry;
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    return [{ key: value.value, keyAt: value.at, value: { ...value, value: null } }];
  }
  if (value.kind === 'list') {
    const detail = `${what} is a map in Ansible's YAML inventories: a name on each line with ":" behind it, not a list.`;
    report(problem('wrong-type', value.at, 'wrong type', detail));
    return [];
  }
  return asMap(value, what, report)?.entries ?? [];
}

function hostOf({ key, keyAt, value }: SourceEntry, reading: Reading): readonly GroupHost[] {
  const label = `${reading.base}: ${key}`;
  const vars = layerOf(value, label, reading.report);
  return hostsOf({ text: key, at: keyAt, vars, label }, reading.budget, reading.report);
}

/** The variables of a map; what cannot be a variable is an error, as in our own inventories. */
export function layerOf(
  node: SourceNode | undefined,
  label: string,
  report: Report,
  severity: 'error' | 'warning' = 'error',
): VarLayer | undefined {
  if (node === undefined || isNull(node)) return undefined;
  const vars = new Map<string, Variable>();
  for (const { key, keyAt, value } of asMap(node, 'Variables', report)?.entries ?? []) {
    if (checkForeignVariable(key, keyAt, severity, report)) vars.set(key, { value, at: keyAt });
  }
  return vars.size === 0 ? undefined : { label, vars };
}
