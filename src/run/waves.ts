import { setImmediate } from 'node:timers/promises';

/** So many begin at once; the next ones when these have come as far as they can without waiting for a node. */
const WAVE = 16;

/**
 * Begins work on every node, wave by wave, and ends when all have ended. Where answers are there already, a node is
 * through before the next begins: a thousand nodes side by side would all have to be kept in memory, step by step, and
 * what comes in from the network meanwhile would lie there unread. `work` never rejects.
 */
export async function inWaves<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const begun: Promise<void>[] = [];
  for (const [i, one] of all.entries()) {
    if (i > 0 && i % WAVE === 0) await setImmediate();
    begun.push(work(one));
  }
  await Promise.all(begun);
}
