import * as z from 'zod';
import { defineModule, ModuleError } from '../define.ts';
import { lookAtPort } from './look.ts';

const args = z.strictObject({
  host: z
    .string()
    .regex(/^[A-Za-z0-9_.:%-]+$/, { error: 'not a name or address' })
    .regex(/^[^-]/, { error: 'begins with -' })
    .default('127.0.0.1')
    .describe('Name or address, as the node sees it.'),
  port: z.int().min(1).max(65535).describe('Port.'),
  state: z.enum(['open', 'closed']).default('open').describe('What it has to be.'),
  timeout: z.number().positive().default(5).describe('Seconds for the try to connect.'),
});

/** Whether a port can be reached from a node. */
export const module = defineModule({
  name: 'port_check',
  summary: 'See whether a port can be reached from the node',
  args,
  returns: z.strictObject({
    host: z.string().describe('The host.'),
    port: z.int().describe('The port.'),
    state: z.enum(['open', 'closed']).describe('What it is.'),
    reason: z.string().describe('Why it is closed: refused, no answer, no route; empty for an open one.'),
    tool: z.string().describe('What of the node has tried: bash, python, nc or curl.'),
    elapsed: z.number().describe('Seconds that it took.'),
  }),
  beyondNode: true,
  notes: [
    'The node itself connects, with what it has: bash, python3, nc or curl. Where it has none of them, or does not know ' +
      'the host’s name, nothing is said about the port: the task fails. To wait for a port use wait_for.',
  ],
  examples: `- name: The MetaDB can be reached
  port_check: { host: "{{oms_meta_host}}", port: 2883 }

- name: Nobody else has taken the console's port
  port_check: { port: 8089, state: closed }
`,
  async check(node, { host, port, state, timeout }) {
    const begin = performance.now();
    const seen = await lookAtPort(node, { host, port, timeout });
    const elapsed = Math.round((performance.now() - begin) / 10) / 100;
    const result = { host, port, elapsed, ...seen };
    if (seen.state === state) return { changes: [], result };
    const reason = seen.reason === '' ? '' : ` (${seen.reason})`;
    throw new ModuleError(
      {
        message: `port ${port} of ${host} is ${seen.state}${reason}, seen from ${node.name}; it should be ${state}`,
        ...(state === 'open' ? { hint: hintOf(seen.reason) } : {}),
      },
      result,
    );
  },
  apply: () => Promise.reject(new Error('port_check changes nothing')),
});

function hintOf(reason: string): string {
  return reason === 'refused'
    ? 'The host answers, but nothing listens there: does the service run, on this address?'
    : 'Is the address right? A firewall between them may drop the packets.';
}
