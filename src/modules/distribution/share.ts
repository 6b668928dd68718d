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
}

/**
 * Brings a file of the controller's to a path of the node, the way that is asked for: whole or not at all, with that
 * mode and owner. Where the chain cannot be, it is copied, with a warning that says why.
 */
export async function shareFile(
  node: NodeWriter,
  request: ShareRequest,
  path: string,
  how: WriteOptions,
): Promise<void> {
  const { file, distribution } = request;
  if (distribution === 'copy' || file.size < SMALL) return copy(node, request, path, how);
  try {
    await chain(node, request, path, how);
  } catch (error) {
    if (!(error instanceof NoAgent)) throw failureOf(node, path, error);
    node.scope.warn(`${posix.basename(path)} is copied from the controller: ${error.message}`, node.name);
    await copy(node, request, path, how);
  }
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
): Promise<void> {
  const { file, seeds, bandwidth } = request;
  const part = posix.join(
    posix.dirname(path),
    `.${posix.basename(path)}.oms-play-${file.sha256.slice(0, 8)}.part`,
  );
  await distributionOf(node).bring(node, { file, part, seeds, bandwidth, label: path });
  const attributes = attributeCommands([part], how).map((command) => sh`${command} || exit`);
  const steps = [...attributes, sh`mv -f -- ${part} ${path}`];
  const command = steps.reduce((all, step) => sh`${all}\n${step}`);
  const done = await node.run(command, { brief: 'programs' });
  if (done.exitCode !== 0)
    throw commandError(`${path} cannot be put in place on ${node.name}`, command, done);
}

function failureOf(node: NodeWriter, path: string, error: unknown): unknown {
  if (error instanceof TransportError || error instanceof ModuleError) return error;
  const { message } = error as Error;
  const hint = /no space/i.test(message) ? 'free some space there' : undefined;
  return new ModuleError({
    message: `cannot write ${path} on ${node.name}: ${message}`,
    ...(hint ? { hint } : {}),
  });
}
