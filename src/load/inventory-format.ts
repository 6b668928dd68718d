import { extname } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { vaultFormat } from '../vault/format.ts';
import { GROUP_KEYS } from './inventory-groups-yaml.ts';

/** Keys at the top of our own inventories. */
export const OWN_KEYS: readonly string[] = ['vars', 'regions', 'groups', 'limits'];

const YAML_START = /^(---|%YAML|[{"']|- |[^\s=:[\]#]+[ \t]*:([ \t]|$))/;

/** How a text is to be read, judged by its first line that says something, and by the name where that is open. */
export function textFormat(text: string, name: string): 'ini' | 'yaml' | 'json' {
  const extension = extname(name).toLowerCase();
  if (vaultFormat(text) !== undefined) return 'yaml';
  const first = /^(?![ \t]*(?:[#;]|\r?$))[ \t]*(\S[^\n]*)/m.exec(text)?.[1]?.trimEnd() ?? '';
  const isYaml = ['.yml', '.yaml', '.json'].includes(extension);
  if (extension === '.ini') return 'ini';
  if (/^\[[^\]\s,"'{[]+\]\s*(#.*)?$/.test(first) && extension !== '.json') return 'ini';
  if (first.startsWith('{') && /^\s*\{/.test(text)) return isWholeJson(text) ? 'json' : 'yaml';
  if (YAML_START.test(first)) return 'yaml';
  if (!isYaml) return first === '' ? 'yaml' : 'ini';
  return /^\[[\w.-]+(:(vars|children))?\][ \t]*\r?$/m.test(text) ? 'ini' : 'yaml';
}

/** Also a help for speed: JSON has a reader of its own. */
function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whose shape a map is: our own, Ansible's YAML, or what a dynamic inventory prints; else what it looked like. */
export type MapFormat = 'own' | 'groups' | 'listing' | Diagnostic;

/** Judges an inventory by the keys at its top and one level below. */
export function mapFormat(map: SourceMap): MapFormat {
  const plugin = map.entries.find(({ key, value }) => key === 'plugin' && value.kind === 'scalar');
  if (plugin !== undefined) return pluginProblem(plugin);
  if (map.entries.some(({ key }) => key === '_meta')) return 'listing';
  const own = map.entries.filter((entry) => OWN_KEYS.includes(entry.key) && !isGroup(entry.value));
  const groups = map.entries.filter(({ value }) => isGroup(value));
  const [foreign] = groups;
  if (own.length > 0 && foreign !== undefined) return bothProblem(own, foreign);
  if (foreign !== undefined) return hasHostList(groups) ? 'listing' : 'groups';
  if (own.length > 0) return 'own';
  return groupsWithoutHosts(map) ? 'groups' : unclearFormat(map);
}

/** True for a map that has Ansible's groups in it; what could be a file of variables does not count. */
export function hasGroups(map: SourceMap): boolean {
  return map.entries.some(({ key, value }) => !OWN_KEYS.includes(key) && isGroup(value));
}

/** True for the value of a group of Ansible's: a map with hosts or children. */
function isGroup(value: SourceNode): boolean {
  return value.kind === 'map' && value.entries.some(({ key }) => key === 'hosts' || key === 'children');
}

function hasHostList(groups: readonly SourceEntry[]): boolean {
  return groups.some(
    ({ value }) =>
      value.kind === 'map' &&
      value.entries.some(({ key, value: inner }) => GROUP_KEYS.includes(key) && inner.kind === 'list'),
  );
}

/** Only groups with variables or nothing at all, e.g. `all: {vars: …}` in a file of its own. */
function groupsWithoutHosts(map: SourceMap): boolean {
  return (
    map.entries.length > 0 &&
    map.entries.every(({ key, value }) => {
      if (value.kind === 'scalar') return value.value === null && suggest(key, OWN_KEYS) === undefined;
      return value.kind === 'map' && value.entries.length > 0 && value.entries.every((e) => e.key === 'vars');
    })
  );
}

function unclearFormat(map: SourceMap): MapFormat {
  // A slip in one of our own keys is told with "did you mean" by the reader of our own form.
  if (map.entries.some(({ key }) => suggest(key, OWN_KEYS) !== undefined)) return 'own';
  const [first] = map.entries;
  const keys = map.entries.slice(0, 5).map(({ key }) => `"${key}"`);
  const detail =
    `This is neither an inventory of oms-play (regions, groups, vars) nor one of Ansible's (groups with hosts, children, vars): its keys are ${keys.join(', ') || 'none'}. ` +
    'Write:\nregions:\n  my-region:\n    nodes:\n      node-1: { address: 10.0.0.1 }';
  return problem('bad-value', first?.keyAt ?? map.at, 'not an inventory', detail);
}

function bothProblem(own: readonly SourceEntry[], foreign: SourceEntry): Diagnostic {
  const keys = own.map(({ key, keyAt }) => `"${key}" (line ${keyAt.line})`).join(', ');
  const detail =
    `"${foreign.key}" is a group as in Ansible's inventories, but ${keys} belongs to the form of oms-play; a file has one form. ` +
    'Put one of them into a file of its own and give both with -i.';
  return problem('bad-value', foreign.keyAt, 'two forms of inventory in one file', detail);
}

function pluginProblem({ keyAt, value }: SourceEntry): Diagnostic {
  const name = value.kind === 'scalar' ? String(value.value) : '';
  const detail =
    `This configures the inventory plugin "${name}" of Ansible, which needs Ansible itself. Where it is installed, write an executable script and give that to -i:\n` +
    '#!/bin/sh\nexec ansible-inventory -i THIS_FILE --list';
  return problem('bad-value', keyAt, "configuration of a plugin of Ansible's", detail);
}
