import { columns, cut, duration, oneLine, pad, type Palette } from './screen.ts';
import { phaseNames, type ProfileSummary } from './profile.ts';

const TOP = 10;
const LONGEST_NAME = 24;
const GAP = 2;

/** What the lines are fitted to; `width` may be Infinity. */
export interface TableLayout {
  readonly palette: Palette;
  readonly width: number;
}

type PhaseName = (typeof phaseNames)[number];

const words: Readonly<Record<PhaseName, { readonly short: string; readonly long: string }>> = {
  waitMs: { short: 'wait', long: 'wait for a place in the limits' },
  connectMs: { short: 'connect', long: 'connect' },
  checkMs: { short: 'check', long: 'check' },
  applyMs: { short: 'apply', long: 'apply' },
  transferMs: { short: 'transfer', long: 'transfer of large files' },
  pauseMs: { short: 'pause', long: 'pause between tries' },
  otherMs: { short: 'other', long: 'other work of the controller' },
};

/** The lines that say where the time of a run went. */
export function drawProfile(summary: ProfileSummary, { palette, width }: TableLayout): readonly string[] {
  const sections = [
    phaseSection(summary),
    ...taskSections(summary),
    nodeSection(summary, width),
    roundTripSection(summary, width),
    aheadSection(summary),
  ];
  return sections
    .filter((section) => section.length > 0)
    .flatMap(([title = '', ...lines]) => [
      palette.heading(cut(title, width)),
      ...lines.map((line) => cut(line, width)),
    ]);
}

type Section = readonly string[];

function phaseSection({ phases, busyMs, idleMs, wallMs, nodes }: ProfileSummary): Section {
  const lines = phaseNames
    .filter((name) => phases[name] > 0)
    .map(
      (name) =>
        `  ${right(time(phases[name]), 8)}${right(share(phases[name], busyMs), 6)}  ${words[name].long}`,
    );
  return [
    `TIME ${duration(wallMs)}, ${count(nodes.length, 'node')}: busy ${time(busyMs)}, idle ${time(idleMs)} together`,
    ...lines,
  ];
}

function taskSections({ tasks, nodes }: ProfileSummary): readonly Section[] {
  const slowest = top(tasks, (task) => task.slowestMs);
  const name = nameWidth(slowest.map((task) => task.slowestNode));
  const onOne = slowest.map(
    (task) => `  ${right(time(task.slowestMs), 8)}  ${pad(short(task.slowestNode), name)}  ${task.title}`,
  );
  const together = top(tasks, (task) => task.workMs).map(
    (task) => `  ${right(time(task.workMs), 8)}  ${pad(count(task.nodes, 'node'), 10)}  ${task.title}`,
  );
  return [
    ['SLOWEST TASKS, on the slowest node', ...onOne],
    // Of a single node both would be the same.
    nodes.length > 1 ? ['SLOWEST TASKS, all nodes together', ...together] : [],
  ];
}

function nodeSection({ nodes, phases }: ProfileSummary, width: number): Section {
  const slowest = top(nodes, (node) => node.busyMs);
  const name = nameWidth(['node', ...slowest.map(({ node }) => node)]);
  const room = Math.floor((width - 2 - name) / (8 + GAP)) - 1;
  // The phases that say most, as many as there is room for.
  const shown = phaseNames
    .filter((phase) => phases[phase] > 0)
    .toSorted((a, b) => phases[b] - phases[a])
    .slice(0, Math.max(0, room));
  const ordered = phaseNames.filter((phase) => shown.includes(phase));
  const line = (first: string, cells: readonly string[]): string =>
    `  ${pad(first, name)}${cells.map((cell) => right(cell, 8 + GAP)).join('')}`;
  return [
    'SLOWEST NODES',
    line('node', ['busy', ...ordered.map((phase) => words[phase].short)]),
    ...slowest.map(({ node, busyMs, phases: own }) =>
      line(short(node), [time(busyMs), ...ordered.map((phase) => time(own[phase]))]),
    ),
  ];
}

function roundTripSection({ nodes }: ProfileSummary, width: number): Section {
  const reached = nodes.flatMap(({ node, connection }) =>
    connection === undefined ? [] : [{ node, ...connection }],
  );
  if (reached.length === 0) return [];
  const trips = reached.map((node) => node.roundTrips).toSorted((a, b) => a - b);
  const median = trips[Math.floor((trips.length - 1) / 2)] ?? 0;
  const worst = top(reached, (node) => node.roundTrips);
  const name = nameWidth(['node', ...worst.map(({ node }) => node)]);
  const line = (cells: readonly string[]): string =>
    `  ${pad(cells[0] ?? '', name)}${cells
      .slice(1)
      .map((cell) => right(cell, 10))
      .join('')}`;
  const heads = ['trips', 'requests', 'sent', 'received', 'connect', 'shells'];
  const shown = heads.slice(0, Math.max(1, Math.floor((width - 2 - name) / 10)));
  return [
    `ROUND TRIPS PER NODE  least ${trips[0]}, median ${median}, most ${trips.at(-1)}`,
    line(['node', ...shown]),
    ...worst.map((one) => {
      const cells = [one.roundTrips, one.requests, bytes(one.bytesSent), bytes(one.bytesReceived), time(one.connectMs), one.channels]; // prettier-ignore
      return line([short(one.node), ...cells.slice(0, shown.length).map(String)]);
    }),
  ];
}

function aheadSection({ ahead }: ProfileSummary): Section {
  const { asked, used, changedSince, otherArguments, unused, notAsked } = ahead;
  if (asked === 0)
    return ['LOOKS AHEAD  none', `  ${right(String(notAsked), 8)}  looks waited for their turn`];
  const rows: readonly (readonly [number, string])[] = [
    [used, `used (${share(used, asked)})`],
    [changedSince, 'thrown away: something changed since'],
    [otherArguments, 'thrown away: the arguments came out otherwise'],
    [unused, 'not needed, or asked anew'],
    [notAsked, 'not asked ahead: the look waited for its turn'],
  ];
  return [
    `LOOKS AHEAD  ${asked} asked`,
    ...rows.filter(([n]) => n > 0).map(([n, what]) => `  ${right(String(n), 8)}  ${what}`),
  ];
}

/** The largest ones; what took no time is not among them. */
function top<T>(all: readonly T[], size: (one: T) => number): readonly T[] {
  return all
    .filter((one) => size(one) > 0)
    .toSorted((a, b) => size(b) - size(a))
    .slice(0, TOP);
}

function nameWidth(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => columns(short(name))));
}

function short(name: string): string {
  return cut(oneLine(name), LONGEST_NAME);
}

function right(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columns(text))) + text;
}

function share(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** "0.34 ms", "12 ms", "1.25 s", "2 min 5 s". */
function time(ms: number): string {
  if (ms < 9.995) return `${ms.toFixed(ms < 0.995 ? 2 : 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 9995 ? `${(ms / 1000).toFixed(2)} s` : duration(ms);
}

function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const [scale, unit] = n < 1e6 ? [1e3, 'kB'] : n < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${(n / scale).toFixed(1)} ${unit}`;
}
