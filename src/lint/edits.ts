import type { Edit } from './rule.ts';

/** What `applyEdits` made: the text, and the edits that are in it. */
export interface Edited {
  readonly text: string;
  readonly applied: readonly Edit[];
}

/** Puts edits into a text, everything else byte for byte as it was; of two that touch the first one counts. */
export function applyEdits(text: string, edits: readonly Edit[]): Edited {
  const starts = lineStarts(text);
  const placed = edits
    .map((edit) => {
      const start = (starts[edit.at.line - 1] ?? text.length) + edit.at.column - 1;
      return { edit, start, end: start + edit.at.length };
    })
    .sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  const applied: Edit[] = [];
  let done = 0;
  for (const { edit, start, end } of placed) {
    if (start < done || end > text.length) continue;
    parts.push(text.slice(done, start), edit.text);
    applied.push(edit);
    done = end;
  }
  return { text: parts.join('') + text.slice(done), applied };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
