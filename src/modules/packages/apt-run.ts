import { setTimeout as pause } from 'node:timers/promises';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { commandError } from '../failure.ts';
import type { AptArgs } from './apt-args.ts';

const LOCKED = /Could not get lock|Unable to acquire the dpkg|Unable to lock|is another process using it/;
const LOCK_PAUSE_MS = 2_000;
const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', APT_LISTCHANGES_FRONTEND: 'none' };

/** Runs apt-get, waits while another one is at it, and gives what it printed. */
export async function aptGet(
  node: NodeWriter,
  words: readonly string[],
  { lock_timeout, failure }: { readonly lock_timeout: number; readonly failure: string },
): Promise<string> {
  const until = Date.now() + lock_timeout * 1000;
  const command = sh`apt-get ${words}`;
  for (;;) {
    const done = await node.run(command, { environment: ENVIRONMENT });
    const said = done.stderr.toString('utf8');
    if (done.exitCode === 0) return done.stdout.toString('utf8');
    const locked = LOCKED.test(said);
    if (!locked || Date.now() >= until) {
      const reason = /^E: (.*)$/m.exec(said)?.[1];
      const hint = locked
        ? `Another apt or dpkg was at work for ${lock_timeout} s; lock_timeout waits longer.`
        : undefined;
      const message = reason === undefined ? failure : `${failure}: ${reason}`;
      throw commandError(message, command, done, hint === undefined ? {} : { hint });
    }
    await pause(Math.min(LOCK_PAUSE_MS, Math.max(0, until - Date.now())), undefined, {
      signal: node.scope.signal,
    });
  }
}

/** Gets the package lists anew; a network that stumbles is tried again. */
export async function updateLists(node: NodeWriter, args: AptArgs): Promise<string> {
  // Without this, lists that could not be had count as success.
  const words = ['-o', 'APT::Update::Error-Mode=any', 'update'];
  const options = { lock_timeout: args.lock_timeout, failure: 'the package lists could not be updated' };
  for (let tries = 0; ; tries++) {
    try {
      return await aptGet(node, words, options);
    } catch (error) {
      if (tries >= args.update_cache_retries) throw error;
      const seconds = Math.min(2 ** tries, args.update_cache_retry_max_delay);
      await pause(seconds * 1000, undefined, { signal: node.scope.signal });
    }
  }
}
