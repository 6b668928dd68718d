import { resolve } from 'node:path';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Sources } from '../load/sources.ts';
import { splitPattern } from '../plan/pattern-terms.ts';
import type { PlacedPattern } from '../plan/patterns.ts';

/** The patterns of `-l`: `@file` stands for the lines of a file, blank ones and those with `#` in front left out. */
export function readLimit(
  limit: string | undefined,
  sources: Sources,
  cwd: string,
): Checked<readonly PlacedPattern[] | undefined> {
  if (limit === undefined) return { value: undefined, problems: [] };
  const problems: Diagnostic[] = [];
  const value = splitPattern(limit, () => true).flatMap((term): readonly PlacedPattern[] => {
    if (!term.startsWith('@')) return [{ text: term, at: undefined }];
    return linesOf(resolve(cwd, term.slice(1)), sources, problems);
  });
  return { value, problems };
}

function linesOf(file: string, sources: Sources, problems: Diagnostic[]): readonly PlacedPattern[] {
  const text = sources.read(file);
  const shown = sources.shown(file);
  if (text === undefined) {
    const why = sources.why(file)?.detail ?? '';
    problems.push(problem('not-found', undefined, 'cannot read the limit', `-l @${shown}: ${why}`));
    return [];
  }
  const lines = text.split(/\r?\n/).flatMap((line, i): readonly PlacedPattern[] => {
    const pattern = line.trim();
    if (pattern === '' || pattern.startsWith('#')) return [];
    const column = line.length - line.trimStart().length + 1;
    return [{ text: pattern, at: { file: shown, line: i + 1, column, length: pattern.length } }];
  });
  // An empty file must not come to mean "all nodes".
  if (lines.length === 0) {
    const detail = `${shown} names no node. Each line is a pattern: a node, a group, a region, …`;
    problems.push(
      problem('bad-pattern', { file: shown, line: 1, column: 1, length: 1 }, 'empty limit', detail),
    );
  }
  return lines;
}
