import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ModuleError } from '../define.ts';
import { chunkBytesFor, Digester } from './file-digest.ts';
import type { SharedFile } from './region.ts';

/** Gives the checksums of a file of the controller's. Throws ModuleError when it cannot be read. */
export type DigestReader = (path: string) => Promise<SharedFile>;

/** A reader that reads each file once, for all nodes and tasks of a run, until the file changes. */
export function createDigestReader(): DigestReader {
  const reading = new Map<string, Promise<SharedFile>>();
  return async (path) => {
    const key = await keyOf(path);
    const known = reading.get(key) ?? read(path);
    reading.set(key, known);
    known.catch(() => reading.delete(key));
    return known;
  };
}

async function read(path: string): Promise<SharedFile> {
  try {
    const digester = new Digester(chunkBytesFor((await stat(path)).size));
    for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 }))
      digester.update(bytes as Buffer);
    return { ...digester.digest(), path };
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function keyOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await stat(path);
    return [path, size, mtimeMs, ctimeMs, ino].join('|');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): ModuleError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new ModuleError({ message: `src cannot be read on the controller: ${path} (${code})` });
}
