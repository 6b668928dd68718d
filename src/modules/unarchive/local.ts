import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sh } from '../../transport/command.ts';
import type { RunScope } from '../../transport/run-scope.ts';
import { ModuleError } from '../define.ts';
import { tail } from '../failure.ts';
import type { Unpacking } from '../packing/unpack.ts';
import { unpackCommand } from '../packing/unpack.ts';

const MOST_WORDS = 16 * 1024 * 1024;

const unpacked = new WeakMap<RunScope, Map<string, Promise<string>>>();

/** The archive of the controller's, unpacked there once for all nodes of a run; the folder goes away with the run. */
export async function unpackedHere(scope: RunScope, unpacking: Omit<Unpacking, 'own'>): Promise<string> {
  const known = unpacked.get(scope) ?? new Map<string, Promise<string>>();
  unpacked.set(scope, known);
  const { size, mtimeMs, ino } = await statOf(unpacking.src);
  const key = JSON.stringify([unpacking, size, mtimeMs, ino]);
  const folder = known.get(key) ?? unpack(scope, unpacking);
  known.set(key, folder);
  return folder;
}

async function unpack(scope: RunScope, unpacking: Omit<Unpacking, 'own'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oms-play-unarchive-'));
  scope.onEnd(async () => {
    // A folder that its owner may not write could not be emptied.
    await promisify(execFile)('chmod', ['-R', 'u+rwX', folder]).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });
  const { text } = unpackCommand({ ...unpacking, own: true }, sh`${folder}`);
  try {
    await promisify(execFile)('/bin/sh', ['-c', text], { maxBuffer: MOST_WORDS });
  } catch (error) {
    const { stderr = '', message } = error as { readonly stderr?: string; readonly message: string };
    const words = tail(stderr === '' ? message : stderr);
    throw new ModuleError({
      message: `${unpacking.src} cannot be unpacked on the controller: ${words.split('\n').at(-1) ?? ''}`,
      hint: 'It takes tar, and for other kinds gzip, bzip2, xz, zstd or unzip, on the controller.',
      stderr: words,
    });
  }
  return folder;
}

async function statOf(src: string): ReturnType<typeof stat> {
  try {
    return await stat(src);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ModuleError({ message: `src cannot be read on the controller: ${src} (${code})` });
  }
}
