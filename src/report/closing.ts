import type { RecapRow, TaskFinished, TaskRef } from '../events/event.ts';
import type { Failure } from '../model/result.ts';
import { columns, cut, oneLine, pad, printable } from './screen.ts';
import type { Palette } from './screen.ts';

const TAIL_LINES = 20;
const COUNTS = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'] as const;
const LABEL_WIDTH = 11;

/** "role : task", or the task alone; with the items of the loops over blocks and includes around it. */
export function taskTitle({
  role,
  name,
  module,
  within = [],
}: Pick<TaskRef, 'role' | 'name' | 'module' | 'within'>): string {
  const items = within.length === 0 ? '' : `  (item=${within.map(oneLine).join(', ')})`;
  const title = `${oneLine(name === '' ? module : name)}${items}`;
  return role === undefined ? title : `${oneLine(role)} : ${title}`;
}

/** Everything a reader needs to mend one failure. */
export function drawFailure(event: TaskFinished, palette: Palette): readonly string[] {
  const { failure } = event;
  const item = event.item === undefined ? '' : `  (item=${oneLine(event.item)})`;
  const place = `${event.at.file}:${event.at.line}`;
  const where = event.delegatedTo === undefined ? event.node : `${event.node} -> ${event.delegatedTo}`;
  const head = `  ${palette.bad(oneLine(where))}  ${taskTitle(event)}${item}  ${palette.dim(`(${printable(place)})`)}`;
  return failure ? [head, ...message(failure), ...details(failure, palette)] : [head];
}

function message(failure: Failure): readonly string[] {
  return printable(failure.message)
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`);
}

function details(failure: Failure, palette: Palette): readonly string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['command', failure.command],
    ['exit code', failure.exitCode?.toString()],
    ['stdout', tail(failure.stdout)],
    ['stderr', tail(failure.stderr)],
    ['hint', failure.hint],
  ];
  return rows.flatMap(([label, text]) => {
    if (text === undefined || text === '') return [];
    const [first = '', ...others] = printable(text).trimEnd().split('\n');
    const indent = ' '.repeat(LABEL_WIDTH + 4);
    return [`    ${palette.dim(pad(label, LABEL_WIDTH))}${first}`, ...others.map((line) => indent + line)];
  });
}

/** The last lines, and how many came before. */
function tail(text: string | undefined): string | undefined {
  const lines = printable(text ?? '')
    .trimEnd()
    .split('\n');
  const left = lines.length - TAIL_LINES;
  if (left <= 0) return lines.join('\n');
  // A module may have cut the text already; it says so with a leading "…".
  const count = lines[0]?.startsWith('…') === true ? `${left} or more` : `${left}`;
  return [`(${count} lines before)`, ...lines.slice(-TAIL_LINES)].join('\n');
}

/** One line per task that check mode could not answer, with the reason. */
export function drawUnknown(events: readonly TaskFinished[], width: number): readonly string[] {
  const nodes = Math.max(0, ...events.map((event) => columns(oneLine(event.node))));
  return events.map((event) => {
    const item = event.item === undefined ? '' : ` (item=${oneLine(event.item)})`;
    return cut(
      `  ${pad(oneLine(event.node), nodes)}   ${taskTitle(event)}${item}  ${oneLine(event.reason ?? 'no reason given')}`,
      width,
    );
  });
}

/** The counts per node in columns; never cut, whatever the width. */
export function drawRecap(rows: readonly RecapRow[], check: boolean, palette: Palette): readonly string[] {
  const names = check ? ([...COUNTS, 'unknown'] as const) : COUNTS;
  const nodes = Math.max(0, ...rows.map((row) => columns(oneLine(row.node))));
  const widths = names.map((name) => Math.max(0, ...rows.map((row) => `${name}=${row[name]}`.length)));
  return rows.map((row) => {
    const cells = names.map((name, i) => {
      const cell = pad(`${name}=${row[name]}`, i === names.length - 1 ? 0 : (widths[i] ?? 0));
      return row[name] > 0 && name !== 'skipped' ? palette.status[name](cell) : cell;
    });
    return `  ${[pad(oneLine(row.node), nodes + 1), ...cells].join('  ')}`;
  });
}
