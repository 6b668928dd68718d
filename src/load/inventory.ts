import { dirname, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Inventory } from '../model/inventory.ts';
import { readInventoryFile } from './inventory-file.ts';
import type { InventoryFile, InventoryPart } from './inventory-file.ts';
import { foreignMap, foreignText } from './inventory-foreign.ts';
import { mergeInventories } from './inventory-merge.ts';
import { findYaml, isFolder, openYaml, startOf } from './open.ts';
import { wrongType } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/**
 * Reads inventories (folders or files) and merges them in order: regions and groups are united, variables
 * of a later one win. The value holds whatever could be read; use it only when the problems are passable.
 */
export function loadInventory(paths: readonly string[], sources: Sources): Checked<Inventory> {
  const problems: Diagnostic[] = [];
  const report: Report = (found) => problems.push(found);
  const parts = [...new Set(paths)].flatMap((path) => loadPart(path, sources, report));
  if (paths.length === 0) {
    report(problem('not-found', undefined, 'no inventory', 'Say which inventory to use: -i inventory/prod'));
  }
  const inventory = mergeInventories(parts, dirOf(paths[0], parts), { sources, report });
  if (inventory.nodes.size === 0 && !problems.some((found) => found.severity === 'error')) {
    report(problem('topology', undefined, 'inventory is empty', emptyDetail(paths, sources)));
  }
  return { value: inventory, problems };
}

function dirOf(path: string | undefined, parts: readonly InventoryPart[]): string {
  return parts[0]?.dir ?? resolve(path ?? '.');
}

function emptyDetail(paths: readonly string[], sources: Sources): string {
  const names = paths.map((path) => sources.shown(path)).join(', ');
  return `There is no node in ${names}. Write:\nregions:\n  my-region:\n    nodes:\n      node-1: { address: 10.0.0.1 }`;
}

function loadPart(path: string, sources: Sources, report: Report): readonly InventoryPart[] {
  const folder = isFolder(path);
  const file = folder ? findYaml(path, 'inventory', sources, report) : path;
  if (file === undefined) {
    const detail = `The folder ${sources.shown(path)} holds no inventory.yml.`;
    report(problem('not-found', undefined, 'no inventory', detail));
    return [];
  }
  const text = sources.read(file);
  const shown = sources.shown(file);
  if (text === undefined && path.includes(',')) {
    const detail = `A list of hosts ("${path}") is not possible for -i; write an inventory file with regions.`;
    report(problem('not-found', undefined, 'no inventory', detail));
    return [];
  }
  const foreign = text === undefined ? undefined : foreignText(text, shown);
  if (foreign !== undefined) {
    report(foreign);
    return [];
  }
  const dir = resolve(folder ? path : dirname(path));
  return readPart(file, sources, report).map((read) => ({ file: read, dir }));
}

function readPart(file: string, sources: Sources, report: Report): readonly InventoryFile[] {
  let broken = false;
  const node = openYaml(file, sources, (found) => {
    broken = true;
    report(found);
  });
  if (node === undefined) {
    const detail = `${sources.shown(file)} is empty. Write "regions:" with nodes in it; inventory/prod is an example.`;
    if (!broken) report(problem('empty-file', startOf(sources.shown(file)), 'empty file', detail));
    return [];
  }
  if (node.kind !== 'map') {
    wrongType(node, 'An inventory', 'a map with the keys regions, groups and vars', report);
    return [];
  }
  const foreign = foreignMap(node);
  if (foreign === undefined) return [readInventoryFile(node, sources.shown(file), report)];
  report(foreign);
  return [];
}
