import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';

const PROGRAM = '/usr/bin/ansible-playbook';

/** The Python that ansible-core is installed for; an error where it is not: nothing would be compared. */
export function ansiblePython(): string {
  const [, python] = existsSync(PROGRAM) ? (/^#! *(\S+)/.exec(readFileSync(PROGRAM, 'utf8')) ?? []) : [];
  if (python !== undefined) return python;
  throw new Error(
    `${PROGRAM} is not installed, so NOTHING WAS COMPARED with Ansible. ./scripts/setup installs it (Debian's ansible-core).`,
  );
}

/** What a run of ansible-playbook gave. */
export interface AnsibleRun {
  readonly code: number;
  readonly output: string;
}

const PATIENCE_MS = 280_000;

/** Plays with ansible-core, all in one process. */
export async function playWithAnsible(runs: readonly (readonly string[])[]): Promise<readonly AnsibleRun[]> {
  const child = spawn(ansiblePython(), [join(import.meta.dirname, 'ansible-runs.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: what it starts ends with it.
    detached: true,
    env: { ...process.env, ANSIBLE_CONFIG: join(import.meta.dirname, 'ansible.cfg') },
  });
  const timer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), PATIENCE_MS);
  try {
    child.stdin.end(JSON.stringify(runs));
    const answer = await text(child.stdout);
    if (answer === '') throw new Error('ansible-core gave no answer, or none in time');
    return JSON.parse(answer) as readonly AnsibleRun[];
  } finally {
    clearTimeout(timer);
  }
}
