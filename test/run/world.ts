import * as z from 'zod';
import { defineModule, ModuleError, type AnyModule } from '../../src/modules/define.ts';
import { TransportError } from '../../src/transport/contract.ts';

/** What the test modules act on: values by node and key, and the order in which things were done. */
export interface World {
  readonly values: Map<string, string>;
  readonly log: string[];
  readonly modules: readonly AnyModule[];
}

/** Modules that change only a map in memory: the engine is what is under test. */
export function createWorld(): World {
  const values = new Map<string, string>();
  const log: string[] = [];
  return { values, log, modules: [setModule(values, log), getModule(values, log), runModule(log)] };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** `set: {key, value}`: the key has that value on the node. */
function setModule(values: Map<string, string>, log: string[]): AnyModule {
  return defineModule({
    name: 'set',
    summary: 'sets a key in the test world',
    args: z.strictObject({
      key: z.string().describe('key'),
      value: z.union([z.string(), z.number(), z.boolean()]).describe('value'),
      ms: z.number().optional().describe('how long apply takes'),
      password: z.string().optional().describe('a secret').meta({ secret: true }),
    }),
    returns: z.object({ value: z.string() }),
    check: async (node, { key, value }) => {
      const before = values.get(`${node.name}/${key}`);
      const result = { value: String(value) };
      if (before === String(value)) return { changes: [], result };
      const change = { subject: key, summary: `${before ?? 'absent'} → ${value}` };
      return { changes: [change], result };
    },
    apply: async (node, { key, value, ms }) => {
      if (ms !== undefined) await pause(ms);
      values.set(`${node.name}/${key}`, String(value));
      log.push(`${node.name} set ${key}=${value}`);
      return { value: String(value) };
    },
  });
}

/** `get: {key}`: reads; fails where the key is absent and `needed`. */
function getModule(values: Map<string, string>, log: string[]): AnyModule {
  return defineModule({
    name: 'get',
    summary: 'reads a key of the test world',
    args: z.strictObject({
      key: z.string().describe('key'),
      needed: z.boolean().default(false).describe('fail when it is absent'),
      ms: z.number().optional().describe('how long it takes'),
      lost: z.string().optional().describe('name of a node whose connection breaks'),
    }),
    returns: z.object({ value: z.string().nullable() }),
    check: async (node, { key, needed, ms, lost }) => {
      if (ms !== undefined) await pause(ms);
      log.push(`${node.name} get ${key}`);
      if (lost === node.name) throw new TransportError('lost', `${node.name}: connection lost`);
      await node.query({ text: 'true', shown: 'true' });
      const value = values.get(`${node.name}/${key}`) ?? null;
      if (value === null && needed) throw new ModuleError({ message: `no ${key} on ${node.name}` });
      return { changes: [], result: { value } };
    },
    apply: () => Promise.reject(new Error('get never changes anything')),
  });
}

/** `run: {say, fail_on}`: like a command; it always acts. */
function runModule(log: string[]): AnyModule {
  const callsByNode = new Map<string, number>();
  return defineModule({
    name: 'run',
    summary: 'acts every time',
    always: 'it acts every time',
    freeForm: 'say',
    args: z.strictObject({
      say: z.string().describe('text'),
      fail_on: z.array(z.string()).default([]).describe('nodes that fail'),
      rc: z.number().default(0).describe('exit code'),
    }),
    returns: z.object({ rc: z.number(), stdout: z.string(), calls: z.number() }),
    check: async (node, { say }) => ({
      changes: [{ subject: say, summary: 'runs' }],
      result: { rc: 0, stdout: '', calls: callsByNode.get(node.name) ?? 0 },
    }),
    apply: async (node, { say, fail_on, rc }) => {
      const calls = (callsByNode.get(node.name) ?? 0) + 1;
      callsByNode.set(node.name, calls);
      log.push(`${node.name} run ${say}`);
      const result = { rc: fail_on.includes(node.name) ? 1 : rc, stdout: say, calls };
      if (result.rc !== 0)
        throw new ModuleError({ message: `exit ${result.rc}`, exitCode: result.rc }, result);
      return result;
    },
  });
}
