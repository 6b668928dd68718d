import { problem } from '../diagnostics/diagnostic.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceNode } from '../model/source.ts';
import { compose } from './yaml-compose.ts';
import { convert } from './yaml-convert.ts';
import { explain, isStructural, tagProblem } from './yaml-messages.ts';
import { placesOf } from './places.ts';
import type { Places } from './places.ts';
import type { Composed } from './yaml-compose.ts';
import type { VaultReader } from '../vault/vault.ts';

/**
 * A YAML 1.2 text with the place of every value; undefined for an empty text, and for one whose structure
 * is broken (then there are problems). Smaller mistakes leave the rest of the tree to be checked.
 */
export function parseYaml(text: string, file: string, vault?: VaultReader): Checked<SourceNode | undefined> {
  const places = placesOf(text, file);
  const composed = compose(text);
  const problems =
    composed.tooDeepAt === undefined
      ? syntaxProblems(composed, places)
      : [tooDeep(composed.tooDeepAt, places)];
  const broken =
    composed.tooDeepAt !== undefined || composed.errors.some((error) => isStructural(error.code));
  if (broken || composed.document === undefined) return { value: undefined, problems };
  for (const warning of composed.warnings) {
    const found = tagProblem(text, warning.pos[0], places);
    if (found !== undefined) problems.push(found);
  }
  const value = convert(composed.document, places, (found) => problems.push(found), vault);
  return { value, problems: inOrder(problems) };
}

function syntaxProblems(composed: Composed, places: Places): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const lines = new Set<number>();
  for (const error of composed.errors) {
    const found = explain(error, places);
    const line = lineOf(found);
    // One slip makes the parser complain many times: the first of a line is the one that helps.
    if (!lines.has(line)) problems.push(found);
    lines.add(line);
    if (isStructural(error.code)) break;
  }
  return problems;
}

function tooDeep(offset: number, places: Places): Diagnostic {
  const detail =
    'Values are nested more than 100 levels deep here; no such file is needed. Is it generated wrongly?';
  return problem('yaml-syntax', places.range(offset, offset + 1), 'YAML is nested too deeply', detail);
}

function inOrder(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...problems].sort((a, b) => lineOf(a) - lineOf(b) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
}

function lineOf({ at }: Diagnostic): number {
  return at?.line ?? 0;
}
