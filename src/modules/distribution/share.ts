import { posix } from 'node:path';
import { sh } from '../../transport/command.ts';
import { TransportError } from '../../transport/contract.ts';
import type { NodeWriter, WriteOptions } from '../../transport/node.ts';
import { attributeCommands } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import type { DistributionArgs } from './args.ts';
import type { SharedFile } from './region.ts';
import { distributionOf, NoAgent } from './region.ts';

/** Below this a plain copy is over before a chain would have begun. */
const SMALL = 4 * 1024 * 1024;

export interface ShareRequest extends DistributionArgs {
  readonly file: SharedFile;
  /** It is an image package: Docker may load it while it comes; `keep`: it is to be at the path, too. */
  readonly load?: { readonly keep: boolean };
}

/**
 * Brings a file of the controller's to a path of the node, the way that is asked for: whole or not at all, with that
 * mode and owner. Where the chain cannot be, it is copied, with a warning that says why. True: Docker has loaded it, and
 * the file is there only if it was to be kept.
 */
export async function shareFile(
  node: NodeWriter,
  request: ShareRequest,
  path: string,
  how: WriteOptions,
): Promise<boolean> {
  const { file, distribution } = request;
  const isChain = distribution !== 'copy' && file.size >= SMALL;
  try {
    if (isChain) return await chain(node, request, path, how);
  } catch (error) {
    if (!(error instanceof NoAgent)) throw failureOf(node, path, error);
    node.scope.warn(`${posix.basename(path)} is copied from the controller: ${error.message}`, node.name);
  }
  await copy(node, request, path, how);
  return false;
}

async function copy(node: NodeWriter, request: ShareRequest, path: string, how: WriteOptions): Promise<void> {
  const { file, bandwidth } = request;
  const limit = distributionOf(node).limit(node.region, bandwidth);
  await node.uploadFile(file.path, path, {
    ...how,
    sha256: file.sha256,
    ...(limit === undefined ? {} : { allow: limit }),
  });
}

async function chain(
  node: NodeWriter,
  request: ShareRequest,
  path: string,
  how: WriteOptions,
): Promise<boolean> {
  const { file, seeds, bandwidth, load } = request;
  const name = `.${posix.basename(path)}.oms-play-${file.sha256.slice(0, 8)}.part`;
  const part = posix.join(posix.dirname(path), name);
  const wish = { file, part, seeds, bandwidth, label: path, load: load !== undefined };
  let loaded: boolean;
  try {
    loaded = await distributionOf(node).bring(node, wish);
  } catch (error) {
    // What does not fit must not keep the disk full; after anything else it stays, to be gone on with.
    if (isFull(error)) await node.run(sh`rm -f -- ${part}`, { brief: 'programs' });
    throw error;
  }
  if (loaded && load?.keep !== true) await node.run(sh`rm -f -- ${part}`, { brief: 'programs' });
  else await putInPlace(node, part, path, how);
  return loaded;
}

async function putInPlace(node: NodeWriter, part: string, path: string, how: WriteOptions): Promise<void> {
  const attributes = attributeCommands([part], how).map((command) => sh`${command} || exit`);
  const steps = [...attributes, sh`mv -f -- ${part} ${path}`];
  const command = steps.reduce((all, step) => sh`${all}\n${step}`);
  const done = await node.run(command, { brief: 'programs' });
  if (done.exitCode === 0) return;
  throw commandError(`${path} cannot be put in place on ${node.name}`, command, done);
}

function isFull(error: unknown): boolean {
  return error instanceof Error && /no space left/i.test(error.message);
}

function failureOf(node: NodeWriter, path: string, error: unknown): unknown {
  if (error instanceof TransportError || error instanceof ModuleError) return error;
  const { message } = error as Error;
  const hint = isFull(error) ? 'free some space there' : undefined;
  return new ModuleError({
    message: `cannot write ${path} on ${node.name}: ${message}`,
    ...(hint ? { hint } : {}),
  });
}
