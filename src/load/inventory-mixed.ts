import type { VarLayer } from '../model/inventory.ts';
import type { InventoryFile, WrittenGroup } from './inventory-file.ts';
import type { GroupFile, GroupSection } from './inventory-foreign.ts';
import { emptySection } from './inventory-foreign.ts';
import { resolveGroups } from './inventory-groups.ts';
import type { Report } from './shape.ts';

/** Our own form in the words of Ansible's, for inventories of both forms: regions are groups that say so. */
export function asGroups(file: InventoryFile, base: string): GroupFile {
  const at = file.regions[0]?.at ?? { file: base, line: 1, column: 1, length: 1 };
  const all: GroupSection = { ...emptySection('all', at), vars: file.vars };
  const regions = file.regions.map(({ name, at: regionAt, vars, parallel, nodes }): GroupSection => ({
    ...{ group: name, at: regionAt, declares: true, children: [], vars, region: { parallel } },
    hosts: nodes.map((node) => ({
      name: node.name,
      at: node.at,
      vars: node.vars,
      address: node.address,
    })),
  }));
  return { sections: [all, ...regions] };
}

/** Groups of our own form, whose members may be patterns over the nodes of all files, as sections of their own. */
export function ownGroups(
  files: readonly InventoryFile[],
  known: {
    readonly nodes: ReadonlySet<string>;
    readonly groups: ReadonlyMap<string, readonly string[]>;
  },
  report: Report,
): GroupFile {
  const written = files.flatMap((file) => file.groups);
  const byName = new Map<string, WrittenGroup[]>();
  for (const group of written) byName.set(group.name, [...(byName.get(group.name) ?? []), group]);
  const resolved = resolveGroups({ nodes: known.nodes, regions: known.groups, groups: byName }, report);
  const sections = written.map(({ name, at, vars }): GroupSection => {
    const hosts = (resolved.get(name) ?? []).map((host) => ({ name: host, at, vars: undefined }));
    return { ...emptySection(name, at), hosts, vars: vars satisfies VarLayer | undefined };
  });
  return { sections };
}
