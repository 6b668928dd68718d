import type { VarLayer } from '../model/inventory.ts';
import type { InventoryFile, InventoryPart } from './inventory-file.ts';
import { loadGroupVars, loadVarsFolder } from './inventory-vars.ts';
import type { LayersByName } from './inventory-vars.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** Layers by category; within one, a later part is above an earlier one. */
export interface Layers {
  /** Of which group_vars has files, whether there is such a group or not. */
  readonly groupNames: ReadonlySet<string>;
  readonly group: (name: string) => readonly VarLayer[];
  readonly node: (name: string) => readonly VarLayer[];
}

/** The layers of all parts; reports variables of nobody. */
export function layersOf(
  parts: readonly InventoryPart[],
  known: { readonly groups: ReadonlySet<string>; readonly nodes: ReadonlySet<string> },
  io: { readonly sources: Sources; readonly report: Report },
): Layers {
  const dirs = new Set<string>();
  const byPart = parts.map(({ file, dir }) => {
    const fresh = !dirs.has(dir);
    dirs.add(dir);
    const none: LayersByName = new Map();
    return {
      written: writtenLayers(file),
      groupVars: fresh ? loadGroupVars(dir, known.groups, io) : none,
      hostVars: fresh ? loadVarsFolder(dir, 'host_vars', known.nodes, io) : none,
    };
  });
  return {
    groupNames: new Set(byPart.flatMap(({ groupVars }) => [...groupVars.keys()])),
    group: (name) =>
      byPart.flatMap((part) => [
        ...(part.written.groups.get(name) ?? []),
        ...(part.groupVars.get(name) ?? []),
      ]),
    node: (name) =>
      byPart.flatMap((part) => [...(part.written.nodes.get(name) ?? []), ...(part.hostVars.get(name) ?? [])]),
  };
}

function writtenLayers(file: InventoryFile): { readonly groups: LayersByName; readonly nodes: LayersByName } {
  const withVars = <T extends { readonly name: string; readonly vars: VarLayer | undefined }>(
    items: readonly T[],
  ) => items.flatMap(({ name, vars }) => (vars === undefined ? [] : [[name, [vars]] as const]));
  return {
    groups: new Map([
      ...withVars([{ name: 'all', vars: file.vars }]),
      ...withVars(file.regions),
      ...withVars(file.groups),
    ]),
    nodes: new Map(withVars(file.regions.flatMap((region) => region.nodes))),
  };
}
