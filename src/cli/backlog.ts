import type { Writable } from 'node:stream';
import { SpillFile } from './spill-file.ts';

const MEMORY_CHARACTERS = 8 * 1024 * 1024;
/** While the file is in use, memory holds only as much as makes writing to it worth while. */
const BATCH_CHARACTERS = 1024 * 1024;
/** More than a pipe takes at once, so that its reader never waits for us. */
const IN_STREAM_BYTES = 256 * 1024;

export interface BacklogOptions {
  /** Where the file may be, in the order in which they are tried. */
  readonly folders: readonly string[];
  /** So much waits in memory before the file is used; default 8 Mi characters. */
  readonly memory?: number;
}

/**
 * Output on its way to a reader that may be slow: nobody who writes waits, nothing is lost or changes its place, and
 * memory stays bounded. In order: what the stream has taken, the file, the texts in memory.
 */
export class Backlog {
  readonly #stream: Writable;
  readonly #folders: readonly string[];
  readonly #memory: number;
  #texts: string[] = [];
  #characters = 0;
  #file: SpillFile | undefined;
  /** What memory held when the disk was full or no folder took a file: it has to do until there is much more. */
  #refused = 0;
  /** Bytes that the stream has not handed on yet. */
  #inStream = 0;
  #planned = false;
  #gone = false;
  #waiting: (() => void)[] = [];

  constructor(stream: Writable, { folders, memory = MEMORY_CHARACTERS }: BacklogOptions) {
    this.#stream = stream;
    this.#folders = folders;
    this.#memory = memory;
  }

  /** Never waits. What is written in one turn of the event loop goes out together. */
  write(text: string): void {
    if (this.#gone || text === '') return;
    this.#texts.push(text);
    this.#characters += text.length;
    const limit = this.#spilled === 0 ? this.#memory : Math.min(this.#memory, BATCH_CHARACTERS);
    if (this.#characters > limit + this.#refused) this.#spill();
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.flush();
    });
  }

  /** Hands on what the stream takes now. */
  flush(): void {
    while (!this.#gone && this.#inStream < IN_STREAM_BYTES) {
      const next = this.#next();
      if (next === undefined) break;
      this.#inStream += next.length;
      this.#stream.write(next, () => {
        this.#inStream -= next.length;
        this.flush();
      });
    }
    if (this.#gone || this.waiting === 0) this.#done();
  }

  /** How much the reader has not taken yet: bytes, or characters where they wait in memory. */
  get waiting(): number {
    return this.#inStream + this.#spilled + this.#characters;
  }

  /** Resolves when the reader has taken everything, or is gone. */
  async drained(): Promise<void> {
    this.flush();
    if (this.#gone || this.waiting === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** There is no reader any more: what waits is let go, and what comes too. */
  discard(): void {
    this.#gone = true;
    this.#texts = [];
    this.#characters = 0;
    this.#file?.close();
    this.#file = undefined;
    this.#done();
  }

  get #spilled(): number {
    return this.#file?.size ?? 0;
  }

  #spill(): void {
    this.#file ??= SpillFile.open(this.#folders);
    try {
      if (this.#file === undefined) throw new Error('no file');
      this.#file.append(Buffer.from(this.#texts.join('')));
    } catch {
      this.#refused = this.#characters;
      return;
    }
    this.#texts = [];
    this.#characters = 0;
    this.#refused = 0;
  }

  #next(): Buffer | undefined {
    if (this.#spilled > 0) return this.#fromFile();
    if (this.#texts.length === 0) return undefined;
    let count = 0;
    let characters = 0;
    while (count < this.#texts.length && characters < IN_STREAM_BYTES) {
      characters += this.#texts[count]?.length ?? 0;
      count += 1;
    }
    this.#characters -= characters;
    return Buffer.from(this.#texts.splice(0, count).join(''));
  }

  #fromFile(): Buffer | undefined {
    try {
      return this.#file?.take(IN_STREAM_BYTES);
    } catch (error) {
      // As if the stream had failed: whoever listens to it ends what depends on it.
      this.discard();
      this.#stream.destroy(error as Error);
      return undefined;
    }
  }

  #done(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
