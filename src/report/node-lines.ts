import type { NodeTaskRef, TaskFinished } from '../events/event.ts';
import type { Change, TaskStatus } from '../model/result.ts';
import { drawDiff } from './difference.ts';
import { cut, oneLine, pad, printable } from './screen.ts';
import type { Palette } from './screen.ts';

const STATUS_WIDTH = 13;
/** Indent of what stands below a node's line. */
export const BELOW = '      ';

/** What the lines of the human form are fitted to. */
export interface Layout {
  readonly palette: Palette;
  readonly width: number;
  /** Of the column of node names. */
  readonly nodeWidth: number;
  readonly verbosity: number;
}

/** The lines of a finished task on a node: status, node, changes; below them messages, diffs and the result. */
export function drawResult(event: TaskFinished, layout: Layout): readonly string[] {
  const message = event.message === undefined ? [] : printable(event.message).trimEnd().split('\n');
  const inline = message.length === 1 && event.changes.length === 0 ? message[0] : undefined;
  const lines = [statusLine(event.status, event, wordsOf(event, inline), layout)];
  // Most results are one line, and there may be a hundred thousand of them.
  if (event.changes.length > 1) lines.push(...otherChanges(event, layout));
  if (inline === undefined) for (const line of message) lines.push(BELOW + line);
  if (event.showDiff) lines.push(...diffLines(event, layout.palette));
  if (layout.verbosity >= 2 && event.result !== undefined)
    lines.push(...jsonLines(event.result, layout.palette));
  return lines;
}

/** What stands behind the node's name. */
function wordsOf(event: TaskFinished, inline: string | undefined): string {
  const [first] = event.changes;
  const words = first === undefined ? (inline ?? reasonOf(event)) : changeWords(first);
  if (event.item === undefined) return words;
  const item = `(item=${oneLine(event.item)})`;
  return words === '' ? item : `${item}  ${words}`;
}

function otherChanges({ changes }: TaskFinished, layout: Layout): readonly string[] {
  const indent = ' '.repeat(2 + STATUS_WIDTH + layout.nodeWidth + 3);
  return changes.slice(1).map((change) => cut(indent + changeWords(change), layout.width));
}

function changeWords({ subject, summary }: Change): string {
  return `${oneLine(subject)}  ${oneLine(summary)}`;
}

/** A dim line about work that goes on: progress, retries. */
export function drawPassing(word: string, ref: NodeTaskRef, text: string, layout: Layout): string {
  return layout.palette.dim(cut(`${start(word, ref, layout)}   ${text}`, layout.width));
}

/** A line that the remote program wrote; never cut. */
export function drawOutput(line: string, ref: NodeTaskRef, layout: Layout): string {
  return `${layout.palette.dim(start('|', ref, layout))}   ${printable(line)}`.trimEnd();
}

function statusLine(status: TaskStatus, ref: NodeTaskRef, text: string, layout: Layout): string {
  const line = cut(`${start(status, ref, layout)}   ${text}`.trimEnd(), layout.width);
  const paint = layout.palette.status[status];
  return status === 'skipped' ? paint(line) : line.replace(status, (word) => paint(word));
}

function start(word: string, { node, delegatedTo }: NodeTaskRef, { nodeWidth }: Layout): string {
  const name = delegatedTo === undefined ? node : `${node} -> ${delegatedTo}`;
  return `  ${pad(word, STATUS_WIDTH)}${pad(oneLine(name), nodeWidth)}`;
}

function reasonOf({ reason, failure }: TaskFinished): string {
  return oneLine(failure?.message ?? reason ?? '');
}

function diffLines(event: TaskFinished, palette: Palette): readonly string[] {
  return event.changes
    .flatMap(({ diff }) => (diff ? drawDiff(diff, palette) : []))
    .map((line) => BELOW + line);
}

function jsonLines(result: unknown, palette: Palette): readonly string[] {
  return JSON.stringify(result, null, 2)
    .split('\n')
    .map((line) => palette.dim(BELOW + printable(line)));
}
