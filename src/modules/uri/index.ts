import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';
import { anyData } from '../data.ts';
import { defineModule } from '../define.ts';
import { uriArgs } from './args.ts';
import { exchange } from './exchange.ts';
import { requestOf, withoutLogin } from './request.ts';

const READING: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

const returns = z.strictObject({
  status: z.int().describe('Status code; -1 when there was no answer.'),
  url: z.string().describe('The address that answered, after redirects.'),
  msg: z.string().describe('What came of it, in words.'),
  headers: z.record(z.string(), z.string()).describe('Headers, in small letters with _ for -.'),
  content: z.string().optional().describe('Body, where return_content is set or the status was not well.'),
  json: anyData.optional().describe('Body as a value, where it is JSON.'),
  elapsed: z.number().describe('Seconds that it took.'),
});

/** An HTTP request, made from the node. */
export const module = defineModule({
  name: 'uri',
  summary: 'Make an HTTP request from the node',
  args: uriArgs,
  returns,
  inputs: { ca_path: 'file' },
  waits: true,
  examples: `- name: OMS is healthy
  uri: { url: "http://127.0.0.1:8089/oms/health", status_code: [200, 302] }
  register: health
  until: health.status == 200
  retries: 30
  delay: 10
`,
  async check(node, given) {
    if (READING.includes(given.method)) return { changes: [], result: await ask(node, given) };
    const url = withoutLogin(given.url);
    const result = { status: -1, url, msg: 'not sent yet', headers: {}, elapsed: 0 };
    return { changes: [{ subject: url, summary: `${given.method} request` }], result };
  },
  apply: (node, given) => ask(node, given),
});

async function ask(node: NodeReader, given: z.output<typeof uriArgs>): Promise<z.output<typeof returns>> {
  const expected = typeof given.status_code === 'number' ? [given.status_code] : given.status_code;
  return exchange(node, await requestOf(given), { expected, returnContent: given.return_content });
}
