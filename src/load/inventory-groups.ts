import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { WrittenGroup } from './inventory-file.ts';
import { expandRanges, hasRange } from './ranges.ts';
import type { PlacedText, Report } from './shape.ts';

const MAX_NESTED = 50;

/** What group members may refer to. */
export interface Names {
  readonly nodes: ReadonlySet<string>;
  /** Nodes by region. */
  readonly regions: ReadonlyMap<string, readonly string[]>;
  readonly groups: ReadonlyMap<string, readonly WrittenGroup[]>;
}

/** Node names of every group, groups in groups unfolded. */
export function resolveGroups(names: Names, report: Report): ReadonlyMap<string, readonly string[]> {
  const done = new Map<string, readonly string[]>();
  const candidates = [...names.nodes, ...names.regions.keys(), ...names.groups.keys(), 'all'];
  const resolve = (name: string, path: readonly string[]): readonly string[] => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const members = (names.groups.get(name) ?? []).flatMap((group) => group.members);
    const nodes = new Set<string>();
    for (const member of members) {
      for (const node of memberNodes(member, [...path, name])) nodes.add(node);
    }
    done.set(name, [...nodes]);
    return [...nodes];
  };
  const memberNodes = (member: PlacedText, path: readonly string[]): readonly string[] => {
    const { text, at } = member;
    if (path.includes(text)) {
      if (names.nodes.has(text)) return [text];
      const circle = [...path.slice(path.indexOf(text)), text].join(' → ');
      report(problem('bad-value', at, 'groups in a circle', `A group cannot contain itself: ${circle}.`));
      return [];
    }
    if (path.length > MAX_NESTED) {
      report(
        problem('bad-value', at, 'groups nested too deeply', `More than ${MAX_NESTED} groups in groups.`),
      );
      return [];
    }
    if (names.groups.has(text)) return resolve(text, path);
    const direct = namedNodes(text, names);
    if (direct !== undefined) {
      if (direct.length === 0 && /[*?]/.test(text)) report(matchesNothing(member));
      return direct;
    }
    const detail = `There is no node, region or group "${text}".${didYouMean(text, candidates)}`;
    report(problem('unknown-name', at, 'unknown name', detail));
    return [];
  };
  return new Map([...names.groups.keys()].map((name) => [name, resolve(name, [])]));
}

function namedNodes(text: string, names: Names): readonly string[] | undefined {
  if (text === 'all') return [...names.nodes];
  if (names.nodes.has(text)) return [text];
  const region = names.regions.get(text);
  if (region !== undefined) return region;
  if (hasRange(text)) {
    const expanded = expandRanges(text);
    if ('error' in expanded || !expanded.names.every((name) => names.nodes.has(name))) return undefined;
    return expanded.names;
  }
  return /[*?]/.test(text) ? [...names.nodes].filter((name) => matches(text, name)) : undefined;
}

function matchesNothing({ text, at }: PlacedText): ReturnType<typeof problem> {
  const detail = `"${text}" matches no node of this inventory.`;
  return { ...problem('unknown-name', at, 'pattern without a match', detail), severity: 'warning' };
}

/** Globs by hand: a regular expression made of a user's text can be slow beyond measure. */
function matches(glob: string, name: string): boolean {
  let [g, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (glob[g] === '?' || (glob[g] === name[n] && glob[g] !== '*')) {
      g += 1;
      n += 1;
    } else if (glob[g] === '*') {
      star = g;
      mark = n;
      g += 1;
    } else if (star >= 0) {
      g = star + 1;
      mark += 1;
      n = mark;
    } else return false;
  }
  while (glob[g] === '*') g += 1;
  return g === glob.length;
}
