import type { Built } from './built.ts';
import type { Closing } from './closing.ts';
import { assertWell, measure, type Run } from './measure.ts';
import { commandOf, peerOf, type PeerId } from './peers.ts';
import { medianCost, type Cost, type Timing } from './results.ts';
import type { Work } from './work.ts';

/** What every section is given. */
export interface Bench {
  readonly built: Built;
  readonly closing: Closing;
  /** Says how far the bench has come. */
  readonly say: (text: string) => void;
}

export interface Round {
  readonly peers: readonly PeerId[];
  readonly runs: number;
  /** The work for one run: a fresh one for each where the work changes something. */
  readonly work: (peer: PeerId, run: number) => Work;
  readonly rttMs?: number | undefined;
  /** Looks at what a run has done; throws when it has not done the work. */
  readonly verify?: ((peer: PeerId, run: Run, work: Work) => void) | undefined;
  readonly more?: readonly string[] | undefined;
}

/**
 * Times several peers over the same work. Each round runs each of them once, beginning with another one, so that a
 * machine that becomes slower or faster does so for all; slow ones are run in the first round only.
 */
export async function interleaved(bench: Bench, round: Round): Promise<readonly Timing[]> {
  const costs = new Map<PeerId, Cost[]>(round.peers.map((peer) => [peer, []]));
  let nodes = 0;
  for (let run = 0; run < round.runs; run++) {
    for (const peer of rotated(round.peers, run)) {
      if (run > 0 && peerOf(peer).slow) continue;
      const work = round.work(peer, run);
      nodes = work.nodes.length;
      const before = await work.site.cpuSeconds();
      const done = await measure(commandOf(peer, work, bench.built, round.more), work.folder, bench.closing);
      assertWell(done, `${peer} with ${nodes} nodes`);
      round.verify?.(peer, done, work);
      const nodesCpu = (await work.site.cpuSeconds()) - before;
      const cost = { wall: done.wall, cpu: done.cpu, peakMb: done.peakMb, nodesCpu };
      costs.get(peer)?.push(cost);
      bench.say(line(peer, { nodes, rttMs: round.rttMs ?? 0 }, cost));
    }
  }
  return round.peers.map((peer) => ({ peer, nodes, rttMs: round.rttMs ?? 0, runs: costs.get(peer) ?? [] }));
}

/** The median seconds of a peer in a table; undefined: it is not in it. */
export function wallOf(
  timings: readonly Timing[],
  peer: PeerId,
  where: { readonly nodes?: number; readonly rttMs?: number } = {},
): number | undefined {
  const timing = timings.find(
    (each) =>
      each.peer === peer &&
      (where.nodes === undefined || each.nodes === where.nodes) &&
      (where.rttMs === undefined || each.rttMs === where.rttMs),
  );
  return timing === undefined || timing.runs.length === 0 ? undefined : medianCost(timing.runs).wall;
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % Math.max(1, items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

function line(
  peer: PeerId,
  { nodes, rttMs }: { nodes: number; rttMs: number },
  cost: Required<Cost>,
): string {
  const far = rttMs === 0 ? '' : `, ${rttMs} ms away`;
  const figures = `${cost.wall.toFixed(2)} s, CPU ${cost.cpu.toFixed(2)} + ${cost.nodesCpu.toFixed(2)} s, ${cost.peakMb.toFixed(0)} MB`;
  return `  ${peer.padEnd(12)} ${nodes} nodes${far}: ${figures}`;
}
