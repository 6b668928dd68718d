// How an image gets to the nodes of a region behind a line of 100 Mbit/s, on the lab.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache, lab, NODES, onNode } from '../test/e2e/lab.ts';
import { oneRegion, playbookOf, playOn } from '../test/lab/region.ts';
import type { Measured } from '../test/lab/region.ts';
import { dockerArchive, tarOf } from '../test/modules/docker-package.ts';
import { build } from './built.ts';
import { Closing } from './closing.ts';
import type { Distribution } from './results.ts';

const LINE = '100mbit';
const OMS = join(cache, 'packages', 'oms_4.2.11-ce.tar.gz');
const MIDDLE = 'hz-2';
const RUNS = 3;
const LAYER_MB = 90;

interface Case {
  readonly way: 'chain' | 'registry' | 'copy';
  readonly nodes: readonly string[];
  readonly note: string;
  /** Taken off the network when half is over. */
  readonly killed?: string;
  /** The lab's stand-in for OMS in place of the made-up image. */
  readonly oms?: true;
}

// The nodes share this machine's processors, and Docker needs them to unpack: what is packed already, as the jars in
// OMS are, keeps that small beside the line, as it is on nodes of their own. The stand-in packs 3 to 1.
const CASES: readonly Case[] = [
  { way: 'chain', nodes: ['hz-1'], note: '' },
  { way: 'chain', nodes: NODES, note: '' },
  { way: 'chain', nodes: NODES, note: 'a node in the middle dies', killed: MIDDLE },
  { way: 'registry', nodes: ['hz-1'], note: '' },
  { way: 'registry', nodes: NODES, note: '' },
  { way: 'copy', nodes: ['hz-1'], note: '' },
  { way: 'copy', nodes: NODES, note: '' },
  { way: 'chain', nodes: ['hz-1'], note: 'unpacks to three times the size', oms: true },
  { way: 'chain', nodes: NODES, note: 'unpacks to three times the size', oms: true },
];

/**
 * Seconds until the image is loaded on all nodes that live, and bytes that the controller's link has counted. The
 * median of the runs; the ways take turns. The lab is brought up, and stays up.
 */
export async function benchDistribution(): Promise<readonly Distribution[]> {
  const closing = new Closing();
  closing.onExit();
  process.env['OMS_PLAY_MAIN'] ??= (await build(closing, undefined)).main;
  const dir = mkdtempSync(join(tmpdir(), 'oms-play-bench-'));
  try {
    await lab('up');
    await lab('reset');
    const layer = tarOf([{ name: 'jars', content: randomBytes(LAYER_MB * 1e6) }]);
    writeFileSync(
      join(dir, 'image.tar.gz'),
      dockerArchive([{ tags: ['oms-play-bench/image:1'], layer }]).bytes,
    );
    const runs: Measured[][] = CASES.map(() => []);
    for (let run = 0; run < RUNS; run++) {
      for (const [i, each] of CASES.entries()) runs[i]?.push(await measure(dir, each));
    }
    return CASES.map((each, i) => rowOf(each, runs[i] ?? []));
  } finally {
    await lab('up');
    await lab('reset');
    rmSync(dir, { recursive: true });
  }
}

async function measure(dir: string, { way, nodes, killed, oms }: Case): Promise<Measured> {
  await Promise.all(NODES.map(bare));
  await lab('limit', 'all', LINE);
  const playbook = playbookOf(dir, {
    docker_image: {
      load_path: oms === true ? OMS : join(dir, 'image.tar.gz'),
      dest_dir: '/data/packages',
      distribution: way,
    },
  });
  const running = playOn(oneRegion(dir), playbook, '-l', nodes.join(','));
  if (killed !== undefined) {
    await sleep(4_000);
    await lab('cut', killed);
  }
  const ran = await running;
  if (killed !== undefined) await lab('heal', killed);
  if (ran.code !== (killed === undefined ? 0 : 4))
    throw new Error(`${way}: exit ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return ran;
}

async function bare(node: string): Promise<void> {
  await onNode(node, 'docker images -q | sort -u | xargs -r docker rmi -f; rm -rf /data/packages; sync');
}

function rowOf({ way, nodes, note }: Case, runs: readonly Measured[]): Distribution {
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const seconds = median(runs.map((run) => run.seconds));
  const borderMegabytes = median(runs.map((run) => run.borderBytes)) / 1e6;
  return { way, nodes: nodes.length, seconds, borderMegabytes, note };
}
