import { createColors } from 'picocolors';
import stringWidth from 'string-width';
import type { SourceRange } from '../model/source.ts';
import type { Diagnostic } from './diagnostic.ts';
import { hideSecrets } from './hide-secrets.ts';
import type { MarkedLine } from './hide-secrets.ts';

/** How diagnostics look. `width`: columns that a source line may take. */
export interface DrawStyle {
  readonly color: boolean;
  readonly width?: number;
}

type Paint = ReturnType<typeof createColors>;

const PLAIN: DrawStyle = { color: false };
const WIDTH = 100;
const TAB = '  ';

/** The problem with its source line, for people. Values of secrets in the line are blotted out. */
export function drawDiagnostic(
  problem: Diagnostic,
  texts: ReadonlyMap<string, string>,
  style: DrawStyle = PLAIN,
): string {
  return draw(problem, linesIn(texts), style);
}

function draw(problem: Diagnostic, linesOf: LinesOf, style: DrawStyle): string {
  const paint = createColors(style.color);
  const isError = problem.severity === 'error';
  const word = isError ? paint.red('Error') : paint.yellow('Warning');
  const head = `${paint.bold(word)}${paint.bold(`: ${problem.summary}`)}`;
  const detail = printable(problem.detail).split('\n');
  const snippet =
    problem.at === undefined
      ? []
      : drawPlace(problem.at, linesOf(problem.at.file), { paint, isError, style });
  return [head, ...snippet, ...detail.map((line) => `  ${line}`)].join('\n');
}

/** All problems, those without a place first, then by file and line; the last line counts them. */
export function drawAll(
  problems: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  style: DrawStyle = PLAIN,
): string {
  if (problems.length === 0) return '';
  const linesOf = linesIn(texts);
  const drawn = [...problems].sort(byPlace).map((problem) => draw(problem, linesOf, style));
  return [...drawn, countLine(problems)].join('\n\n');
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [one, two] = [a.at, b.at];
  if (one === undefined || two === undefined) return Number(one !== undefined) - Number(two !== undefined);
  if (one.file !== two.file) return one.file < two.file ? -1 : 1;
  return one.line - two.line || one.column - two.column;
}

function countLine(problems: readonly Diagnostic[]): string {
  const files = new Set(problems.flatMap((problem) => (problem.at === undefined ? [] : [problem.at.file])));
  const count = counted(problems.length, 'problem');
  return files.size === 0 ? count : `${count} in ${counted(files.size, 'file')}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

type LinesOf = (file: string) => readonly string[] | undefined;

/** Splits each text once, however many problems are in it. */
function linesIn(texts: ReadonlyMap<string, string>): LinesOf {
  const split = new Map<string, readonly string[]>();
  return (file) => {
    const text = texts.get(file);
    const lines = split.get(file) ?? text?.split(/\r?\n/);
    if (lines !== undefined) split.set(file, lines);
    return lines;
  };
}

interface Drawing {
  readonly paint: Paint;
  readonly isError: boolean;
  readonly style: DrawStyle;
}

function drawPlace(
  at: SourceRange,
  lines: readonly string[] | undefined,
  drawing: Drawing,
): readonly string[] {
  const { paint } = drawing;
  const place = `  ${paint.cyan(`${printable(at.file)}:${at.line}:${at.column}`)}`;
  const line = lines?.[at.line - 1];
  if (lines === undefined || line === undefined || line.trim() === '') return [place];
  const digits = String(at.line).length;
  const row = (label: string, text: string): string =>
    `  ${paint.dim(`${label.padStart(digits)} │`)} ${text}`.trimEnd();
  const target = hideSecrets(lines, at.line - 1, { column: at.column, length: at.length });
  const cut = cutAround(target, drawing.style.width ?? WIDTH);
  const before = at.line < 2 ? '' : hideSecrets(lines, at.line - 2, { column: 1, length: 1 }).text;
  const context =
    before.trim() === '' ? [] : [row(String(at.line - 1), shifted(before, cut.skipped, drawing))];
  const mark = drawing.isError ? paint.red : paint.yellow;
  const carets = ' '.repeat(widthOf(cut.before)) + mark('^'.repeat(Math.max(1, widthOf(cut.marked))));
  return [place, ...context, row(String(at.line), cut.text), row('', carets)];
}

interface Cut {
  readonly text: string;
  readonly before: string;
  readonly marked: string;
  /** True when the beginning of the line was left out. */
  readonly skipped: boolean;
}

/** The part of a long line that shows the place; characters are dropped from both sides. */
function cutAround(target: MarkedLine, width: number): Cut {
  const start = Math.min(target.column - 1, target.text.length);
  const end = start + target.length;
  // Looking at more of a line than can ever be shown would take long for one of a megabyte.
  const before = printable(target.text.slice(Math.max(0, start - 4 * width), start));
  const marked = printable(target.text.slice(start, Math.min(end, start + 4 * width)));
  const after = printable(target.text.slice(end, end + 4 * width));
  const whole = before + marked + after;
  if (target.text.length <= 4 * width && widthOf(whole) <= width) {
    return { text: whole, before, marked, skipped: false };
  }
  const shownMarked = takeStart(marked, Math.floor(width / 2));
  const room = width - widthOf(shownMarked) - 2;
  const skipped = widthOf(before) > Math.floor(room / 2);
  const shownBefore = skipped ? `…${takeEnd(before, Math.floor(room / 2))}` : before;
  const rest = marked.slice(shownMarked.length) + after;
  const shownAfter = takeStart(rest, Math.max(0, room - widthOf(shownBefore)));
  const more = shownAfter.length < rest.length ? '…' : '';
  return {
    text: shownBefore + shownMarked + shownAfter + more,
    before: shownBefore,
    marked: shownMarked,
    skipped,
  };
}

/** The line before only says where one is: its beginning will do. */
function shifted(line: string, skipped: boolean, { style }: Drawing): string {
  const width = style.width ?? WIDTH;
  const text = printable(line.slice(0, 4 * width));
  if (widthOf(text) <= width && !skipped) return text;
  const start = takeStart(text, width - 1);
  return start.length < text.length ? `${start}…` : start;
}

/** Tabs as spaces, and no character that a terminal would obey. */
function printable(text: string): string {
  return text
    .replaceAll('\t', TAB)
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '·');
}

/** string-width is slow on long plain text, which needs no looking at. */
function widthOf(text: string): number {
  return /^[\u0020-\u007e]*$/.test(text) ? text.length : stringWidth(text);
}

function takeStart(text: string, width: number): string {
  let used = 0;
  let taken = '';
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

function takeEnd(text: string, width: number): string {
  let used = 0;
  const taken: string[] = [];
  for (const character of [...text].reverse()) {
    used += widthOf(character);
    if (used > width) break;
    taken.push(character);
  }
  return taken.reverse().join('');
}
