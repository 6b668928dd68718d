import { structuredPatch } from 'diff';
import type { Data } from '../model/data.ts';
import type { Diff } from '../model/result.ts';
import { printable } from './screen.ts';
import type { Palette } from './screen.ts';

const MOST_LINES = 500;
const PATIENCE_MS = 2000;

/** The lines that show a diff: unified for text, `name: before → after` for values. */
export function drawDiff(diff: Diff, palette: Palette): readonly string[] {
  if (diff.kind === 'values') {
    return diff.rows.map(({ name, before, after }) => {
      const [old, now] = [palette.removed(shown(before)), palette.added(shown(after))];
      return `${printable(name)}: ${old} → ${now}`;
    });
  }
  return drawText(diff, palette);
}

function drawText(diff: Extract<Diff, { kind: 'text' }>, palette: Palette): readonly string[] {
  const { path, before, after } = diff;
  const patch = structuredPatch(path, path, before, after, '', '', { context: 3, timeout: PATIENCE_MS });
  const head = [
    palette.removed(`--- ${printable(path)} (before)`),
    palette.added(`+++ ${printable(path)} (after)`),
  ];
  if (!patch) return [...head, palette.dim('(too different to be compared line by line)')];
  const body = patch.hunks.flatMap((hunk) => [
    palette.hunk(`@@ -${place(hunk.oldStart, hunk.oldLines)} +${place(hunk.newStart, hunk.newLines)} @@`),
    ...hunk.lines.map((line) => paintLine(line, palette)),
  ]);
  const left = body.length - MOST_LINES;
  const shownBody = left > 0 ? [...body.slice(0, MOST_LINES), palette.dim(`… ${left} more lines`)] : body;
  return [...head, ...shownBody];
}

/** As diff and patch write it: where there are no lines, the number of the line before. */
function place(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function paintLine(line: string, palette: Palette): string {
  const text = printable(line.replace(/\r$/, '␍'));
  if (line.startsWith('+')) return palette.added(text);
  return line.startsWith('-') ? palette.removed(text) : text;
}

function shown(value: Data): string {
  if (value === null) return '(none)';
  if (typeof value === 'string' && /^[^\s"]+$/.test(value)) return printable(value);
  return printable(JSON.stringify(value));
}
