import { isIPv6 } from 'node:net';
import type { Inventory } from '../model/inventory.ts';
import type { SourceRange } from '../model/source.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { globRegex } from './glob.ts';
import { splitPattern } from './pattern-terms.ts';
import { RegexError, safeRegex } from './safe-regex.ts';
import type { SafeRegex } from './safe-regex.ts';

/** What is told of a pattern that names nothing that the inventory has. */
export const NOTHING_MATCHES = 'host pattern matches nothing';

/** A pattern with a place of its own, e.g. a line of `-l @file`. */
export interface PlacedPattern {
  readonly text: string;
  readonly at: SourceRange | undefined;
}

/**
 * The nodes that a host pattern names, in inventory order: names, globs, groups, regions, `all`, `~regex`, each
 * with `[n]` or `[a:b]` behind it, joined by `:` or `,`; `&x` keeps only those also in x, `!x` takes x away,
 * wherever they stand (as in Ansible).
 */
export function resolvePattern(
  pattern: string | readonly PlacedPattern[],
  inventory: Inventory,
  at: SourceRange | undefined,
): Checked<readonly string[]> {
  const patterns = typeof pattern === 'string' ? [{ text: pattern, at }] : pattern;
  const isName = (text: string): boolean =>
    inventory.nodes.has(text) || inventory.groups.has(text) || isIPv6(text);
  const terms = patterns.flatMap((one) =>
    splitPattern(one.text, isName).map((text): PlacedPattern => ({ text, at: one.at })),
  );
  if (terms.length === 0) {
    const detail = 'Write a node, a group, a region, a glob or "all".';
    return { value: [], problems: [problem('bad-pattern', at, 'empty host pattern', detail)] };
  }
  const problems: Diagnostic[] = [];
  const members = (term: PlacedPattern, skip: number): ReadonlySet<string> => {
    const found = termMembers(term.text.slice(skip).trim(), inventory);
    if (typeof found === 'object') return found;
    problems.push(wrongTerm(term, skip, found, inventory));
    return new Set();
  };
  const starting = (sign: string): readonly PlacedPattern[] =>
    terms.filter(({ text }) => text.startsWith(sign));
  const plain = terms.filter(({ text }) => !/^[&!]/.test(text));
  const chosen = new Set<string>(plain.length === 0 ? inventory.nodes.keys() : []);
  for (const term of plain) for (const name of members(term, 0)) chosen.add(name);
  for (const term of starting('&')) keep(chosen, members(term, 1));
  for (const term of starting('!')) drop(chosen, members(term, 1));
  return { value: [...inventory.nodes.keys()].filter((name) => chosen.has(name)), problems };
}

function keep(chosen: Set<string>, members: ReadonlySet<string>): void {
  for (const name of [...chosen]) if (!members.has(name)) chosen.delete(name);
}

function drop(chosen: Set<string>, members: ReadonlySet<string>): void {
  for (const name of members) chosen.delete(name);
}

/** The nodes of one term in their order; a text says what is wrong, undefined: nothing has this name. */
function termMembers(term: string, inventory: Inventory): ReadonlySet<string> | string | undefined {
  if (term.startsWith('~')) return regexMembers(term.slice(1), inventory);
  const known = namedMembers(term, inventory);
  if (known !== undefined) return known;
  const [, base = '', index, from, sign, to] =
    /^(.+)\[(?:(-?\d{1,9})|(\d{0,9})([:-])(\d{0,9}))\]$/.exec(term) ?? [];
  if (base === '') return globMembers(term, inventory);
  if (sign === '-') {
    return `"[${from}-${to}]" is not possible. The nodes at these places of "${base}", counted from 0: ${base}[${from}:${to}]`;
  }
  const nodes = namedMembers(base, inventory) ?? globMembers(base, inventory);
  if (!(nodes instanceof Set)) return nodes;
  return index === undefined ? slice([...nodes], from, to) : single([...nodes], base, Number(index));
}

function namedMembers(name: string, inventory: Inventory): Set<string> | undefined {
  if (name === 'all' || name === '*') return new Set(inventory.nodes.keys());
  const group = inventory.groups.get(name);
  if (group !== undefined) return new Set(group);
  return inventory.nodes.has(name) ? new Set([name]) : undefined;
}

/** Both ends belong to it, as in Ansible. */
function slice(nodes: readonly string[], from: string | undefined, to: string | undefined): Set<string> {
  const end = to === undefined || to === '' ? nodes.length : Number(to) + 1;
  return new Set(nodes.slice(Number(from ?? 0), end));
}

function single(nodes: readonly string[], base: string, index: number): Set<string> | string {
  const node = nodes.at(index);
  if (node !== undefined) return new Set([node]);
  const count = nodes.length === 0 ? 'no nodes' : `${nodes.length} nodes, [0] to [${nodes.length - 1}]`;
  return `"${base}" has ${count}: there is none at [${index}].`;
}

function regexMembers(source: string, inventory: Inventory): Set<string> | string | undefined {
  try {
    return membersBy(safeRegex(source), inventory);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    return `"${source}" is no regular expression that can be used: ${error.message}.`;
  }
}

function globMembers(term: string, inventory: Inventory): Set<string> | undefined {
  if (!/[*?[]/.test(term)) return undefined;
  const glob = globRegex(term);
  return glob === undefined ? undefined : membersBy(glob, inventory);
}

/** Nodes of groups that match, then nodes that match themselves; undefined: neither does. */
function membersBy(regex: SafeRegex, inventory: Inventory): Set<string> | undefined {
  const groups = [...inventory.groups].filter(([name]) => regex.test(name));
  const nodes = [...inventory.nodes.keys()].filter((name) => regex.test(name));
  if (groups.length === 0 && nodes.length === 0) return undefined;
  return new Set([...groups.flatMap(([, names]) => names), ...nodes]);
}

function wrongTerm(
  { text, at }: PlacedPattern,
  skip: number,
  why: string | undefined,
  inventory: Inventory,
): Diagnostic {
  const term = text.slice(skip).trim();
  if (why !== undefined) return problem('bad-pattern', at, 'bad host pattern', why);
  const names = [...inventory.nodes.keys(), ...inventory.groups.keys()];
  const detail = `Nothing in the inventory matches "${term}".${didYouMean(term, names)} Regions: ${
    inventory.regions.map((r) => r.name).join(', ') || 'none'
  }.`;
  return problem('bad-pattern', at, NOTHING_MATCHES, detail);
}
