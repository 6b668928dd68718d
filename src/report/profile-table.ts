import { byteCount, counted, padLeft, share, shortTime } from './figures.ts';
import { phaseNames, type ProfileSummary } from './profile.ts';
import { columns, cut, duration, oneLine, pad, type Palette } from './screen.ts';

const TOP = 10;
const LONGEST_NAME = 24;
const CELL = 10;

/** What the lines are fitted to; `width` may be Infinity. */
export interface TableLayout {
  readonly palette: Palette;
  readonly width: number;
}

/** The lines that say where the time of a run went. */
export function drawProfile(summary: ProfileSummary, { palette, width }: TableLayout): readonly string[] {
  const sections = [
    phaseSection(summary),
    ...taskSections(summary),
    nodeSection(summary, width),
    roundTripSection(summary, width),
    aheadSection(summary),
  ];
  return sections.flatMap(([title, ...lines]) => {
    if (title === undefined) return [];
    return [palette.heading(cut(title, width)), ...lines.map((line) => cut(line, width))];
  });
}

/** A title and its lines; empty: there is nothing to say. */
type Section = readonly string[];

const words: Readonly<Record<(typeof phaseNames)[number], string>> = {
  waitMs: 'wait',
  connectMs: 'connect',
  checkMs: 'check',
  applyMs: 'apply',
  transferMs: 'transfer',
  pauseMs: 'pause',
  otherMs: 'other',
};

const remarks: Readonly<Partial<typeof words>> = {
  waitMs: 'for a place in the limits',
  transferMs: 'of large files',
  pauseMs: 'between tries',
  otherMs: 'work of the controller',
};

function phaseSection({ phases, busyMs, idleMs, wallMs, nodes }: ProfileSummary): Section {
  const workers = nodes.filter((node) => node.busyMs > 0).length;
  const where = workers === 1 ? '1 node' : `${workers} nodes together`;
  return [
    `PROFILE  ${duration(wallMs)}; ${where}: busy ${shortTime(busyMs)}, idle ${shortTime(idleMs)}`,
    ...phaseNames
      .filter((name) => phases[name] > 0)
      .map((name) => {
        const remark = remarks[name] === undefined ? '' : ` ${remarks[name]}`;
        return `  ${padLeft(shortTime(phases[name]), CELL)}${padLeft(share(phases[name], busyMs), 7)}  ${words[name]}${remark}`;
      }),
  ];
}

function taskSections({ tasks, nodes }: ProfileSummary): readonly Section[] {
  const slowest = top(tasks, (task) => task.slowestMs);
  const names = nameColumn(slowest.map((task) => task.slowestNode));
  const together = top(tasks, (task) => task.workMs);
  const line = (ms: number, where: string, title: string): string =>
    `  ${padLeft(shortTime(ms), CELL)}  ${where}  ${title}`;
  return [
    [
      'SLOWEST TASKS, on their slowest node',
      ...slowest.map((task) => line(task.slowestMs, names(task.slowestNode), task.title)),
    ],
    // Of a single node both would be the same.
    nodes.length === 1
      ? []
      : [
          'SLOWEST TASKS, all nodes together',
          ...together.map((task) => line(task.workMs, pad(counted(task.nodes, 'node'), 9), task.title)),
        ],
  ];
}

function nodeSection({ nodes, phases }: ProfileSummary, width: number): Section {
  const slowest = top(nodes, (node) => node.busyMs);
  const names = nameColumn(['node', ...slowest.map(({ node }) => node)]);
  // Of the phases those that say most, as many as there is room for.
  const said = phaseNames.filter((phase) => phases[phase] > 0).toSorted((a, b) => phases[b] - phases[a]);
  const shown = said.slice(0, cellsIn(width, names('')) - 1);
  const ordered = phaseNames.filter((phase) => shown.includes(phase));
  return [
    'SLOWEST NODES',
    row(names('node'), ['busy', ...ordered.map((phase) => words[phase])]),
    ...slowest.map((one) => {
      return row(names(one.node), [one.busyMs, ...ordered.map((phase) => one.phases[phase])].map(shortTime));
    }),
  ];
}

function roundTripSection({ nodes }: ProfileSummary, width: number): Section {
  const reached = nodes.flatMap(({ node, connection }) => (connection ? [{ node, ...connection }] : []));
  if (reached.length === 0) return [];
  const trips = reached.map((node) => node.roundTrips).toSorted((a, b) => a - b);
  const median = trips[Math.floor((trips.length - 1) / 2)] ?? 0;
  const worst = top(reached, (node) => node.roundTrips);
  const names = nameColumn(['node', ...worst.map(({ node }) => node)]);
  const cells = cellsIn(width, names(''));
  const heads = ['trips', 'requests', 'sent', 'received', 'connect', 'shells'];
  return [
    `ROUND TRIPS PER NODE  least ${trips[0]}, median ${median}, most ${trips.at(-1)}`,
    row(names('node'), heads.slice(0, cells)),
    ...worst.map((one) => {
      const { roundTrips, requests, bytesSent, bytesReceived, connectMs, channels } = one;
      const bytes = [bytesSent, bytesReceived].map(byteCount);
      const all = [`${roundTrips}`, `${requests}`, ...bytes, shortTime(connectMs), `${channels}`];
      return row(names(one.node), all.slice(0, cells));
    }),
  ];
}

function aheadSection({ ahead }: ProfileSummary): Section {
  const { asked, used, changedSince, otherArguments, unused, notAsked } = ahead;
  const rows: readonly (readonly [number, string])[] = [
    [used, `used (${share(used, asked)})`],
    [changedSince, 'thrown away: something changed since'],
    [otherArguments, 'thrown away: the arguments came out otherwise'],
    [unused, 'not needed, or asked anew'],
    [notAsked, 'not asked ahead: the look waited for its turn'],
  ];
  return [
    `LOOKS AHEAD  ${asked} asked`,
    ...rows.filter(([n]) => n > 0).map(([n, what]) => `  ${padLeft(`${n}`, CELL)}  ${what}`),
  ];
}

/** The largest ones; what took no time is not among them. */
function top<T>(all: readonly T[], size: (one: T) => number): readonly T[] {
  const some = all.filter((one) => size(one) > 0);
  return some.toSorted((a, b) => size(b) - size(a)).slice(0, TOP);
}

/** Makes all of these names equally wide. */
function nameColumn(names: readonly string[]): (name: string) => string {
  const short = (name: string): string => cut(oneLine(name), LONGEST_NAME);
  const width = Math.max(0, ...names.map((name) => columns(short(name))));
  return (name) => pad(short(name), width);
}

function row(name: string, cells: readonly string[]): string {
  return `  ${name}${cells.map((cell) => padLeft(cell, CELL)).join('')}`;
}

/** How many cells fit behind a name; one always has to. */
function cellsIn(width: number, name: string): number {
  return Math.max(1, Math.floor((width - 2 - columns(name)) / CELL));
}
