import { matchingLines } from '../regex.ts';

export interface BlockEdit {
  /** Empty: there is to be no block. */
  readonly block: string;
  readonly begin: string;
  readonly end: string;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  readonly append_newline: boolean;
  readonly prepend_newline: boolean;
}

/** The text with the block between its marks, there or gone; line ends stay as the file has them. */
export function withBlock(text: string, edit: BlockEdit): string {
  const ending = /\r\n/.test(text) ? '\r\n' : '\n';
  const closed = text === '' || text.endsWith('\n');
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const { rest, at } = withoutBlock(lines, edit);
  if (edit.block === '' && rest.length === lines.length) return text;
  const block = edit.block === '' ? [] : [edit.begin, ...linesOf(edit.block), edit.end];
  const place = at ?? placeOf(rest, edit);
  const after = [...rest.slice(0, place), ...spaced(block, rest, place, edit), ...rest.slice(place)];
  if (after.length === lines.length && after.every((line, i) => line === lines[i])) return text;
  const endsWithBlock = block.length > 0 && place === rest.length;
  return after.length === 0 ? '' : after.join(ending) + (closed || endsWithBlock ? ending : '');
}

function linesOf(block: string): readonly string[] {
  return block.replace(/\r?\n$/, '').split(/\r?\n/);
}

interface Without {
  readonly rest: readonly string[];
  /** Where it was. */
  readonly at: number | undefined;
}

/** Marks count where both are there, in either order, as in Ansible. */
function withoutBlock(lines: readonly string[], { begin, end }: BlockEdit): Without {
  const marks = [lines.lastIndexOf(begin), lines.lastIndexOf(end)];
  const [first, last] = [Math.min(...marks), Math.max(...marks)];
  if (first < 0) return { rest: lines, at: undefined };
  return { rest: lines.toSpliced(first, last - first + 1), at: first };
}

function placeOf(lines: readonly string[], { insertafter, insertbefore }: BlockEdit): number {
  if (insertbefore === 'BOF') return 0;
  if (insertbefore !== undefined)
    return matchingLines(insertbefore, lines, 'insertbefore').at(-1) ?? lines.length;
  if (insertafter === undefined || insertafter === 'EOF') return lines.length;
  const found = matchingLines(insertafter, lines, 'insertafter').at(-1);
  return found === undefined ? lines.length : found + 1;
}

/** With an empty line before and behind where that is asked for and none is there. */
function spaced(
  block: readonly string[],
  rest: readonly string[],
  place: number,
  edit: BlockEdit,
): readonly string[] {
  if (block.length === 0) return block;
  const before = edit.prepend_newline && place > 0 && rest[place - 1] !== '';
  const behind = edit.append_newline && place < rest.length && rest[place] !== '';
  return [...(before ? [''] : []), ...block, ...(behind ? [''] : [])];
}
