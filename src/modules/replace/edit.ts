import { partOf, refuseBadRegex, substituted } from '../regex.ts';

export interface Replacing {
  readonly regexp: string;
  readonly replace: string;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export interface Replaced {
  readonly text: string;
  readonly count: number;
  /** False: the part that counts is not in the text. */
  readonly isThere: boolean;
}

/** The text with every match replaced in the part of it that counts. */
export function replaced(text: string, { regexp, replace, after, before }: Replacing): Replaced {
  const part = partBetween(text, after, before);
  if (part === undefined) return { text, count: 0, isThere: false };
  const [start, end] = part;
  const done = substituted(regexp, replace, text.slice(start, end));
  return { text: text.slice(0, start) + done.text + text.slice(end), count: done.count, isThere: true };
}

function partBetween(
  text: string,
  after: string | undefined,
  before: string | undefined,
): readonly [number, number] | undefined {
  if (after === undefined && before === undefined) return [0, text.length];
  // Each by itself, so that neither closes a parenthesis of the other.
  if (after !== undefined) refuseBadRegex(after, 'after');
  if (before !== undefined) refuseBadRegex(before, 'before');
  const part = before === undefined ? '(?<oms_part>[\\s\\S]*)' : '(?<oms_part>[\\s\\S]*?)';
  return partOf(`${group(after)}${part}${group(before)}`, text, after === undefined ? 'before' : 'after');
}

function group(regex: string | undefined): string {
  return regex === undefined ? '' : `(?:${regex})`;
}
