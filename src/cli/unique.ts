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

/** Two nodes that are one: where loading has said so already, the rules of OMS need not. */
export function withoutTwins(
  topology: readonly Diagnostic[],
  loaded: readonly Diagnostic[],
): readonly Diagnostic[] {
  const isTwin = ({ code, severity }: Diagnostic): boolean => code === 'duplicate' && severity === 'error';
  return loaded.some(isTwin) ? topology.filter((found) => !isTwin(found)) : topology;
}

/** A value that is wrong by an earlier rule need not be called a wrong argument too. */
export function withoutRepeats(
  problems: readonly Diagnostic[],
  earlier: readonly Diagnostic[],
): readonly Diagnostic[] {
  const errors = earlier.filter(({ at, severity }) => at !== undefined && severity === 'error');
  const told = new Set(errors.map(({ at }) => placeKey(at)));
  return problems.filter(({ code, at }) => code !== 'bad-argument' || !told.has(placeKey(at)));
}
