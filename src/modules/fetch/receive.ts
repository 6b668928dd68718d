import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';

const BLOCK = 1024 * 1024;
const BLOCKS_AT_ONCE = 16;

/** The bytes of a node's file, a part for each request. */
export async function* partsOf(node: NodeWriter, src: string, size: number): AsyncGenerator<Buffer> {
  let done = 0;
  while (done < size) {
    const skip = done / BLOCK;
    const command = sh`dd ${`if=${src}`} bs=${BLOCK} skip=${skip} count=${BLOCKS_AT_ONCE}`;
    const part = await node.query(command);
    if (part.exitCode !== 0)
      throw commandError(`could not read ${src}`, command, { ...part, stdout: Buffer.alloc(0) });
    if (part.stdout.length === 0) return;
    yield part.stdout;
    done += part.stdout.length;
    node.progress(src, Math.min(done, size), size, 'bytes');
    // Less than asked for: the file has become shorter meanwhile, and this is its end.
    if (part.stdout.length < BLOCK * BLOCKS_AT_ONCE) return;
  }
}

/** Puts the parts into a file of the controller's, whole or not at all; gives their SHA-256. */
export async function receive(
  target: string,
  parts: AsyncIterable<Buffer> | Iterable<Buffer>,
  wanted: string | undefined,
): Promise<string> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  const hash = createHash('sha256');
  try {
    await mkdir(dirname(target), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      for await (const part of parts) {
        hash.update(part);
        await file.write(part);
      }
    } finally {
      await file.close();
    }
    const sum = hash.digest('hex');
    if (wanted !== undefined && sum !== wanted) throw changedMeanwhile(target);
    await rename(temporary, target);
    return sum;
  } catch (error) {
    await rm(temporary, { force: true });
    throw failure(target, error);
  }
}

function changedMeanwhile(target: string): ModuleError {
  return new ModuleError({
    message: `what arrived for ${target} is not what the node has (checksums differ); nothing was written`,
    hint: 'Does somebody write to that file? validate_checksum: false takes it as it comes.',
  });
}

function failure(target: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof ModuleError || code === undefined) return error;
  return new ModuleError({ message: `${target} cannot be written on the controller (${code})` });
}
