import { join } from 'node:path';
import { Secret } from '../../../src/model/secret.ts';
import type { AnyModule, Check } from '../../../src/modules/define.ts';
import { ModuleError } from '../../../src/modules/define.ts';
import type { Connector, Target } from '../../../src/transport/contract.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';
import { createNode } from '../../../src/transport/remote-node.ts';

const LAB = join(import.meta.dirname, '..', '..', '..', '.cache', 'lab');
const ADDRESSES = { 'hz-1': '10.77.0.11', 'hz-2': '10.77.0.12' } as const;

/** What a module found and did. */
export interface Ran {
  readonly changes: readonly string[];
  readonly result: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/** Check, and apply when there is something to do, as the runner does. */
export async function play(module: AnyModule, node: NodeWriter, given: object): Promise<Ran> {
  const args = module.args.parse(given);
  const found = (await module.check(node, args)) as Check<Ran['result'], unknown>;
  const result = found.changes.length > 0 ? await module.apply(node, args, found) : found.result;
  return {
    changes: found.changes.map((change) => `${change.subject}: ${change.summary}`),
    result: result as Ran['result'],
    warnings: found.warnings ?? [],
  };
}

/** The ModuleError that the work ends with. */
export async function failed(work: Promise<unknown>): Promise<ModuleError> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ModuleError) return error;
  throw error;
}

/** A node of the lab: hz-1 as root, hz-2 as root by way of ops and sudo. */
export function labNode(
  connector: Connector,
  name: keyof typeof ADDRESSES,
  environment: Readonly<Record<string, string>> = {},
): NodeWriter {
  const user = name === 'hz-1' ? 'root' : 'ops';
  const target: Target = {
    ...{ name, address: ADDRESSES[name], user, connection: 'ssh', port: undefined, password: undefined },
    ...{ jump: undefined, privateKeyFile: join(LAB, 'ssh', 'id_ed25519'), privateKeyPassphrase: undefined },
    knownHostsFile: join(LAB, 'ssh', 'known_hosts'),
    hostKeyChecking: 'yes',
    connectTimeoutMs: 10_000,
  };
  const link = connector.connect(target);
  link.catch(() => undefined);
  const become = { user: 'root', password: new Secret('lab-Ops_2026') };
  return createNode({
    ...{ name, address: ADDRESSES[name], link: () => link, environment },
    ...(user === 'root' ? {} : { become }),
  });
}
