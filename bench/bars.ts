import { roundTrips } from './distance.ts';
import { wallOf } from './interleaved.ts';
import type { PeerId } from './peers.ts';
import {
  median,
  medianCost,
  type Distribution,
  type Results,
  type Simulated,
  type Timing,
} from './results.ts';

/** One figure that is asked of oms-play. */
export interface Bar {
  readonly what: string;
  readonly bar: string;
  /** In words; undefined: not measured. */
  readonly measured: string | undefined;
  readonly met: boolean;
}

interface Limit {
  readonly value: number | undefined;
  readonly most?: number;
  readonly least?: number;
  readonly unit: string;
  readonly digits?: number;
}

/** Every bar of issue 3, judged by what was measured. */
export function barsOf(results: Results): readonly Bar[] {
  return [...fleetBars(results), ...farBars(results), ...thousandBars(results), ...killedBars(results), ...ownBars(results), ...imageBars(results)]; // prettier-ignore
}

function fleetBars({ fleet, first }: Results): readonly Bar[] {
  const faster = (peer: PeerId): number | undefined => ratio(fleet?.data, 50, peer, 'oms-play');
  return [
    ...[50, 200].map((nodes) =>
      limit(`nothing to change, ${nodes} nodes, against the raw long-lived sh`, {
        value: ratio(fleet?.data, nodes, 'oms-play', 'raw-sh'),
        most: 1.15,
        unit: '×',
      }),
    ),
    limit('the same, 50 nodes: faster than ansible-core', { value: faster('ansible'), least: 30, unit: '×', digits: 0 }), // prettier-ignore
    limit('the same, 50 nodes: faster than Mitogen', { value: faster('mitogen'), least: 15, unit: '×', digits: 0 }), // prettier-ignore
    limit('everything to change, 50 nodes, against the raw long-lived sh', {
      value: ratio(first?.data, 50, 'oms-play', 'raw-sh'),
      most: 1.5,
      unit: '×',
    }),
  ];
}

function farBars({ distance }: Results): readonly Bar[] {
  const timings = distance?.data ?? [];
  const [own, login] = [roundTrips(timings, 'oms-play', 100), roundTrips(timings, 'raw-connect', 100)];
  const value = own === undefined || login === undefined ? undefined : own - login;
  const what = '20 tasks on one node 100 ms away, nothing to change: besides logging in';
  return [limit(what, { value, most: 4, unit: ' round trips', digits: 1 })];
}

function thousandBars({ thousand }: Results): readonly Bar[] {
  const data = thousand?.data.nodes === 1000 ? thousand.data : undefined;
  const own = data?.timings.find((timing) => timing.peer === 'oms-play');
  const peak = own === undefined ? undefined : Math.max(...own.runs.map((run) => run.peakMb));
  return [
    limit('1,000 nodes in one process, against the raw long-lived sh', {
      value: ratio(data?.timings, 1000, 'oms-play', 'raw-sh'),
      most: 1.2,
      unit: '×',
    }),
    limit('the same: peak memory', { value: peak, most: 250, unit: ' MB', digits: 0 }),
    verdict('the same: no failure, events complete and in order', 'no fault', data && {
      words: data.faults.length === 0 ? `no fault in ${data.events} events` : `${data.faults[0]}`,
      met: data.faults.length === 0,
    }), // prettier-ignore
  ];
}

function killedBars({ killed }: Results): readonly Bar[] {
  const data = killed?.data;
  const rest = data && data.unreachable === data.killed && data.failed === 0;
  return [
    verdict('200 connections killed in the middle of a run', 'all of them unreachable, none hangs', data && {
      words: `${data.killed} killed, ${data.unreachable} unreachable, ${data.failed} failed, ended after ${data.seconds.toFixed(1)} s`,
      met: rest === true && data.killed >= 200,
    }), // prettier-ignore
    verdict('a second run finishes the work', 'all nodes', data && {
      words: `${data.finishedBySecond} of ${data.nodes} nodes`,
      met: data.finishedBySecond === data.nodes,
    }), // prettier-ignore
  ];
}

function ownBars({ simulated, start, plan }: Results): readonly Bar[] {
  const cost = plan && medianCost(plan.data.runs);
  const lint = plan?.data.lint === undefined ? undefined : medianCost(plan.data.lint);
  return [
    ...[1_000, 10_000].map((nodes) =>
      limit(`the controller's own rate: ${nodes.toLocaleString('en')} nodes in memory, plain output`, {
        value: rateOf(simulated?.data ?? [], nodes),
        least: 20_000,
        unit: ' task results a second',
        digits: 0,
      }),
    ),
    limit('from the start to the first event', { value: start && median(start.data.firstEvent), most: 0.35, unit: ' s' }), // prettier-ignore
    limit('oms-play --version', { value: start && median(start.data.version), most: 0.15, unit: ' s' }),
    limit('load and plan, 10,000 tasks, 1,000 nodes', { value: cost?.wall, most: 3, unit: ' s' }),
    limit('the same: peak memory', { value: cost?.peakMb, most: 300, unit: ' MB', digits: 0 }),
    limit('lint of the same', { value: lint?.wall, most: 5, unit: ' s' }),
  ];
}

function rateOf(rows: readonly Simulated[], nodes: number): number | undefined {
  const row = rows.find((each) => each.nodes === nodes && each.reporter === 'plain');
  return row && (row.nodes * row.tasks) / row.seconds;
}

/** The way that is the default is the first in the table. */
function imageBars({ distribution }: Results): readonly Bar[] {
  const rows = distribution?.data ?? [];
  const one = rows.find((row) => row.nodes === 1);
  const four = rows.find((row) => row.nodes === 4 && row.way === one?.way);
  const killed = rows.find((row) => row.nodes === 4 && row.way === one?.way && row.note.includes('dies'));
  const times = (row: Distribution | undefined): number | undefined =>
    one === undefined || row === undefined ? undefined : row.seconds / one.seconds;
  return [
    limit("an image to 4 nodes of a region over 100 Mbit/s, against one node's time", { value: times(four), most: 1.3, unit: '×' }), // prettier-ignore
    limit('the same, a node in the middle of the chain dies', { value: times(killed), most: 1.3, unit: '×' }),
  ];
}

/** How many times longer the one takes than the other. */
export function ratio(
  timings: readonly Timing[] | undefined,
  nodes: number,
  one: PeerId,
  other: PeerId,
): number | undefined {
  const [a, b] = [one, other].map((peer) => wallOf(timings ?? [], peer, { nodes }));
  return a === undefined || b === undefined ? undefined : a / b;
}

function limit(what: string, { value, most, least, unit, digits = 2 }: Limit): Bar {
  const words = (number: number): string =>
    `${number.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })}${unit}`;
  const bar = most === undefined ? `≥ ${least?.toLocaleString('en')}${unit}` : `≤ ${most}${unit}`;
  const met = value !== undefined && value <= (most ?? Infinity) && value >= (least ?? -Infinity);
  return { what, bar, measured: value === undefined ? undefined : words(value), met };
}

function verdict(
  what: string,
  bar: string,
  found: { readonly words: string; readonly met: boolean } | undefined,
): Bar {
  return { what, bar, measured: found?.words, met: found?.met ?? false };
}
