import * as z from 'zod';
import { isAway } from '../away.ts';
import { defineModule, ModuleError } from '../define.ts';

/** Waits for the way to a node. */
export const module = defineModule({
  name: 'wait_for_connection',
  summary: 'Wait until the node can be reached and used',
  args: z.strictObject({
    timeout: z.number().positive().default(600).describe('Seconds to wait at most.'),
    delay: z.number().min(0).default(0).describe('Seconds to wait before the first try.'),
    sleep: z.number().min(0).default(1).describe('Seconds between two tries.'),
    connect_timeout: z.number().positive().default(5).describe('Seconds for one try.'),
  }),
  returns: z.strictObject({ elapsed: z.number().describe('Seconds that it took.') }),
  waits: true,
  notes: [
    'The connection that is open is closed first. It has come back when a command answers, as the user that the task ' +
      'becomes. A wrong password of sudo or another host key ends the waiting at once.',
    'Facts are gathered before the first task: set gather_facts: false on a play whose nodes are not up yet.',
  ],
  examples: `- wait_for_connection: { delay: 10, timeout: 300 }
`,
  async check(node, { timeout, delay, sleep, connect_timeout }) {
    const begin = performance.now();
    const elapsed = (): number => Math.round((performance.now() - begin) / 100) / 10;
    try {
      await node.reconnect({
        timeoutMs: (timeout + delay) * 1000,
        delayMs: delay * 1000,
        pauseMs: sleep * 1000,
        tryMs: connect_timeout * 1000,
      });
    } catch (error) {
      if (!isAway(error)) throw error;
      throw new ModuleError(
        { message: `waited ${timeout} s for ${node.name}, and it cannot be reached: ${error.message}` },
        { elapsed: elapsed() },
      );
    }
    return { changes: [], result: { elapsed: elapsed() } };
  },
  apply: () => Promise.reject(new Error('wait_for_connection changes nothing')),
});
