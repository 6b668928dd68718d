import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes on disk that are taken in the order in which they came. The file has no name and is gone with the process. */
export class SpillFile {
  readonly #file: number;
  #begin = 0;
  #end = 0;

  private constructor(file: number) {
    this.#file = file;
  }

  /** In the first of the folders that takes it; undefined: none does. Nobody but the user can read it. */
  static open(folders: readonly string[]): SpillFile | undefined {
    for (const folder of folders) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const path = join(folder, `.spill-${randomBytes(8).toString('hex')}`);
        const file = openSync(path, 'wx+', 0o600);
        unlinkSync(path);
        return new SpillFile(file);
      } catch {
        // Read-only, full or not ours: the next one.
      }
    }
    return undefined;
  }

  /** Bytes that have not been taken yet. */
  get size(): number {
    return this.#end - this.#begin;
  }

  /** Takes all of the bytes or, when it throws (a full disk), none. */
  append(bytes: Buffer): void {
    let done = 0;
    while (done < bytes.length)
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#end + done);
    this.#end += done;
  }

  /** The next bytes, as many as there are or are wanted. */
  take(most: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.min(most, this.size));
    const count = readSync(this.#file, bytes, 0, bytes.length, this.#begin);
    if (count === 0) throw new Error('the file for output that waits has lost its end');
    this.#begin += count;
    if (this.size === 0) this.#startAnew();
    return bytes.subarray(0, count);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Gives the space on the disk back. */
  #startAnew(): void {
    ftruncateSync(this.#file, 0);
    this.#begin = 0;
    this.#end = 0;
  }
}
