import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';
import { defineModule, ModuleError } from '../define.ts';
import { refuseBadRegex } from '../regex.ts';
import type { Glance } from './look.ts';
import { glance } from './look.ts';

const args = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Name or address of the port, as the node sees it.'),
  port: z.int().min(1).max(65535).optional().describe('Port that is waited for, tried from the node.'),
  path: z.string().min(1).optional().describe('File on the node that is waited for.'),
  state: z
    .enum(['started', 'stopped', 'present', 'absent'])
    .default('started')
    .describe('started, present: the port is open, the file is there; stopped, absent: it is not.'),
  search_regex: z
    .string()
    .min(1)
    .optional()
    .describe('Regular expression that the file or what the port sends must match.'),
  timeout: z
    .number()
    .min(0)
    .default(300)
    .describe('Seconds to wait at most. Without port and path: seconds to wait.'),
  delay: z.number().min(0).default(0).describe('Seconds to wait before the first look.'),
  sleep: z.number().min(0).default(1).describe('Seconds between two looks.'),
  connect_timeout: z.number().positive().default(5).describe('Seconds for one try to connect.'),
  msg: z.string().optional().describe('What is said when it took too long.'),
});

type Args = z.output<typeof args>;

/** Waits for a port or a file. */
export const module = defineModule({
  name: 'wait_for',
  summary: 'Wait until a port is open or a file is there',
  args,
  returns: z.strictObject({
    elapsed: z.number().describe('Seconds that it took.'),
    state: z.string().describe('What was waited for.'),
    port: z.int().optional().describe('The port.'),
    path: z.string().optional().describe('The path.'),
    match: z.string().optional().describe('What search_regex matched.'),
  }),
  waits: true,
  examples: `- name: Console answers
  wait_for: { port: 8089, timeout: 600 }

- name: OMS says that it has started
  wait_for: { path: /data/oms/logs/docker_init.log, search_regex: "Completed" }
`,
  async check(node, given) {
    refuseNonsense(given);
    const begin = performance.now();
    const elapsed = (): number => Math.round((performance.now() - begin) / 100) / 10;
    const { state, port, path } = given;
    const result = {
      state,
      ...(port === undefined ? {} : { port }),
      ...(path === undefined ? {} : { path }),
    };
    if (port === undefined && path === undefined) {
      await pause((given.delay + given.timeout) * 1000);
      return { changes: [], result: { ...result, elapsed: elapsed() } };
    }
    const last = await waitUntil(node, given, begin + given.timeout * 1000);
    if (!last.reached) throw tooLong(node, given, last.seen, { ...result, elapsed: elapsed() });
    const match = last.match === undefined ? {} : { match: last.match };
    return { changes: [], result: { ...result, elapsed: elapsed(), ...match } };
  },
  apply: () => Promise.reject(new Error('wait_for changes nothing')),
});

async function waitUntil(node: NodeReader, given: Args, end: number): Promise<Glance> {
  await pause(given.delay * 1000);
  for (;;) {
    const left = Math.max(end - performance.now(), 100);
    const now = await glance(node, { ...given, limitMs: Math.min(left, given.connect_timeout * 1000) });
    if (now.reached || performance.now() + given.sleep * 1000 >= end) return now;
    await pause(given.sleep * 1000);
  }
}

function refuseNonsense(given: Args): void {
  if (given.port !== undefined && given.path !== undefined) {
    throw new ModuleError({ message: 'both port and path are given', hint: 'Use a task for each.' });
  }
  if (given.search_regex !== undefined) refuseBadRegex(given.search_regex, 'search_regex');
}

function tooLong(
  node: NodeReader,
  given: Args,
  seen: string,
  result: Record<string, string | number>,
): ModuleError {
  const what = given.path ?? `${given.host}:${given.port}`;
  const match = given.search_regex === undefined ? '' : ` and to match "${given.search_regex}"`;
  const message = `waited ${given.timeout} s for ${what} to be ${given.state}${match}, seen from ${node.name}`;
  const failure = { message: given.msg ?? message, hint: `At the last look: ${seen}.` };
  return new ModuleError(failure, result);
}
