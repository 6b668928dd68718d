import { basename, join, posix, sep } from 'node:path';
import type { RunScope } from '../../transport/run-scope.ts';
import { ModuleError } from '../define.ts';

/** Where on the controller a node's file goes: below dest under the node's name, or at dest itself. */
export function targetOf(
  node: string,
  given: { readonly src: string; readonly dest: string; readonly flat: boolean },
): string {
  const { src, dest, flat } = given;
  if (flat) return dest.endsWith(sep) ? join(dest, basename(src)) : dest;
  if (node === '.' || node === '..' || /[/\0]/.test(node)) {
    throw new ModuleError({ message: `"${node}" cannot be the name of a folder on the controller` });
  }
  // From the root on: no ".." leads out of the node's folder.
  return join(dest, node, posix.resolve('/', src));
}

interface Claim {
  readonly node: string;
  readonly sum: string;
}

const claims = new WeakMap<RunScope, Map<string, Claim>>();

/** Refuses a second node of the run with another content: which one stays would be a matter of luck. */
export function claim(
  target: string,
  sum: string,
  { name, scope }: { readonly name: string; readonly scope: RunScope },
): void {
  const known = claims.get(scope) ?? new Map<string, Claim>();
  claims.set(scope, known);
  const other = known.get(target);
  if (other === undefined || other.node === name || other.sum === sum) {
    known.set(target, { node: name, sum });
    return;
  }
  throw new ModuleError({
    message: `${target} has been fetched from ${other.node} in this run, and would be overwritten`,
    hint: 'Leave flat out, or put {{inventory_hostname}} into dest.',
  });
}
