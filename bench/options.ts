import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PEERS, type PeerId } from './peers.ts';
import type { SectionName } from './results.ts';

export const HELP = `Times oms-play against its peers and the floor. As root, on Debian: what is missing is installed.

  npm run bench                          everything; writes bench/RESULTS.md, results.json and results.svg
  npm run bench -- --only fleet,first    these sections only; the results of the others are kept
  npm run bench -- --render              makes RESULTS.md and results.svg again from results.json

To look at one thing while working on it (printed, not written):
  npm run bench -- --only fleet --nodes 50 --peers raw-sh,oms-play --runs 5
  npm run bench -- --only fleet,first --quick

Options:
  --only SECTIONS   fleet       ten tasks with nothing to change, by everyone, 20 to 1,000 nodes
                    first       ten tasks with everything to make, 50 nodes
                    distance    twenty tasks on one node, 0 to 200 ms away
                    thousand    1,000 nodes in one process; every event is looked at
                    killed      200 connections killed in the middle of a run
                    simulated   the controller alone, up to 10,000 nodes answered in memory
                    start       from the start to the first event; --version
                    plan        load and plan of 10,000 tasks and 1,000 nodes
                    folder      a thousand small files to one node, 0 to 100 ms away
                    distribution  an image to the nodes of a region (brings the lab up)
                    lab         the main job on the lab's four nodes (brings the lab up)
  --nodes N,N       numbers of nodes, where a section has several
  --peers IDS       ${PEERS.map((peer) => peer.id).join(', ')}
  --runs N          runs of each (default 3; slow peers once)
  --main FILE       time this main.js of another build of oms-play
  --out FOLDER      write results there, also those of a part
  --quick           fewer nodes, no slow peers
  --render          measure nothing
`;

export const SECTION_NAMES: readonly SectionName[] = [
  'fleet',
  'first',
  'distance',
  'thousand',
  'killed',
  'simulated',
  'start',
  'plan',
  'folder',
  'distribution',
  'lab',
];

export interface BenchOptions {
  readonly sections: readonly SectionName[];
  readonly nodes: readonly number[] | undefined;
  readonly peers: readonly PeerId[] | undefined;
  readonly runs: number | undefined;
  readonly main: string | undefined;
  readonly out: string | undefined;
  readonly quick: boolean;
  readonly render: boolean;
  readonly help: boolean;
}

/** Reads the command line; throws with a plain sentence when something in it is wrong. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      nodes: { type: 'string' },
      peers: { type: 'string' },
      runs: { type: 'string' },
      main: { type: 'string' },
      out: { type: 'string' },
      quick: { type: 'boolean', default: false },
      render: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    sections: values.only === undefined ? SECTION_NAMES : namesIn(values.only, SECTION_NAMES, 'section'),
    nodes: values.nodes?.split(',').map((word) => wholeNumber(word, '--nodes')),
    peers: values.peers === undefined ? undefined : namesIn(values.peers, PEERS.map((p) => p.id), 'peer'), // prettier-ignore
    runs: values.runs === undefined ? undefined : wholeNumber(values.runs, '--runs'),
    main: values.main === undefined ? undefined : resolve(values.main),
    out: values.out === undefined ? undefined : resolve(values.out),
    quick: values.quick,
    render: values.render,
    help: values.help,
  };
}

/** Whether this is the whole measurement, whose results are kept. */
export function isWhole({ nodes, peers, runs, main, quick }: BenchOptions): boolean {
  return [nodes, peers, runs, main].every((option) => option === undefined) && !quick;
}

function namesIn<Name extends string>(text: string, known: readonly Name[], what: string): readonly Name[] {
  const words = text.split(',').filter((word) => word !== '');
  const wrong = words.find((word) => !known.some((name) => name === word));
  if (wrong !== undefined) throw new Error(`there is no ${what} "${wrong}"; there are: ${known.join(', ')}`);
  return known.filter((name) => words.includes(name));
}

function wholeNumber(word: string, option: string): number {
  if (/^[1-9]\d{0,5}$/.test(word)) return Number(word);
  throw new Error(`${option}: "${word}" is no whole number above 0`);
}
