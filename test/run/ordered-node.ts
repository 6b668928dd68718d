import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { defineModule, ModuleError, type AnyModule } from '../../src/modules/define.ts';
import { sh } from '../../src/transport/command.ts';
import type { Connector, ExecRequest, ExecResult, Link, Target } from '../../src/transport/contract.ts';

/** Nodes whose shells act only when a request's turn has come, one after another, as real ones do. */
export interface OrderedNodes {
  readonly connector: Connector;
  /** Values by node and key, as the shells have set them. */
  readonly values: Map<string, string>;
  /** `get KEY` and `put KEY VALUE` in the order they were carried out. */
  readonly log: string[];
}

/** `delay` gives the milliseconds that each request takes on the node; each user's shell keeps its own line. */
export function orderedNodes(delay: () => number): OrderedNodes {
  const values = new Map<string, string>();
  const log: string[] = [];
  const act = (node: string, command: string): Partial<ExecResult> => {
    log.push(`${node} ${command}`);
    const [verb, key, value = ''] = command.split(' ');
    if (verb === 'put' && value === 'refused') return { exitCode: 1, stderr: Buffer.from('refused') };
    if (verb === 'put') values.set(`${node}/${key}`, value);
    return { stdout: Buffer.from(values.get(`${node}/${key}`) ?? 'absent') };
  };
  const connect = async ({ name }: Target): Promise<Link> =>
    orderedLink((command) => act(name, command), delay);
  return { connector: { connect, close: async () => undefined }, values, log };
}

function orderedLink(act: (command: string) => Partial<ExecResult>, delay: () => number): Link {
  const lines = new Map<string, Promise<unknown>>();
  const exec = (request: ExecRequest): Promise<ExecResult> => {
    const user = request.become?.user ?? '';
    const turn = (lines.get(user) ?? Promise.resolve()).then(async () => {
      await sleep(delay());
      return { exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), ...act(request.command.text) };
    });
    lines.set(user, turn);
    request.onSent?.();
    return turn;
  };
  const none = () => Promise.reject(new Error('not here'));
  return {
    exec,
    upload: none,
    openConnection: none,
    interrupt: async () => undefined,
    close: async () => undefined,
  };
}

/** `put: {key, value, also}`: the key has that value on the node; `also` is written by a second command. */
export const putModule: AnyModule = defineModule({
  name: 'put',
  summary: 'sets a key through the shell of the node',
  inOrder: true,
  args: z.strictObject({
    key: z.string().describe('key'),
    value: z.string().describe('value'),
    also: z.string().optional().describe('another key that gets it'),
  }),
  returns: z.object({ was: z.string() }),
  check: async (node, { key, value }) => {
    const was = (await node.query(sh`get ${key}`)).stdout.toString();
    return {
      changes: was === value ? [] : [{ subject: key, summary: `${was} → ${value}` }],
      result: { was },
    };
  },
  apply: async (node, { key, value, also }, { result }) => {
    const done = await node.run(sh`put ${key} ${value}`, { brief: 'script' });
    if (done.exitCode !== 0) throw new ModuleError({ message: `${key} was refused` });
    if (also !== undefined) await node.run(sh`put ${also} ${value}`);
    return { was: result.was };
  },
});

/** `look: {key}`: what the key is on the node. */
export const lookModule: AnyModule = defineModule({
  name: 'look',
  summary: 'reads a key through the shell of the node',
  args: z.strictObject({ key: z.string().describe('key') }),
  returns: z.object({ value: z.string() }),
  check: async (node, { key }) => {
    const value = (await node.query(sh`get ${key}`)).stdout.toString();
    return { changes: [], result: { value } };
  },
  apply: () => Promise.reject(new Error('look never changes anything')),
});
