import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** The problems without repeats: what two stages both see is told once. */
export function uniqueProblems(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return problems.filter(({ at, summary, detail }) => {
    const key = JSON.stringify([placeKey(at), summary, detail]);
    return !seen.has(key) && seen.add(key);
  });
}

/** The same text for the same place. */
export function placeKey(at: Diagnostic['at']): string {
  return at === undefined ? '' : `${at.file}:${at.line}:${at.column}`;
}
