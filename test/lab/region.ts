import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cache, lab, NODES, omsPlay, onNode, root } from '../e2e/lab.ts';
import type { RunEvent } from '../../src/events/event.ts';

const OPS = `ansible_user: ops, ansible_become: true, ansible_become_password: lab-Ops_2026`;

/** An inventory that has all nodes of the lab in one region, each with its own way in. */
export function oneRegion(dir: string): string {
  const folder = join(dir, 'inventory');
  mkdirSync(join(folder, 'group_vars'), { recursive: true });
  writeFileSync(
    join(folder, 'inventory.yml'),
    `regions:
  one:
    nodes:
      hz-1: { address: 10.77.0.11 }
      hz-2: { address: 10.77.0.12, vars: { ${OPS} } }
      hlj-1: { address: 10.77.0.21 }
      hlj-2: { address: 10.77.0.22, vars: { ${OPS}, ansible_password: lab-Ops_2026, jump_host: hlj-1 } }
`,
  );
  writeFileSync(
    join(folder, 'group_vars', 'all.yml'),
    `ansible_user: root
ansible_ssh_private_key_file: ${join(cache, 'ssh', 'id_ed25519')}
known_hosts_file: ${join(cache, 'ssh', 'known_hosts')}
`,
  );
  return folder;
}

/** A playbook of one task on all nodes; gives its path. */
export function playbookOf(dir: string, task: object): string {
  const path = join(dir, `play-${Math.random().toString(36).slice(2)}.yml`);
  const tasks = [{ name: 'It', ...task }];
  writeFileSync(path, JSON.stringify([{ name: 'Play', hosts: 'all', tasks }]));
  return path;
}

/** What one run did, and the bytes that the link of the controller counted meanwhile. */
export interface Measured {
  readonly code: number;
  readonly events: readonly RunEvent[];
  readonly stdout: string;
  readonly stderr: string;
  readonly borderBytes: number;
  /** Until the last node was done, of those that came through. */
  readonly seconds: number;
}

/** Plays a playbook on the nodes, and measures. */
export async function playOn(
  inventory: string,
  playbook: string,
  ...args: readonly string[]
): Promise<Measured> {
  const before = await borderBytes();
  const ended = await omsPlay('run', playbook, '-i', inventory, '--output', 'json', ...args);
  const borderBytesSent = (await borderBytes()) - before;
  const lines = ended.stdout.split('\n').filter((line) => line.startsWith('{'));
  const events = lines.map((line) => JSON.parse(line) as RunEvent);
  const good = events.filter((e) => e.type === 'task-finished' && ['ok', 'changed'].includes(e.status));
  const seconds = ((good.at(-1)?.time ?? 0) - (events[0]?.time ?? 0)) / 1000;
  return { ...ended, events, borderBytes: borderBytesSent, seconds };
}

/** The same, but without waiting for its end. */
export function beginOn(inventory: string, playbook: string): ChildProcess {
  const main = process.env['OMS_PLAY_MAIN'] ?? join(root, 'dist', 'main.js');
  return spawn(process.execPath, [main, 'run', playbook, '-i', inventory, '--output', 'json'], {
    cwd: root,
    stdio: 'ignore',
  });
}

/** Bytes that left the controller for the nodes, as its link counted them. */
export async function borderBytes(): Promise<number> {
  return Number(await lab('border'));
}

/** What a distribution has left on the nodes: folders, keys, processes. Empty when all is well. */
export async function leftOnNodes(nodes: readonly string[] = NODES): Promise<string> {
  const look = [
    'ls -d /run/oms-play.* /dev/shm/oms-play.* /tmp/oms-play.* 2>/dev/null',
    'grep -l oms-play\\\\. /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys 2>/dev/null',
    // Neither sshd's session of this look nor the look itself.
    'ps axo args | grep -E "oms-play|[s]sh: /|[s]sh -F|[c]at <?/run" | grep -v grep',
    'docker images --format "{{.Repository}}" | grep 127.0.0.1',
  ];
  const seen = await Promise.all(nodes.map((node) => onNode(node, look.join('; '))));
  return seen.filter(Boolean).join('\n');
}

/** Warnings of a run as "node: message". */
export function warnings(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'warning' ? [`${event.node ?? ''}: ${event.message}`] : [],
  );
}
