import { isSecretName } from '../model/magic.ts';

/** A line with a place in it; `column` counts from 1. */
export interface MarkedLine {
  readonly text: string;
  readonly column: number;
  readonly length: number;
}

/** Bounded and anchored at the beginning of words: a line may be a megabyte long. */
const HEAD = /(?<![\w-])([\w-]{1,100})["']?\s{0,9}[:=]\s{0,99}/g;
const VALUE = /"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,}#'"][^,}]*/y;
/** A key at the beginning of a line: its value goes to the end of the line, commas and all. */
const BLOCK_PAIR = /^(\s*(?:- )*["']?([\w-]{1,100})["']?\s*:\s+)(?![{[#])\S/;
const KEY = /^\s*(?:- )*["']?([\w-]+)["']?\s*:(?:\s|$)/;
const FARTHEST = 200;

/** Line `index` with the values of secret-named keys as `***`; the place moves along. */
export function hideSecrets(
  lines: readonly string[],
  index: number,
  place: { readonly column: number; readonly length: number },
): MarkedLine {
  const line = lines[index] ?? '';
  if (isInSecretBlock(lines, index)) {
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    return { text: `${indent}***`, column: indent.length + 1, length: 3 };
  }
  return secretSpans(line).reduceRight<MarkedLine>(blot, { text: line, ...place });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function secretSpans(line: string): readonly Span[] {
  const block = BLOCK_PAIR.exec(line);
  if (block !== null) {
    const [, head = '', name = ''] = block;
    const value = line.slice(head.length).trimEnd();
    if (isSecretKey(name) && !isHarmless(value))
      return [{ start: head.length, end: head.length + value.length }];
  }
  const spans: Span[] = [];
  for (const match of line.matchAll(HEAD)) {
    const start = match.index + match[0].length;
    if (start < (spans.at(-1)?.end ?? 0) || !isSecretKey(match[1] ?? '')) continue;
    const value = valueAt(line, start);
    if (value !== '' && !isHarmless(value)) spans.push({ start, end: start + value.length });
  }
  return spans;
}

function valueAt(line: string, start: number): string {
  const value = new RegExp(VALUE);
  value.lastIndex = start;
  return value.exec(line)?.[0].trimEnd() ?? '';
}

function isSecretKey(name: string): boolean {
  return isSecretName(name.replaceAll('-', '_'));
}

/** Three stars instead of the span; a place that touches the span marks all of the stars. */
function blot({ text, column, length }: MarkedLine, { start, end }: Span): MarkedLine {
  const blotted = `${text.slice(0, start)}***${text.slice(end)}`;
  const shift = 3 - (end - start);
  const [from, to] = [column - 1, column - 1 + length];
  if (from >= end) return { text: blotted, column: column + shift, length };
  if (to <= start) return { text: blotted, column, length };
  const first = Math.min(from, start);
  return { text: blotted, column: first + 1, length: Math.max(to, end) + shift - first };
}

/** A template shows where the secret comes from, not what it is; a block header and null show nothing. */
function isHarmless(value: string): boolean {
  return /^["']?\{\{[^{}]*\}\}["']?$/.test(value) || /^[|>][-+0-9]*$/.test(value) || /^(null|~)$/.test(value);
}

function isInSecretBlock(lines: readonly string[], index: number): boolean {
  let indent = indentOf(lines[index] ?? '');
  for (let i = index - 1; i >= Math.max(0, index - FARTHEST) && indent > 0; i--) {
    const line = lines[i] ?? '';
    if (line.trim() === '' || indentOf(line) >= indent) continue;
    indent = indentOf(line);
    const name = KEY.exec(line)?.[1] ?? '';
    if (isSecretKey(name)) return true;
  }
  return false;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
