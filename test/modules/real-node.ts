import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { ModuleError } from '../../src/modules/define.ts';
import { builtinModules } from '../../src/modules/index.ts';
import type { Link } from '../../src/transport/contract.ts';
import { openChild } from '../../src/transport/local.ts';
import { ShellLink } from '../../src/transport/link.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { createRunScope } from '../../src/transport/run-scope.ts';
import type { NodeWriter } from '../../src/transport/node.ts';

/** A real shell of this machine with a folder of its own, as modules see a node. */
export interface RealNode {
  readonly folder: string;
  readonly node: NodeWriter;
  readonly at: (name: string) => string;
  /** Runs a module, then once more: the second run must find nothing to do. Throws ModuleError. */
  use(name: string, given: object): Promise<Record<string, unknown>>;
  /** The same without the second run. */
  once(name: string, given: object): Promise<Record<string, unknown>>;
  /** What it would change. */
  look(name: string, given: object): Promise<readonly string[]>;
  failure(name: string, given: object): Promise<ModuleError>;
  close(): Promise<void>;
}

/** What nodes have: the tools of this machine, or nothing but those of busybox. */
export const kinds = ['usual', 'busybox'] as const;

/** `also`: with busybox, tools of this machine that are there too. */
export async function openRealNode(
  kind: (typeof kinds)[number] = 'usual',
  also: readonly string[] = [],
): Promise<RealNode> {
  const name = 'here';
  const folder = await mkdtemp(join(tmpdir(), 'oms-play 文件-'));
  const tools = await mkdtemp(join(tmpdir(), 'oms-play-tools-'));
  if (kind === 'busybox') execFileSync('busybox', ['--install', '-s', tools]);
  for (const tool of also) {
    await rm(join(tools, basename(tool)), { force: true });
    await symlink(tool, join(tools, basename(tool)));
  }
  const shell = kind === 'usual' ? ['/bin/sh'] : ['env', `PATH=${tools}`, join(tools, 'sh')];
  const run = createRunScope();
  const link: Link = new ShellLink({
    name,
    loginUser: 'tester',
    openChannel: () => openChild(shell),
    openConnection: () => Promise.reject(new Error('no network in this test')),
    lost: () => undefined,
    close: async () => undefined,
  });
  const node = createNode({
    name,
    address: '127.0.0.1',
    link: () => Promise.resolve(link),
    scope: run.scope,
  });
  const once = async (moduleName: string, given: object): Promise<Record<string, unknown>> => {
    const module = moduleOf(moduleName);
    const args = module.args.parse(given);
    const found = await module.check(node, args);
    const result = found.changes.length > 0 ? await module.apply(node, args, found) : found.result;
    module.returns.parse(result);
    return result as Record<string, unknown>;
  };
  const look = async (moduleName: string, given: object): Promise<readonly string[]> => {
    const module = moduleOf(moduleName);
    const { changes } = await module.check(node, module.args.parse(given));
    return changes.map(({ subject, summary }) => `${subject.replace(folder, '…')}: ${summary}`);
  };
  return {
    folder,
    node,
    at: (path) => join(folder, path),
    once,
    look,
    async use(moduleName, given) {
      const result = await once(moduleName, given);
      if (moduleOf(moduleName).always === undefined) {
        expect(await look(moduleName, given), `second run of ${moduleName}`).to.deep.equal([]);
      }
      return result;
    },
    async failure(moduleName, given) {
      const error: unknown = await once(moduleName, given).then(() => undefined, (e: unknown) => e); // prettier-ignore
      if (error instanceof ModuleError) return error;
      throw error instanceof Error ? error : new Error(`${moduleName} did not fail`);
    },
    async close() {
      await run.end();
      await link.close();
      await Promise.all([folder, tools].map((path) => rm(path, { recursive: true })));
    },
  };
}

function moduleOf(name: string): (typeof builtinModules)[number] {
  const found = builtinModules.find((module) => module.name === name);
  if (found === undefined) throw new Error(`no module ${name}`);
  return found;
}
