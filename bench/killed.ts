import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Closing } from './closing.ts';
import { EventFile, readEvents, type SeenEvent, type SeenRecap } from './events.ts';
import type { LoopbackNode, LoopbackNodes } from './loopback.ts';
import { begin, type Command, type Ended, type Running } from './measure.ts';
import type { Killed } from './results.ts';
import { writeWork, type Work } from './work.ts';

export interface KillOptions {
  readonly nodes: number;
  /** Connections to cut off. */
  readonly kill: number;
  /** A run that takes longer hangs. */
  readonly limitSeconds: number;
  /** The program: `node main.js`, or whatever runs oms-play. */
  readonly program: readonly string[];
}

/** What became of it, node by node. */
export interface KillReport {
  readonly killed: number;
  readonly first: Ended;
  readonly firstEvents: readonly SeenEvent[];
  readonly second: Ended;
  readonly secondEvents: readonly SeenEvent[];
  /** Nodes whose folders are all there after the second run. */
  readonly whole: readonly string[];
}

const FOLDERS = 10;
const STEPS = 3;
const STEP_SECONDS = 1;
const KILLS_WITHIN_MS = 2_000;

/**
 * Runs a play that makes folders and waits in between, on nodes whose connections are killed at random moments
 * while it waits; then the same play again.
 */
export async function killInTheMiddle(
  site: LoopbackNodes,
  options: KillOptions,
  closing: Closing,
): Promise<KillReport> {
  const nodes = site.nodes(options.nodes);
  const work = killWork(site, nodes);
  const command = commandFor(work, options);
  const running = begin(command, work.folder, closing);
  const killed = await killSome(site, running, options.kill);
  const first = await running.done;
  const second = await begin(command, work.folder, closing).done;
  const whole = nodes.map((node) => node.name).filter((name) => allMade(work, name));
  const [firstEvents, secondEvents] = [readEvents(first.stdout), readEvents(second.stdout)];
  return { killed, first, firstEvents, second, secondEvents, whole };
}

/** The section of the bench: figures of {@link killInTheMiddle}. */
export async function benchKilled(
  site: LoopbackNodes,
  options: KillOptions,
  closing: Closing,
): Promise<Killed> {
  const { killed, first, firstEvents, secondEvents, whole } = await killInTheMiddle(site, options, closing);
  const rows = recapOf(firstEvents);
  const well = new Set(recapOf(secondEvents).filter((row) => row.unreachable + row.failed === 0).map((row) => row.node)); // prettier-ignore
  return {
    nodes: options.nodes,
    killed,
    unreachable: rows.filter((row) => row.unreachable > 0).length,
    failed: rows.filter((row) => row.failed > 0).length,
    seconds: first.wall,
    limitSeconds: options.limitSeconds,
    finishedBySecond: whole.filter((name) => well.has(name)).length,
  };
}

/** The recap at the end of a run; nothing when it did not come to its end. */
export function recapOf(events: readonly SeenEvent[]): readonly SeenRecap[] {
  return events.findLast((event) => event.type === 'run-finished')?.recap ?? [];
}

function killWork(site: LoopbackNodes, nodes: readonly LoopbackNode[]): Work {
  for (const node of nodes) site.makeFolder(join('killed', node.name));
  const paths = Array.from({ length: FOLDERS }, (_, i) => join(site.folder, 'killed', '%NODE%', `d${i + 1}`));
  const work = writeWork({ site, name: 'killed-work', nodes, paths, raw: 'make' });
  writeFileSync(join(work.folder, 'killed.yml'), playbook(paths));
  return work;
}

/** Folders, a wait, folders, a wait: so there is a middle. */
function playbook(paths: readonly string[]): string {
  const folders = paths.map(
    (path) =>
      `    - file: { path: "${path.replace('%NODE%', '{{inventory_hostname}}')}", state: directory }\n`,
  );
  const each = Math.ceil(FOLDERS / (STEPS + 1));
  const tasks = folders.flatMap((folder, i) =>
    i > 0 && i % each === 0
      ? [`    - { name: wait, command: sleep ${STEP_SECONDS}, changed_when: false }\n`, folder]
      : [folder],
  );
  return `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`;
}

function commandFor({ folder, site, nodes }: Work, { program, limitSeconds }: KillOptions): Command {
  return {
    argv: [...program, 'killed.yml', '-i', 'inventory', '--forks', String(nodes.length), '--output', 'json'],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: site.controllerHome, LANG: 'C.UTF-8' },
    limitSeconds,
  };
}

/** Waits until the first wait has begun on all nodes, and then kills connections, each at a moment of its own. */
async function killSome(site: LoopbackNodes, running: Running, count: number): Promise<number> {
  let ended = false;
  const stop = (): void => void (ended = true);
  running.done.then(stop, stop);
  const events = new EventFile(running.stdout);
  while (!ended && !events.next().some((event) => event.type === 'task-started' && event.name === 'wait')) await sleep(20); // prettier-ignore
  events.close();
  const chosen = shuffled(site.sessions()).slice(0, count);
  await Promise.all(
    chosen.map(async (session) => {
      await sleep(Math.random() * KILLS_WITHIN_MS);
      site.kill(session);
    }),
  );
  return ended ? 0 : chosen.length;
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function allMade(work: Work, name: string): boolean {
  return work.paths.every(
    (path) => statSync(path.replace('%NODE%', name), { throwIfNoEntry: false })?.isDirectory() === true,
  );
}
