import type { Inventory } from '../model/inventory.ts';
import type { SourceRange } from '../model/source.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';

/**
 * The nodes that a host pattern names, in inventory order: names, globs, groups, regions, `all`, joined by
 * `:` or `,`; `&x` keeps only those also in x, `!x` takes x away, wherever they stand (as in Ansible).
 */
export function resolvePattern(
  pattern: string,
  inventory: Inventory,
  at: SourceRange | undefined,
): Checked<readonly string[]> {
  const terms = pattern
    .split(/[:,]/)
    .map((t) => t.trim())
    .filter((t) => t !== '');
  if (terms.length === 0) {
    const detail = 'Write a node, a group, a region, a glob or "all".';
    return { value: [], problems: [problem('bad-pattern', at, 'empty host pattern', detail)] };
  }
  const problems: Diagnostic[] = [];
  const members = (term: string): ReadonlySet<string> => {
    const found = termMembers(term, inventory);
    if (found === undefined) problems.push(unknownTerm(term, inventory, at));
    return found ?? new Set();
  };
  const plain = terms.filter((t) => !/^[&!]/.test(t));
  const chosen = new Set<string>(plain.length === 0 ? inventory.nodes.keys() : []);
  for (const term of plain) for (const name of members(term)) chosen.add(name);
  for (const term of terms.filter((t) => t.startsWith('&'))) keep(chosen, members(term.slice(1)));
  for (const term of terms.filter((t) => t.startsWith('!'))) drop(chosen, members(term.slice(1)));
  return { value: [...inventory.nodes.keys()].filter((name) => chosen.has(name)), problems };
}

function keep(chosen: Set<string>, members: ReadonlySet<string>): void {
  for (const name of [...chosen]) if (!members.has(name)) chosen.delete(name);
}

function drop(chosen: Set<string>, members: ReadonlySet<string>): void {
  for (const name of members) chosen.delete(name);
}

function termMembers(term: string, inventory: Inventory): ReadonlySet<string> | undefined {
  if (term === 'all' || term === '*') return new Set(inventory.nodes.keys());
  const group = inventory.groups.get(term);
  if (group !== undefined) return new Set(group);
  if (inventory.nodes.has(term)) return new Set([term]);
  if (!/[*?[]/.test(term)) return undefined;
  return globMembers(globPattern(term), inventory);
}

function globMembers(glob: RegExp, inventory: Inventory): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  for (const name of inventory.nodes.keys()) if (glob.test(name)) found.add(name);
  for (const [group, names] of inventory.groups) {
    if (glob.test(group)) for (const name of names) found.add(name);
  }
  return found.size === 0 ? undefined : found;
}

function globPattern(glob: string): RegExp {
  const body = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  try {
    return new RegExp(`^${body}$`);
  } catch {
    return /^$/;
  }
}

function unknownTerm(term: string, inventory: Inventory, at: SourceRange | undefined): Diagnostic {
  const names = [...inventory.nodes.keys(), ...inventory.groups.keys()];
  const detail = `Nothing in the inventory matches "${term}".${didYouMean(term, names)} Regions: ${
    inventory.regions.map((r) => r.name).join(', ') || 'none'
  }.`;
  return problem('bad-pattern', at, 'host pattern matches nothing', detail);
}
