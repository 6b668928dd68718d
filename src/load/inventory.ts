import { basename, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Inventory } from '../model/inventory.ts';
import type { SourceMap } from '../model/source.ts';
import { mergeAsAnsible } from './inventory-ansible.ts';
import type { AnyPart } from './inventory-ansible.ts';
import { readInventoryFile } from './inventory-file.ts';
import type { GroupFile } from './inventory-foreign.ts';
import { mapFormat, textFormat } from './inventory-format.ts';
import { readGroupsYaml } from './inventory-groups-yaml.ts';
import { readHostList } from './inventory-host-list.ts';
import { readIni } from './inventory-ini.ts';
import { readGroupsJson } from './inventory-json.ts';
import { mergeInventories } from './inventory-merge.ts';
import { notAsked } from './inventory-scripts.ts';
import type { ScriptAnswers } from './inventory-scripts.ts';
import { inventorySources } from './inventory-sources.ts';
import type { InventorySource } from './inventory-sources.ts';
import { parseJson } from './json-places.ts';
import { openYaml, startOf } from './open.ts';
import { wrongType } from './shape.ts';
import { playbookVars, withoutForeignGroups } from './playbook-vars.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { checkWayValues } from './way-values.ts';

/** Settings of reading inventories. */
export interface InventoryOptions {
  /** What dynamic inventories said; without it they are left out, with a warning. */
  readonly scripts?: ScriptAnswers;
  /** The variable, or the parent group, that says what the regions of Ansible's inventories are. */
  readonly regionBy?: string | undefined;
  /** Folders of playbooks, where group_vars and host_vars are read too. */
  readonly playbookDirs?: readonly string[];
}

/** One mistake may stand in each of a million lines; so many are told, and how many more there are. */
const MOST_PROBLEMS = 500;

interface Loading {
  readonly sources: Sources;
  readonly report: Report;
  readonly options: InventoryOptions;
}

/**
 * Reads inventories of any form (ours, Ansible's INI and YAML, answers of scripts, lists of hosts) and merges
 * them in order: regions and groups are united, variables of a later one win. The value holds whatever could be
 * read; use it only when the problems are passable.
 */
export function loadInventory(
  paths: readonly string[],
  sources: Sources,
  options: InventoryOptions = {},
): Checked<Inventory> {
  const problems: Diagnostic[] = [];
  let more = 0;
  const report: Report = (found) => {
    if (problems.length < MOST_PROBLEMS) problems.push(found);
    else more += 1;
  };
  const loading: Loading = { sources, report, options };
  if (paths.length === 0) {
    report(problem('not-found', undefined, 'no inventory', 'Say which inventory to use: -i inventory/prod'));
  }
  const parts = inventorySources(paths, sources, report).flatMap((source) => loadPart(source, loading));
  const beside = playbookVars(options.playbookDirs ?? [], parts);
  const merging = { ...loading, report: withoutForeignGroups(beside, sources, report) };
  const dir = resolve(parts.find((part) => part.dir !== undefined)?.dir ?? '.');
  const merged = merge([...parts, ...beside], dir, merging);
  const limits = parts.flatMap((part) => (part.form === 'own' ? (part.file.limits ?? []) : []));
  const inventory = limits.length === 0 ? merged : { ...merged, limits };
  checkWayValues(inventory.nodes.values(), report);
  if (inventory.nodes.size === 0 && !problems.some((found) => found.severity === 'error')) {
    report(problem('topology', undefined, 'inventory is empty', emptyDetail(paths, sources)));
  }
  if (more > 0) {
    const detail = `${more} more problems are not shown; the first ones are often the cause of the others.`;
    problems.push(problem('bad-value', undefined, 'too many problems', detail));
  }
  return { value: inventory, problems };
}

function merge(parts: readonly AnyPart[], dir: string, { sources, report, options }: Loading): Inventory {
  if (parts.some(({ form }) => form === 'groups')) {
    return mergeAsAnsible(parts, dir, { sources, report, regionBy: options.regionBy });
  }
  const own = parts.flatMap((part) =>
    part.form === 'own' ? [{ file: part.file, dir: part.dir ?? dir }] : [],
  );
  return mergeInventories(own, dir, { sources, report });
}

function emptyDetail(paths: readonly string[], sources: Sources): string {
  const names = paths.map((path) => sources.shown(path)).join(', ');
  return `There is no node in ${names}. Write:\nregions:\n  my-region:\n    nodes:\n      node-1: { address: 10.0.0.1 }`;
}

function loadPart(source: InventorySource, loading: Loading): readonly AnyPart[] {
  const { sources, report, options } = loading;
  if (source.kind === 'hosts') {
    sources.add(source.shown, source.text);
    return [{ form: 'groups', file: readHostList(source.text, source.shown, report), dir: undefined }];
  }
  const { path, dir } = source;
  if (source.kind === 'script') {
    const answer = options.scripts?.get(path) ?? notAsked(sources.shown(path));
    answer.problems.forEach(report);
    return [{ form: 'groups', file: answer.file, dir }];
  }
  const text = sources.read(path);
  const shown = sources.shown(path);
  if (text !== undefined && textFormat(text, shown) === 'ini') {
    return [groups(readIni(text, shown, report), dir)];
  }
  return loadMap(path, dir, loading);
}

function loadMap(path: string, dir: string, loading: Loading): readonly AnyPart[] {
  const { sources, report } = loading;
  const shown = sources.shown(path);
  const map = openMap(path, loading);
  if (map === undefined) return [];
  const format = mapFormat(map);
  if (format === 'own') return [{ form: 'own', file: readInventoryFile(map, shown, report), dir }];
  if (format === 'groups') return [groups(readGroupsYaml(map, shown, report), dir)];
  if (format === 'listing') return [groups(readGroupsJson(map, basename(shown), report), dir)];
  report(format);
  return [];
}

function groups(file: GroupFile, dir: string): AnyPart {
  return { form: 'groups', file, dir };
}

function openMap(path: string, { sources, report }: Loading): SourceMap | undefined {
  const shown = sources.shown(path);
  let broken = false;
  const note: Report = (found) => {
    broken = true;
    report(found);
  };
  const text = sources.read(path);
  const isJson = text !== undefined && textFormat(text, shown) === 'json';
  const parsed = isJson ? parseJson(text, shown) : undefined;
  parsed?.problems.forEach(note);
  const node = parsed === undefined ? openYaml(path, sources, note) : parsed.value;
  if (node?.kind === 'map') return node;
  if (node !== undefined)
    wrongType(node, 'An inventory', 'a map with the keys regions, groups and vars', report);
  else if (!broken) {
    const detail = `${shown} is empty. Write "regions:" with nodes in it; inventory/prod is an example.`;
    report(problem('empty-file', startOf(shown), 'empty file', detail));
  }
  return undefined;
}
