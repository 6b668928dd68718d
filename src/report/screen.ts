import pc from 'picocolors';
import stringWidth from 'string-width';
import type { TaskStatus } from '../model/result.ts';

type Paint = (text: string) => string;

/** The colours of the human form; without colour every paint gives its text back. */
export interface Palette {
  readonly heading: Paint;
  readonly dim: Paint;
  readonly bad: Paint;
  readonly added: Paint;
  readonly removed: Paint;
  readonly hunk: Paint;
  readonly warning: Paint;
  readonly status: Readonly<Record<TaskStatus, Paint>>;
}

export function createPalette(color: boolean): Palette {
  const c = pc.createColors(color);
  return {
    heading: c.bold,
    dim: c.dim,
    bad: c.red,
    added: c.green,
    removed: c.red,
    hunk: c.cyan,
    warning: c.yellow,
    status: {
      ok: c.green,
      changed: c.yellow,
      skipped: c.dim,
      failed: c.red,
      unreachable: c.red,
      rescued: c.yellow,
      ignored: c.yellow,
      unknown: c.magenta,
    },
  };
}

const ESCAPE_SEQUENCE =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]/g;
const LINE_END = /\r\n|\r/g;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What takes one column each and needs no care: nearly every text, and what can be told of a character is slow. */
const ORDINARY = /^[ -~]*$/;

/** Text that cannot steer a terminal: escape sequences are taken out, control characters are spelled. */
export function printable(text: string): string {
  if (ORDINARY.test(text)) return text;
  const plain = text.replace(ESCAPE_SEQUENCE, '').replace(LINE_END, '\n');
  return plain.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** {@link printable} text on one line: from the second line on it is left out. */
export function oneLine(text: string): string {
  if (ORDINARY.test(text)) return text.trim();
  const lines = printable(text).replaceAll('\t', ' ').trim().split('\n');
  return lines.length === 1 ? (lines[0] ?? '') : `${lines[0]?.trimEnd()} …`;
}

/** Cut to so many columns, with … where something is missing. */
export function cut(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY || columns(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Filled up to so many columns; Chinese characters count as two. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

export function columns(text: string): number {
  return ORDINARY.test(text) ? text.length : stringWidth(text);
}

/** "0.4 s", "12 s", "3 min 5 s". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const rest =
    minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return rest;
}
