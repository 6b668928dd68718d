import { readEvents, faultsIn } from './events.ts';
import { makeFolders } from './fleet.ts';
import { interleaved, type Bench } from './interleaved.ts';
import type { LoopbackNodes } from './loopback.ts';
import type { Thousand } from './results.ts';
import { writeWork } from './work.ts';

const TASKS = 10;

/** Many nodes held by one process; every event is looked at. The floor runs in between. */
export async function benchThousand(
  bench: Bench,
  site: LoopbackNodes,
  { nodes: count, runs }: { readonly nodes: number; readonly runs: number },
): Promise<Thousand> {
  bench.say(`${count} nodes in one process, ${TASKS} tasks, every event looked at`);
  const nodes = site.nodes(count);
  const paths = makeFolders(site.makeFolder('thousand'), TASKS);
  const work = writeWork({ site, name: 'thousand-work', nodes, paths, raw: 'look' });
  const faults: string[] = [];
  let seen = 0;
  const timings = await interleaved(bench, {
    peers: ['raw-sh', 'oms-play'],
    runs,
    work: () => work,
    more: ['--output', 'json'],
    verify: (peer, run) => {
      if (peer !== 'oms-play') return;
      const events = readEvents(run.stdout);
      seen = events.length;
      faults.push(...faultsIn(events, { nodes: nodes.map((node) => node.name), tasks: TASKS }));
    },
  });
  for (const fault of faults) bench.say(`  FAULT ${fault}`);
  return { timings, nodes: count, events: seen, faults };
}
