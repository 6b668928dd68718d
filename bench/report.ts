import type { Bar } from './bars.ts';
import { ratio } from './bars.ts';
import type { FolderTiming } from './folder.ts';
import { roundTrips } from './distance.ts';
import { PEERS, peerOf, type PeerId } from './peers.ts';
import { median, medianCost, type Results, type SectionName, type Timing } from './results.ts';

const TITLES: Readonly<Record<SectionName, string>> = {
  fleet: 'Ten tasks, nothing to change',
  first: 'Ten tasks, everything to make',
  distance: 'Distance: twenty tasks on one node, nothing to change',
  thousand: 'A thousand nodes in one process',
  killed: 'Connections killed in the middle of a run',
  simulated: 'The controller alone',
  start: 'Start',
  plan: 'Load and plan',
  folder: 'A thousand small files to one node',
  distribution: 'An image to the nodes of a region',
  lab: "The main job on the lab's four nodes",
};

/** A Markdown table; numbers stand on the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i < left ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n') + '\n';
}

/** What is asked, what was measured, and whether that is enough. */
export function barTable(bars: readonly Bar[]): string {
  const verdictOf = (bar: Bar): string => (bar.measured === undefined ? 'not measured' : bar.met ? 'met' : '**not met**'); // prettier-ignore
  return table(
    ['What', 'Asked', 'Measured', ''],
    bars.map((bar) => [bar.what, bar.bar, bar.measured ?? '–', verdictOf(bar)]),
    4,
  );
}

export function titleOf(name: SectionName): string {
  return TITLES[name];
}

/** A section's tables; '' when it was not measured. */
export function sectionText(name: SectionName, results: Results): string {
  switch (name) {
    case 'fleet':
      return fleetText(results.fleet?.data ?? []);
    case 'first':
      return fleetText(results.first?.data ?? []);
    case 'distance':
      return distanceText(results.distance?.data ?? []);
    case 'thousand':
      return thousandText(results);
    case 'killed':
      return killedText(results);
    case 'simulated':
      return simulatedText(results);
    case 'start':
      return startText(results);
    case 'plan':
      return planText(results);
    case 'folder':
      return folderText(results.folder?.data ?? []);
    case 'distribution':
      return distributionText(results);
    case 'lab':
      return labText(results);
  }
}

function fleetText(timings: readonly Timing[]): string {
  const counts = [...new Set(timings.map((timing) => timing.nodes))];
  const tables = counts.map((nodes) => {
    const own = timings.filter((timing) => timing.nodes === nodes && timing.runs.length > 0);
    const rows = own.map((timing) => [
      bold(timing.peer),
      ...costCells(timing),
      words(ratio(own, nodes, timing.peer, 'raw-sh'), 2, '×'),
      words(ratio(own, nodes, timing.peer, 'oms-play'), 2, '×'),
    ]);
    return `**${nodes.toLocaleString('en')} nodes**\n\n${table([`wall seconds`, 'median', 'min – max', 'runs', 'CPU s', 'CPU s of the nodes', 'peak MB', '÷ raw sh', '÷ oms-play'], rows)}`; // prettier-ignore
  });
  return tables.join('\n');
}

function distanceText(timings: readonly Timing[]): string {
  const rtts = [...new Set(timings.map((timing) => timing.rttMs))];
  const peers = PEERS.map((peer) => peer.id).filter((id) => timings.some((timing) => timing.peer === id));
  const login = roundTrips(timings, 'raw-connect', 100);
  const rows = peers.map((peer) => {
    const walls = rtts.map((rttMs) => words(wallAt(timings, peer, rttMs), 2));
    const trips = roundTrips(timings, peer, 100);
    const besides = trips === undefined || login === undefined ? undefined : trips - login;
    return [bold(peer), ...walls, words(trips, 1), words(besides, 1)];
  });
  const head = ['wall seconds at a round trip of', ...rtts.map((rtt) => `${rtt} ms`), 'round trips', 'besides logging in']; // prettier-ignore
  return `${table(head, rows)}\nRound trips: what 100 ms of distance add to the quickest run, divided by 100 ms; seconds are medians.\n`;
}

function thousandText({ thousand }: Results): string {
  if (thousand === undefined) return '';
  const { events, faults, timings, nodes } = thousand.data;
  const said = faults.length === 0 ? 'complete and in order' : faults.join('; ');
  return `${fleetText(timings)}\n${events.toLocaleString('en')} events of ${nodes.toLocaleString('en')} nodes (\`--output json\`): ${said}.\n`;
}

