import { problem } from '../diagnostics/diagnostic.ts';
import type { NamedLimit, VarLayer } from '../model/inventory.ts';
import type { SourceEntry, SourceMap, SourceNode, SourceRange } from '../model/source.ts';
import { limitsOf } from './limits.ts';
import { checkAddress, checkName } from './names.ts';
import { expandRanges } from './ranges.ts';
import { asMap, asNumber, asText, asTexts, checkKeys, fieldsOf, isNull, unknownKey } from './shape.ts';
import type { PlacedText, Report } from './shape.ts';
import { readVars } from './vars.ts';

/** One inventory file as written: names are not compared with each other yet. */
export interface InventoryFile {
  readonly vars: VarLayer | undefined;
  readonly regions: readonly WrittenRegion[];
  readonly groups: readonly WrittenGroup[];
  readonly limits?: readonly NamedLimit[];
}

/** One `-i`: what its file says, and the folder that group_vars and host_vars are in. */
export interface InventoryPart {
  readonly file: InventoryFile;
  readonly dir: string;
}

export interface WrittenRegion {
  readonly name: string;
  readonly at: SourceRange;
  readonly parallel: number | undefined;
  readonly vars: VarLayer | undefined;
  readonly nodes: readonly WrittenNode[];
}

export interface WrittenNode {
  readonly name: string;
  readonly at: SourceRange;
  readonly address: string | undefined;
  readonly addressAt: SourceRange;
  readonly vars: VarLayer | undefined;
}

export interface WrittenGroup {
  readonly name: string;
  readonly at: SourceRange;
  readonly members: readonly PlacedText[];
  readonly vars: VarLayer | undefined;
}

/** Reads the top map of an inventory file; `file` is its shown name. */
export function readInventoryFile(map: SourceMap, file: string, report: Report): InventoryFile {
  checkKeys(map, ['vars', 'regions', 'groups', 'limits'], 'an inventory', report);
  const fields = fieldsOf(map);
  const base = file.split('/').at(-1) ?? file;
  const vars = fields.get('vars');
  return {
    vars: vars && readVars(vars.value, `${base}: vars`, report),
    regions: named(fields.get('regions'), 'region', report).map((entry) => regionOf(entry, base, report)),
    groups: named(fields.get('groups'), 'group', report).map((entry) => groupOf(entry, base, report)),
    limits: limitsOf(fields.get('limits')?.value, report),
  };
}

/** Entries of `regions:` or `groups:` whose names are possible. */
function named(entry: SourceEntry | undefined, what: string, report: Report): readonly SourceEntry[] {
  if (entry === undefined || isNull(entry.value)) return [];
  const map = asMap(entry.value, `"${entry.key}"`, report);
  return (map?.entries ?? []).filter(({ key, keyAt }) => {
    if (key !== 'all') return checkName(key, what, keyAt, report);
    const detail = `"all" is the group of all nodes already; give this ${what} another name.`;
    report(problem('bad-value', keyAt, 'bad name', detail));
    return false;
  });
}

function regionOf({ key, keyAt, value }: SourceEntry, base: string, report: Report): WrittenRegion {
  const nothing = { name: key, at: keyAt, parallel: undefined, vars: undefined, nodes: [] };
  const map = isNull(value) ? undefined : asMap(value, `Region "${key}"`, report);
  if (map === undefined) return nothing;
  checkRegionKeys(map, report);
  const fields = fieldsOf(map);
  const [parallel, vars, nodes] = ['parallel', 'vars', 'nodes'].map((name) => fields.get(name));
  return {
    ...nothing,
    parallel: parallel && asNumber(parallel.value, '"parallel"', { min: 1 }, report),
    vars: vars && readVars(vars.value, `${base}: regions.${key}.vars`, report),
    nodes: nodes === undefined ? [] : nodesOf(nodes.value, base, report),
  };
}

function checkRegionKeys(map: SourceMap, report: Report): void {
  for (const entry of map.entries) {
    if (['parallel', 'vars', 'nodes'].includes(entry.key)) continue;
    if (entry.key === 'hosts') {
      report(problem('unknown-key', entry.keyAt, 'unknown key', '"hosts" is called "nodes" here.'));
    } else {
      report(unknownKey(entry, ['parallel', 'vars', 'nodes'], 'a region'));
    }
  }
}

