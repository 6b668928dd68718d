import { join, relative } from 'node:path';
import type { AnyPart } from './inventory-ansible.ts';
import { isFolder } from './open.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/**
 * Folders of playbooks that have group_vars or host_vars, as parts of the inventory that hold nothing else: in each
 * place of the order they are above those beside the inventory, as in Ansible.
 */
export function playbookVars(dirs: readonly string[], parts: readonly AnyPart[]): readonly AnyPart[] {
  const known = new Set(parts.map(({ dir }) => dir));
  return [...new Set(dirs)]
    .filter((dir) => !known.has(dir) && ['group_vars', 'host_vars'].some((name) => isFolder(join(dir, name))))
    .map((dir) => ({ form: 'own', file: { vars: undefined, regions: [], groups: [] }, dir }));
}

/** A playbook is played with many inventories: that one of them lacks a group is no mistake. */
export function withoutForeignGroups(dirs: readonly AnyPart[], sources: Sources, report: Report): Report {
  const folders = dirs.map(({ dir }) => sources.shown(dir ?? ''));
  return (found) => {
    const file = found.at?.file ?? '';
    const beside = folders.some((folder) => /^(group|host)_vars\//.test(relative(folder, file)));
    if (!beside || found.summary !== 'variables for nobody') report(found);
  };
}
