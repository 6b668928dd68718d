import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { cache, NODES, run, SECRETS } from './lab.ts';

/** Watches the arguments of all processes of this machine, those on the nodes included; answers with the leaks. */
export function watchProcesses(): { stop(): readonly string[] } {
  const leaks = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const words = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
      if (SECRETS.some((secret) => words.includes(secret))) leaks.add(words);
    }
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return [...leaks];
    },
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
  }
}

/** Files of the nodes, outside containers, in which a secret stands. */
export async function filesWithSecrets(): Promise<readonly string[]> {
  const folders = NODES.flatMap((node) =>
    ['upper', 'data', 'log'].map((part) => join(cache, 'nodes', node, part)),
  );
  const patterns = SECRETS.flatMap((secret) => [
    '-e',
    secret,
    '-e',
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]);
  const found = await run('grep', ['-rlaF', '--devices=skip', ...patterns, ...folders]);
  return found.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(join(cache, 'nodes').length + 1));
}

/** Fails when a text holds a secret of the lab, in any of the usual forms. */
export function expectNoSecret(what: string, text: string): void {
  for (const secret of SECRETS) {
    for (const form of [
      secret,
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      encodeURIComponent(secret),
    ]) {
      expect(text.includes(form), `${what} shows ${secret}`).to.equal(false);
    }
  }
}
