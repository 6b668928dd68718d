import type { VarLayer, Variable } from '../model/inventory.ts';
import type { SourceEntry, SourceNode } from '../model/source.ts';
import { checkVariableName } from './names.ts';
import { openYaml } from './open.ts';
import { asMap, isNull } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** The variables of a `vars:` map; `label` is what `--explain` calls them. */
export function readVars(node: SourceNode, label: string, report: Report): VarLayer {
  if (isNull(node)) return { label, vars: new Map() };
  const map = asMap(node, 'Variables', report);
  return varLayer(map?.entries ?? [], label, report);
}

/** Variables from entries; a later one of the same name wins. */
export function varLayer(entries: readonly SourceEntry[], label: string, report: Report): VarLayer {
  const vars = new Map<string, Variable>();
  for (const { key, keyAt, value } of entries) {
    if (checkVariableName(key, keyAt, report)) vars.set(key, { value, at: keyAt });
  }
  return { label, vars };
}

/** The variables of a file; an empty file has none. */
export function loadVarsFile(file: string, label: string, sources: Sources, report: Report): VarLayer {
  const node = openYaml(file, sources, report);
  return node === undefined ? { label, vars: new Map() } : readVars(node, label, report);
}