function killedText({ killed }: Results): string {
  if (killed === undefined) return '';
  const { data } = killed;
  return table(
    ['nodes', 'killed', 'unreachable', 'failed', 'run ended after', 'brought to their end by a second run'],
    [[`${data.nodes}`, `${data.killed}`, `${data.unreachable}`, `${data.failed}`, `${data.seconds.toFixed(1)} s`, `${data.finishedBySecond}`]], // prettier-ignore
    0,
  );
}

function simulatedText({ simulated }: Results): string {
  const rows = (simulated?.data ?? []).map((row) => [
    row.nodes.toLocaleString('en'),
    row.reporter,
    row.seconds.toFixed(3),
    row.cpu.toFixed(3),
    Math.round((row.nodes * row.tasks) / row.seconds).toLocaleString('en'),
    ((row.seconds * 1e6) / (row.nodes * row.tasks)).toFixed(1),
    row.peakMb.toFixed(0),
    ((row.grownMb * 1024) / row.nodes).toFixed(1),
  ]);
  return table(['nodes × 10 tasks', 'reporter', 'seconds', 'CPU s', 'task results a second', 'µs per node and task', 'peak MB', 'KB per node, the fake included'], rows, 2); // prettier-ignore
}

function startText({ start }: Results): string {
  if (start === undefined) return '';
  const row = (what: string, seconds: readonly number[]): readonly string[] => [what, ...spread(seconds)];
  return table(
    ['seconds', 'median', 'min – max', 'runs'],
    [row('oms-play --version', start.data.version), row('start to first event (20 nodes, 10 tasks)', start.data.firstEvent)], // prettier-ignore
  );
}

function planText({ plan }: Results): string {
  if (plan === undefined) return '';
  const { tasks, nodes, runs, lint = [] } = plan.data;
  const size = `${tasks.toLocaleString('en')} tasks, ${nodes.toLocaleString('en')} nodes`;
  const row = (what: string, costs: typeof runs): readonly string[] => {
    const cost = medianCost(costs);
    const figures = [cost.wall.toFixed(2), cost.cpu.toFixed(2), cost.peakMb.toFixed(0)];
    return [`${size} (${what}, whole process)`, ...figures, `${costs.length}`];
  };
  const rows = [row('--syntax-check', runs), ...(lint.length === 0 ? [] : [row('lint', lint)])];
  return table(['', 'seconds', 'CPU s', 'peak MB', 'runs'], rows);
}

function distributionText({ distribution }: Results): string {
  const rows = (distribution?.data ?? []).map((row) => [
    row.way,
    row.note,
    `${row.nodes}`,
    row.seconds.toFixed(1),
    row.borderMegabytes.toFixed(0),
  ]);
  return table(['way', '', 'nodes', 'seconds', "MB over the region's border"], rows, 2);
}

function folderText(timings: readonly FolderTiming[]): string {
  const ways = { each: 'each file by itself', stream: 'as oms-play does' } as const;
  const rows = timings.map((timing) => [
    ways[timing.way],
    `${timing.rttMs} ms`,
    timing.files.toLocaleString('en'),
    (timing.lookSeconds + timing.bringSeconds).toFixed(2),
    timing.bringRequests.toLocaleString('en'),
    timing.againSeconds.toFixed(2),
    timing.againRequests.toLocaleString('en'),
  ]);
  const head = ['', 'round trip', 'files', 'seconds', 'requests', 'again: seconds', 'requests'];
  return table(head, rows);
}

function labText({ lab }: Results): string {
  const rows = (lab?.data ?? []).map((row) => [row.what, ...spread(row.seconds), `≤ ${row.barSeconds}`]);
  return table(['seconds', 'median', 'min – max', 'runs', 'asked'], rows);
}

function costCells({ runs }: Timing): readonly string[] {
  const cost = medianCost(runs);
  return [
    ...spread(runs.map((run) => run.wall)),
    cost.cpu.toFixed(2),
    cost.nodesCpu.toFixed(2),
    cost.peakMb.toFixed(0),
  ];
}

function spread(values: readonly number[]): readonly string[] {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2));
  return [median(values).toFixed(2), `${least} – ${most}`, `${values.length}`];
}

function wallAt(timings: readonly Timing[], peer: PeerId, rttMs: number): number | undefined {
  const timing = timings.find((each) => each.peer === peer && each.rttMs === rttMs);
  return timing === undefined ? undefined : medianCost(timing.runs).wall;
}

function bold(peer: PeerId): string {
  const { title } = peerOf(peer);
  return peer === 'oms-play' ? `**${title}**` : title;
}

function words(value: number | undefined, digits: number, unit = ''): string {
  return value === undefined ? '–' : `${value.toFixed(digits)}${unit}`;
}
