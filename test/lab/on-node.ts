import { join } from 'node:path';
import { expect } from 'chai';
import type { AnyModule } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { Secret } from '../../src/model/secret.ts';
import type { Become, Link, Target } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';

const lab = join(import.meta.dirname, '..', '..', '.cache', 'lab');
/** How the user of hz-2 becomes root. */
export const OPS: Become = { user: 'root', password: new Secret('lab-Ops_2026') };

/** What a module did to a node. */
export interface Ran {
  readonly changes: readonly string[];
  readonly result: Readonly<Record<string, unknown>>;
}

/** A node of the lab as a target. */
export function labTarget(name: string, address: string, user: string): Target {
  return {
    ...{ name, connection: 'ssh', address, port: undefined, user, password: undefined },
    privateKeyFile: join(lab, 'ssh', 'id_ed25519'),
    ...{ privateKeyPassphrase: undefined, knownHostsFile: join(lab, 'ssh', 'known_hosts') },
    ...{ hostKeyChecking: 'yes', jump: undefined, connectTimeoutMs: 10_000 },
  };
}

/** The node over a link that is being opened. */
export function labNode(
  name: string,
  link: Promise<Link>,
  more: { become?: Become; environment?: Readonly<Record<string, string>> } = {},
): NodeWriter {
  return createNode({ name, address: name, link: () => link, ...more });
}

/** Runs a module, and again: what it changed must be as it should be then. */
export async function converge(
  node: NodeWriter,
  name: string,
  given: Readonly<Record<string, unknown>>,
  again: 'ok' | 'changed' = 'ok',
): Promise<Ran> {
  const first = await play(node, name, given);
  const second = await play(node, name, given, 'check');
  if (again === 'ok') expect(second.changes, `second run of ${name}`).to.deep.equal([]);
  else expect(second.changes, `second run of ${name}`).to.not.be.empty;
  return first;
}

/** Runs a module once. */
export async function play(
  node: NodeWriter,
  name: string,
  given: Readonly<Record<string, unknown>>,
  mode: 'apply' | 'check' = 'apply',
): Promise<Ran> {
  const module = moduleOf(name);
  const args = module.args.parse(given);
  const found = await module.check(node, args);
  const acts = mode === 'apply' && found.changes.length > 0;
  const result = module.returns.parse(acts ? await module.apply(node, args, found) : found.result);
  const changes = found.changes.map((change) => `${change.subject}: ${change.summary}`);
  return { changes, result: result as Ran['result'] };
}

/** The error that a module ends with. */
export async function failureOf(work: Promise<unknown>): Promise<ModuleError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ModuleError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

function moduleOf(name: string): AnyModule {
  const found = builtinModules.find((module) => module.name === name);
  if (found === undefined) throw new Error(`no module ${name}`);
  return found;
}
