import { benchDistance } from './distance.ts';
import { benchDistribution } from './distribution.ts';
import { benchFirst, benchFleet } from './fleet.ts';
import { benchFolder } from './folder.ts';
import type { Bench } from './interleaved.ts';
import { benchKilled } from './killed.ts';
import { benchLab } from './lab.ts';
import { LoopbackNodes } from './loopback.ts';
import type { BenchOptions } from './options.ts';
import { peerOf, type PeerId } from './peers.ts';
import { benchPlan } from './plan.ts';
import type { SectionName, SectionResults } from './results.ts';
import { benchSimulated } from './simulated.ts';
import { benchStart } from './start.ts';
import { benchThousand } from './thousand.ts';

type Sections = { readonly [Name in SectionName]: () => Promise<SectionResults[Name]> };

/** What each section measures, given what the command line says; nothing runs until it is called. */
export function sectionsOf(bench: Bench, options: BenchOptions): Sections {
  const { quick } = options;
  let started: Promise<LoopbackNodes> | undefined;
  const site = (): Promise<LoopbackNodes> =>
    (started ??= LoopbackNodes.start('oms-bench', bench.closing, { countCpu: true }));
  const runs = (whole: number, few: number): number => options.runs ?? (quick ? few : whole);
  const nodes = (whole: readonly number[], few: readonly number[]): readonly number[] =>
    options.nodes ?? (quick ? few : whole);
  const peers = (all: readonly PeerId[]): readonly PeerId[] =>
    options.peers ?? (quick ? all.filter((peer) => !peerOf(peer).slow) : all);
  const everyone: readonly PeerId[] = [
    'ansible',
    'mitogen',
    'openssh',
    'oms-play',
    'raw-exec',
    'raw-sh',
    'raw-script',
  ];
  return {
    fleet: async () => {
      const counts = nodes([20, 50, 200, 1000], [20, 50]);
      const each = async (count: number) =>
        benchFleet(bench, await site(), {
          nodes: [count],
          peers: peers(everyone),
          runs: runs(count < 1000 ? 5 : 3, 3),
        });
      const timings = [];
      for (const count of counts) timings.push(...(await each(count)));
      return timings;
    },
    first: async () =>
      benchFirst(bench, await site(), {
        nodes: nodes([50], [50]),
        peers: peers(['ansible', 'mitogen', 'oms-play', 'raw-sh']),
        runs: runs(5, 3),
      }),
    distance: async () =>
      benchDistance(bench, await site(), {
        rttsMs: quick ? [0, 100] : [0, 30, 100, 200],
        peers: peers([...everyone, 'raw-connect']),
        runs: runs(5, 2),
      }),
    thousand: async () =>
      benchThousand(bench, await site(), { nodes: nodes([1000], [200])[0] ?? 1000, runs: runs(3, 1) }),
    killed: async () => {
      const program = [process.execPath, bench.built.main];
      const size = quick ? { nodes: 80, kill: 60 } : { nodes: 250, kill: 200 };
      return benchKilled(await site(), { ...size, limitSeconds: 120, program }, bench.closing);
    },
    simulated: async () =>
      benchSimulated(bench, { nodes: nodes([10, 100, 1000, 10_000], [10, 1000]), runs: runs(3, 1) }),
    start: async () => benchStart(bench, await site(), runs(9, 5)),
    plan: () => benchPlan(bench, { tasks: 10_000, nodes: 1000, runs: runs(3, 1) }),
    folder: () => benchFolder({ files: quick ? 100 : 1000, rttsMs: quick ? [0, 26] : [0, 26, 100], ways: ['each', 'stream'] }, bench.closing), // prettier-ignore
    distribution: () => benchDistribution(),
    lab: async () => benchLab(bench),
  };
}
