import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { interleaved, type Bench } from './interleaved.ts';
import type { LoopbackNodes } from './loopback.ts';
import { peerOf, type PeerId } from './peers.ts';
import type { Timing } from './results.ts';
import { assertFolders, assertRecap } from './verify.ts';
import { writeWork, type Work } from './work.ts';

export interface FleetOptions {
  readonly nodes: readonly number[];
  readonly peers: readonly PeerId[];
  readonly runs: number;
}

const TASKS = 10;

/** Ten tasks that find everything as it should be, by everyone who can take so many nodes. */
export async function benchFleet(
  bench: Bench,
  site: LoopbackNodes,
  { nodes, peers, runs }: FleetOptions,
): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  const folder = site.makeFolder('same');
  const paths = makeFolders(folder, TASKS);
  for (const count of nodes) {
    bench.say(`${count} nodes, ${TASKS} tasks, nothing to change`);
    const work = writeWork({ site, name: `fleet-${count}`, nodes: site.nodes(count), paths, raw: 'look' });
    timings.push(
      ...(await interleaved(bench, {
        peers: peers.filter((peer) => peerOf(peer).mostNodes >= count),
        runs,
        work: () => work,
        verify: (peer, run) => assertRecap(peer, run, work, 0),
      })),
    );
  }
  return timings;
}

/** Ten folders on each node that are not there yet. */
export async function benchFirst(
  bench: Bench,
  site: LoopbackNodes,
  { nodes, peers, runs }: FleetOptions,
): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  for (const count of nodes) {
    bench.say(`${count} nodes, ${TASKS} tasks, everything to make`);
    timings.push(
      ...(await interleaved(bench, {
        peers: peers.filter((peer) => peerOf(peer).mostNodes >= count),
        runs,
        work: (peer, run) => freshWork(site, `first-${count}-${peer}-${run}`, count),
        verify: (peer, run, work) => {
          assertRecap(peer, run, work, TASKS);
          assertFolders(work);
        },
      })),
    );
  }
  return timings;
}

/** Each node has an empty folder of its own, in which ten are to be made. */
function freshWork(site: LoopbackNodes, name: string, count: number): Work {
  const nodes = site.nodes(count);
  for (const node of nodes) site.makeFolder(join(`${name}-made`, node.name));
  const made = join(site.folder, `${name}-made`, '%NODE%');
  const paths = Array.from({ length: TASKS }, (_, i) => join(made, `d${i + 1}`));
  return writeWork({ site, name, nodes, paths, raw: 'make' });
}

/** Makes so many folders with mode 0755 and gives their paths. */
export function makeFolders(folder: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const path = join(folder, `d${i + 1}`);
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
    return path;
  });
}
