import { farAway } from './delay-proxy.ts';
import { makeFolders } from './fleet.ts';
import { interleaved, type Bench } from './interleaved.ts';
import type { LoopbackNodes } from './loopback.ts';
import type { PeerId } from './peers.ts';
import type { Timing } from './results.ts';
import { assertRecap } from './verify.ts';
import { writeWork } from './work.ts';

export interface DistanceOptions {
  readonly rttsMs: readonly number[];
  readonly peers: readonly PeerId[];
  readonly runs: number;
}

const TASKS = 20;
/** Ansible is timed at this distance only. */
const SLOW_AT_MS = 100;

/** Twenty tasks with nothing to change on one node, over lines of several lengths. */
export async function benchDistance(
  bench: Bench,
  site: LoopbackNodes,
  { rttsMs, peers, runs }: DistanceOptions,
): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  const paths = makeFolders(site.makeFolder('far'), TASKS);
  const nodes = [{ name: 'far', address: '127.0.0.1' }];
  for (const rttMs of rttsMs) {
    bench.say(`one node ${rttMs} ms away, ${TASKS} tasks, nothing to change`);
    const line = await farAway(site.port, rttMs, bench.closing);
    const work = writeWork({ site, name: `far-${rttMs}`, nodes, paths, raw: 'look', port: line.port });
    timings.push(
      ...(await interleaved(bench, {
        peers: peers.filter((peer) => rttMs === SLOW_AT_MS || (peer !== 'ansible' && peer !== 'mitogen')),
        runs,
        rttMs,
        work: () => work,
        verify: (peer, run) => assertRecap(peer, run, work, 0),
      })),
    );
    line.close();
  }
  return timings;
}

/**
 * How many round trips a peer takes: what distance adds to its quickest run, in units of it (whatever else the machine
 * does only adds). undefined: not measured.
 */
export function roundTrips(timings: readonly Timing[], peer: PeerId, rttMs: number): number | undefined {
  const [near, far] = [0, rttMs].map((each) => quickest(timings, peer, each));
  return near === undefined || far === undefined ? undefined : ((far - near) * 1000) / rttMs;
}

function quickest(timings: readonly Timing[], peer: PeerId, rttMs: number): number | undefined {
  const runs = timings.find((each) => each.peer === peer && each.rttMs === rttMs)?.runs ?? [];
  return runs.length === 0 ? undefined : Math.min(...runs.map((run) => run.wall));
}
