import type { RawPath } from '../../transport/tree.ts';
import { pathText } from '../../transport/tree.ts';

/** Whether a path below the folder is left out by itself; what is in a folder that is left out is, too. */
export type Excludes = (path: RawPath, isFolder: boolean) => boolean;

/**
 * rsync's patterns: `*` and `?` stop at a /, `**` does not; / at the beginning stands for the folder itself, else the
 * pattern fits the end of a path; / at the end: folders only.
 */
export function excluder(patterns: readonly string[]): Excludes {
  const rules = patterns.map((text) => ({
    tokens: tokensOf(text.replace(/^\//, '').replace(/\/$/, '')),
    fromStart: text.startsWith('/'),
    foldersOnly: text.endsWith('/'),
  }));
  return (path, isFolder) => {
    const text = pathText(path);
    return rules.some((rule) => (isFolder || !rule.foldersOnly) && fits(text, rule.tokens, rule.fromStart));
  };
}

interface Token {
  readonly takes: (character: string) => boolean;
  /** Any number of them, none too. */
  readonly repeats: boolean;
}

/** In time that grows with path times pattern, which a regular expression does not promise. */
function fits(text: string, tokens: readonly Token[], fromStart: boolean): boolean {
  const enter = (states: Set<number>, first: number): void => {
    let state = first;
    states.add(state);
    while (tokens[state]?.repeats === true) states.add((state += 1));
  };
  let states = new Set<number>();
  enter(states, 0);
  let previous = '';
  for (const character of text) {
    if (!fromStart && previous === '/') enter(states, 0);
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token?.takes(character) === true) enter(next, token.repeats ? state : state + 1);
    }
    [states, previous] = [next, character];
  }
  return states.has(tokens.length);
}

function tokensOf(glob: string): Token[] {
  const parts = glob.match(/\*\*|\[[!^]?\]?[^\]]*\]|\\[^]|[^]/gu) ?? [];
  return parts.map((part) => {
    const takes = takerOf(part);
    return { takes, repeats: part === '*' || part === '**' };
  });
}

function takerOf(part: string): Token['takes'] {
  if (part === '**') return () => true;
  if (part === '*' || part === '?') return (character) => character !== '/';
  if (part.length > 2 && part.startsWith('[')) return setOf(part.slice(1, -1));
  const literal = part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
  return (character) => character === literal;
}

function setOf(members: string): Token['takes'] {
  const isNegated = /^[!^]/.test(members);
  const ranges = (isNegated ? members.slice(1) : members).match(/[^]-[^]|[^]/gu) ?? [];
  const holds = (character: string): boolean =>
    ranges.some((range) => {
      const [first = '', , last = first] = [...range];
      return first <= character && character <= last;
    });
  return (character) => character !== '/' && holds(character) !== isNegated;
}
