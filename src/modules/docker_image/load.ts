import { basename } from 'node:path';
import type { ExecResult } from '../../transport/contract.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { shareFile } from '../distribution/share.ts';
import { requireDocker } from '../docker/engine.ts';
import { sizeText } from '../docker/names.ts';
import { commandError } from '../failure.ts';
import { distributionOf } from '../distribution/region.ts';
import type { ImageArgs } from './args.ts';
import type { Wanted } from './choose.ts';
import { fromNeighbour, throughRegistry } from './image-share.ts';
import type { Package } from './package.ts';

/** Brings the image to the node, the way that is asked for. What came of it is for the caller to compare. */
export async function loadPackage(
  node: NodeWriter,
  args: ImageArgs,
  found: Package,
  wanted: Wanted,
): Promise<void> {
  const { distribution } = args;
  const file = { ...found, path: args.load_path ?? '' };
  const shared = distributionOf(node);
  if (distribution === 'registry' && (await throughRegistry(node, args, file, wanted))) return;
  if (distribution === 'chain' && !shared.isShared(node.region, file) && (await fromNeighbour(node, wanted)))
    return;
  const path = packagePath(args, found);
  await makeFolder(node, args.dest_dir);
  const wish = { file, label: path, seeds: args.seeds, bandwidth: args.bandwidth };
  if ((await node.checksum(path)) !== found.sha256) {
    await requireRoom(node, args.dest_dir, found);
    const load = { keep: args.keep_package };
    if (await shareFile(node, { ...args, file, load }, path, { mode: '0600' })) return;
  } else if (distribution === 'chain') await shared.offer(node, wish, path);
  const command = sh`docker load -q -i ${path}`;
  const done = await node.run(command);
  if (done.exitCode !== 0) throw await loadFailure(node, { command, done, found, path });
  if (!args.keep_package) await node.run(sh`rm -f -- ${path}`);
}

/** Named by its content: a try that was cut off is resumed, and another package never stands in for it. */
export function packagePath(args: ImageArgs, found: Package): string {
  const folder = args.dest_dir.replace(/\/+$/, '');
  return `${folder}/${found.sha256.slice(0, 16)}-${basename(args.load_path ?? '')}`;
}

async function makeFolder(node: NodeWriter, folder: string): Promise<void> {
  // /var/tmp is everybody's: a folder that somebody else prepared there must not be trusted.
  const command = sh`mkdir -p -m 0700 -- ${folder} && [ ! -L ${folder} ] && [ -w ${folder} ] && {
  case ${folder} in /tmp/*|/var/tmp/*) [ -O ${folder} ] ;; esac; }`;
  const done = await node.run(command);
  if (done.exitCode === 0) return;
  throw commandError(`${folder} on ${node.name} cannot be used for the package`, command, done, {
    hint: 'it must be a folder of the user that runs the task; set dest_dir to another one, or "become: true"',
  });
}

async function requireRoom(node: NodeReader, folder: string, found: Package): Promise<void> {
  const free = await freeBytes(node, folder);
  if (free === undefined || free >= found.size) return;
  throw new ModuleError({
    message: `no room in ${folder} on ${node.name}: the package has ${sizeText(found.size)}, free are ${sizeText(free)}`,
    hint: 'free some space there, or set dest_dir to a folder on a larger disk',
  });
}

async function freeBytes(node: NodeReader, folder: string): Promise<number | undefined> {
  const done = await node.query(sh`df -Pk -- ${folder}`);
  const row = done.stdout.toString('utf8').trim().split('\n').at(-1) ?? '';
  const blocks = /\s(\d+)\s+\d+%\s/.exec(row)?.[1];
  return done.exitCode === 0 && blocks !== undefined ? Number(blocks) * 1024 : undefined;
}

interface FailedLoad {
  readonly command: ShellCommand;
  readonly done: ExecResult;
  readonly found: Package;
  readonly path: string;
}

async function loadFailure(node: NodeWriter, failed: FailedLoad): Promise<ModuleError> {
  await requireDocker(node);
  const { found, path } = failed;
  const root = await node.query(sh`docker info --format '{{.DockerRootDir}}'`);
  const folder = root.stdout.toString('utf8').trim();
  const free = folder === '' ? undefined : await freeBytes(node, folder);
  const kept = `the package stays in ${path} for the next try`;
  // The engine has cleaned up by now, so what is free is what the load had.
  if (free !== undefined && free < found.unpackedSize) {
    const need = sizeText(found.unpackedSize);
    const message = `no room for the image on ${node.name}: it needs ${need} in ${folder}, free are ${sizeText(free)}`;
    const hint = `free some space there ("docker image prune" removes images without a name); ${kept}`;
    return commandError(message, failed.command, failed.done, { hint });
  }
  return commandError(`docker load failed on ${node.name}`, failed.command, failed.done, { hint: kept });
}