function nodesOf(value: SourceNode, base: string, report: Report): readonly WrittenNode[] {
  if (isNull(value)) return [];
  if (value.kind === 'list') {
    const detail =
      '"nodes" is a map here: a name on each line, followed by ":" and, if need be, { address: 10.0.0.1 }.';
    report(problem('wrong-type', value.at, 'wrong type', detail));
    return [];
  }
  const map = asMap(value, '"nodes"', report);
  return (map?.entries ?? []).flatMap((entry) => nodeOf(entry, base, report));
}

function nodeOf(entry: SourceEntry, base: string, report: Report): readonly WrittenNode[] {
  const { key, keyAt, value } = entry;
  const names = expandRanges(key);
  if ('error' in names) {
    report(problem('bad-value', keyAt, 'bad range', `${capital(names.error)}.`));
    return [];
  }
  if (!names.names.slice(0, 1).every((name) => checkName(name, 'node', keyAt, report))) return [];
  const map = isNull(value) ? undefined : asMap(value, `Node "${key}"`, report);
  if (map !== undefined) checkNodeKeys(map, report);
  const fields = map === undefined ? undefined : fieldsOf(map);
  const vars = fields?.get('vars');
  const layer = vars && readVars(vars.value, `${base}: ${key}`, report);
  const addresses = addressesOf(fields?.get('address'), key, names.names.length, report);
  const addressAt = fields?.get('address')?.value.at ?? keyAt;
  return names.names.map((name, i) => ({ name, at: keyAt, address: addresses?.[i], addressAt, vars: layer }));
}

function addressesOf(
  entry: SourceEntry | undefined,
  node: string,
  count: number,
  report: Report,
): readonly string[] | undefined {
  if (entry === undefined) return undefined;
  const { at } = entry.value;
  const text = asText(entry.value, '"address"', report);
  if (text === undefined || (text.includes('{{') && !checkAddress(text, at, report))) return undefined;
  const addresses = expandRanges(text);
  if ('error' in addresses) {
    report(problem('bad-value', at, 'bad range', `${capital(addresses.error)}.`));
    return undefined;
  }
  if (addresses.names.length !== count) {
    const detail = `"${node}" stands for ${counted(count, 'node')}, "${text}" for ${counted(addresses.names.length, 'address')}; the numbers must be equal.`;
    report(problem('bad-value', at, 'ranges of different length', detail));
    return undefined;
  }
  return addresses.names.every((address) => checkAddress(address, at, report)) ? addresses.names : undefined;
}

function checkNodeKeys(map: SourceMap, report: Report): void {
  for (const entry of map.entries) {
    if (entry.key === 'address' || entry.key === 'vars') continue;
    const asVariable = /_/.test(entry.key);
    const detail = `"${entry.key}" is no key of a node. Variables of a node go below its "vars".`;
    report(
      asVariable
        ? problem('unknown-key', entry.keyAt, 'unknown key', detail)
        : unknownKey(entry, ['address', 'vars'], 'a node'),
    );
  }
}

function groupOf({ key, keyAt, value }: SourceEntry, base: string, report: Report): WrittenGroup {
  if (value.kind !== 'map') {
    return {
      name: key,
      at: keyAt,
      members: asTexts(value, `the members of group "${key}"`, report),
      vars: undefined,
    };
  }
  checkKeys(value, ['nodes', 'vars'], 'a group', report);
  const fields = fieldsOf(value);
  const [nodes, vars] = [fields.get('nodes'), fields.get('vars')];
  return {
    name: key,
    at: keyAt,
    members: nodes === undefined ? [] : asTexts(nodes.value, `the members of group "${key}"`, report),
    vars: vars && readVars(vars.value, `${base}: groups.${key}.vars`, report),
  };
}

function counted(count: number, word: string): string {
  const plural = word.endsWith('s') ? `${word}es` : `${word}s`;
  return `${count} ${count === 1 ? word : plural}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
