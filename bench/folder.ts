import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyContent, checkContent } from '../src/modules/content.ts';
import { applyFolder, checkFolder } from '../src/modules/copy/folder.ts';
import { look } from '../src/modules/destination.ts';
import type { Link, Target } from '../src/transport/contract.ts';
import type { NodeWriter } from '../src/transport/node.ts';
import { createNode } from '../src/transport/remote-node.ts';
import { createSshConnector } from '../src/transport/ssh.ts';
import type { Closing } from './closing.ts';
import { farAway } from './delay-proxy.ts';
import { LoopbackNodes } from './loopback.ts';

/** What a folder of small files costs; `each`: every file looked at and sent by itself, as it was before. */
export interface FolderTiming {
  readonly way: 'stream' | 'each';
  readonly rttMs: number;
  readonly files: number;
  /** The first run, that brings all of them: the look, and what follows. */
  readonly lookSeconds: number;
  readonly bringSeconds: number;
  readonly bringRequests: number;
  /** The next one, that finds nothing to do. */
  readonly againSeconds: number;
  readonly againRequests: number;
}

export interface FolderBench {
  readonly files: number;
  readonly rttsMs: readonly number[];
  readonly ways: readonly FolderTiming['way'][];
}

const BYTES = 2_000;
const FOLDERS = 20;
const AS_IT_COMES = { backup: false, force: true, in_place: false } as const;

/** A thousand small files to one node over a real sshd, at several distances. Needs root, as all loopback nodes do. */
export async function benchFolder(
  { files, rttsMs, ways }: FolderBench,
  closing: Closing,
): Promise<readonly FolderTiming[]> {
  const nodes = await LoopbackNodes.start('oms-bench-files', closing);
  const source = mkdtempSync(join(tmpdir(), 'oms-bench-folder-'));
  const remove = closing.add(() => rmSync(source, { recursive: true, force: true }));
  makeFiles(source, files);
  const timings: FolderTiming[] = [];
  try {
    for (const rttMs of rttsMs) {
      for (const way of ways) timings.push(await timed(nodes, { way, rttMs, files, source, closing }));
    }
  } finally {
    remove();
    nodes.close();
  }
  return timings;
}

interface Case {
  readonly way: FolderTiming['way'];
  readonly rttMs: number;
  readonly files: number;
  readonly source: string;
  readonly closing: Closing;
}

async function timed(
  nodes: LoopbackNodes,
  { way, rttMs, files, source, closing }: Case,
): Promise<FolderTiming> {
  const proxy = await farAway(nodes.port, rttMs, closing);
  const connector = createSshConnector({ home: nodes.controllerHome, agentSocket: '' });
  const dest = join(nodes.makeFolder(`to-${way}-${rttMs}`), 'folder');
  try {
    const link = await connector.connect(targetOf(nodes, proxy.port));
    const node = createNode({ name: 'n1', address: '127.0.0.1', link: async () => link });
    await node.checksum('/dev/null');
    const bring = way === 'stream' ? inOneStream : eachByItself;
    const first = await counted(link, () => bring(node, source, dest));
    const again = await counted(link, () => bring(node, source, dest));
    return {
      way,
      rttMs,
      files,
      lookSeconds: first.result.lookSeconds,
      bringSeconds: first.seconds - first.result.lookSeconds,
      bringRequests: first.requests,
      againSeconds: again.seconds,
      againRequests: again.requests,
    };
  } finally {
    await connector.close();
    proxy.close();
  }
}

interface Brought {
  readonly lookSeconds: number;
}

async function inOneStream(node: NodeWriter, source: string, dest: string): Promise<Brought> {
  const begin = performance.now();
  const found = await checkFolder(node, { ...AS_IT_COMES, src: `${source}/`, dest });
  const lookSeconds = (performance.now() - begin) / 1000;
  if (found.changes.length > 0) await applyFolder(node, found);
  return { lookSeconds };
}

/** What copy does with a single file, for each of them: all looks at once, then one after the other. */
async function eachByItself(node: NodeWriter, source: string, dest: string): Promise<Brought> {
  const begin = performance.now();
  const names = (await readdir(source, { recursive: true })).sort();
  const found = await Promise.all(names.map((name) => lookAtOne(node, join(source, name), join(dest, name))));
  const lookSeconds = (performance.now() - begin) / 1000;
  const folders = found.flatMap((file) => ('folder' in file && file.isMissing ? [file.folder] : []));
  if (folders.length > 0) await node.run({ text: `mkdir -p ${folders.join(' ')}`, shown: 'mkdir' }, { brief: 'programs' }); // prettier-ignore
  for (const file of found) if ('changes' in file && file.changes.length > 0) await applyContent(node, file);
  return { lookSeconds };
}

async function lookAtOne(node: NodeWriter, localPath: string, path: string) {
  const { size, isFolder } = await stat(localPath).then((s) => ({ size: s.size, isFolder: s.isDirectory() }));
  if (isFolder) return { folder: path, isMissing: (await node.stat(path, { follow: true })) === undefined };
  const wanted = { ...AS_IT_COMES, source: { localPath, size } };
  return checkContent(node, wanted, await look(node, path, true));
}

async function counted<T>(link: Link, work: () => Promise<T>) {
  const before = link.stats?.().requests ?? NaN;
  const begin = performance.now();
  const result = await work();
  const seconds = (performance.now() - begin) / 1000;
  return { result, seconds, requests: (link.stats?.().requests ?? NaN) - before };
}

function targetOf(nodes: LoopbackNodes, port: number): Target {
  return {
    name: 'n1',
    connection: 'ssh',
    address: '127.0.0.1',
    port,
    user: nodes.user,
    password: undefined,
    privateKeyFile: nodes.keyFile,
    privateKeyPassphrase: undefined,
    knownHostsFile: nodes.knownHostsFile,
    hostKeyChecking: 'yes',
    jump: undefined,
    connectTimeoutMs: 30_000,
  };
}

function makeFiles(source: string, files: number): void {
  for (let i = 0; i < FOLDERS; i++) mkdirSync(join(source, `folder-${i}`));
  for (let i = 0; i < files; i++) {
    const line = `setting_${i} = ${i * 7919}\n`;
    writeFileSync(join(source, `folder-${i % FOLDERS}`, `file-${i}.conf`), line.repeat(BYTES / line.length));
  }
}
