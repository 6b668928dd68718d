import type { SourceRange } from '../model/source.ts';

/** Turns offsets of one text into lines and columns. */
export interface Places {
  /** The place from `start` to `end`, or to the end of the line where `end` is on a later one. */
  range(start: number, end: number): SourceRange;
  /** The text of a line, counted from 1. */
  line(number: number): string;
}

/** Places in `text`, shown as parts of `file`. */
export function placesOf(text: string, file: string): Places {
  const starts = lineStarts(text);
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const endOfLine = (index: number): number => {
    const next = starts[index + 1];
    const end = next === undefined ? text.length : next - 1;
    return end > 0 && next !== undefined && text[end - 1] === '\r' ? end - 1 : end;
  };
  return {
    range: (start, end) => {
      const index = lineAt(start);
      const first = starts[index] ?? 0;
      const length = Math.max(1, Math.min(end, endOfLine(index)) - start);
      return { file, line: index + 1, column: start - first + 1, length };
    },
    line: (number) => text.slice(starts[number - 1] ?? text.length, endOfLine(number - 1)),
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
