import type { RawPath } from '../../transport/tree.ts';
import { pathText } from '../../transport/tree.ts';

/** Whether a path below the folder is left out by itself; what is in a folder that is left out is, too. */
export type Excludes = (path: RawPath, isFolder: boolean) => boolean;

/**
 * rsync's patterns: `*` and `?` stop at a /, `**` does not; / at the beginning stands for the folder itself, else the
 * pattern fits the end of a path; / at the end: folders only.
 */
export function excluder(patterns: readonly string[]): Excludes {
  const rules = patterns.map(ruleOf);
  return (path, isFolder) => {
    const text = pathText(path);
    return rules.some(({ pattern, foldersOnly }) => (isFolder || !foldersOnly) && pattern.test(text));
  };
}

function ruleOf(text: string): { readonly pattern: RegExp; readonly foldersOnly: boolean } {
  const body = text.replace(/^\//, '').replace(/\/$/, '');
  const start = text.startsWith('/') ? '^' : '(?:^|/)';
  return { pattern: new RegExp(`${start}${expressionOf(body)}$`, 'su'), foldersOnly: text.endsWith('/') };
}

function expressionOf(glob: string): string {
  return glob.replace(/\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|\\.|[^]/gu, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 2 && part.startsWith('[')) return setOf(part.slice(1, -1));
    return escaped(part.length > 1 && part.startsWith('\\') ? part.slice(1) : part);
  });
}

function setOf(members: string): string {
  const isNegated = /^[!^]/.test(members);
  const rest = (isNegated ? members.slice(1) : members).replace(/[\\\]^[&|~]/g, '\\$&');
  return `(?!/)[${isNegated ? '^' : ''}${rest}]`;
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
