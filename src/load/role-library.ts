import { resolve } from 'node:path';
import type { Role, RoleParts } from '../model/playbook.ts';
import type { PlacedText, Report } from './shape.ts';

/** Finds roles by name and reads each once. */
export interface RoleLibrary {
  readonly report: Report;
  /**
   * undefined: there is no such role, or it needs itself; it has been reported. `users`: who asks, outermost first, by
   * {@link roleKey}.
   */
  role(name: PlacedText, users: readonly string[], parts?: RoleParts): Role | undefined;
}

/** A role as one of those that lead somewhere: another entry point of it is another one. */
export function roleKey(name: string, { tasks }: RoleParts = {}): string {
  return tasks === undefined || tasks === 'main' ? name : `${name} (${tasks})`;
}

/** Where the roles of a playbook are looked for: `dirs` are its folder and those of the playbooks that import it. */
export function rolePathsFor(dirs: readonly string[], further: readonly string[]): readonly string[] {
  return [...new Set([...dirs.map((dir) => resolve(dir, 'roles')), resolve('roles'), ...further])];
}
