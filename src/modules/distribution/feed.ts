import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Writable } from 'node:stream';
import type { FileDigest } from './file-digest.ts';
import { chunkLength } from './file-digest.ts';
import type { TokenBucket } from './token-bucket.ts';

const SLICE_BYTES = 128 * 1024;

/** Sends chunks of a file down one stream, one after another; memory stays bounded by a slice. */
export class Feed {
  readonly #to: Writable;
  readonly #file: FileDigest & { readonly path: string };
  readonly #bucket: TokenBucket;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(to: Writable, file: FileDigest & { readonly path: string }, bucket: TokenBucket) {
    this.#to = to;
    this.#file = file;
    this.#bucket = bucket;
  }

  /** Sends a line, then the chunk. Rejects when the stream is gone or the file has become shorter. */
  send(line: string, chunk: number, onSent: (bytes: number) => void): Promise<void> {
    const turn = this.#turn.then(() => this.#send(line, chunk, onSent));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #send(line: string, chunk: number, onSent: (bytes: number) => void): Promise<void> {
    const { path, chunkBytes } = this.#file;
    const length = chunkLength(this.#file, chunk);
    const start = chunk * chunkBytes;
    const source = createReadStream(path, { start, end: start + length - 1, highWaterMark: SLICE_BYTES });
    let sent = 0;
    await this.#write(Buffer.from(`${line}\n`));
    for await (const slice of source as AsyncIterable<Buffer>) {
      await this.#bucket.take(slice.length);
      await this.#write(slice);
      sent += slice.length;
      onSent(sent);
    }
    if (sent !== length) throw new Error(`${path} changed while it was sent`);
  }

  async #write(bytes: Buffer): Promise<void> {
    if (!this.#to.writable) throw new Error('the connection is gone');
    if (this.#to.write(bytes)) return;
    const gone = new AbortController();
    try {
      await Promise.race([
        once(this.#to, 'drain', { signal: gone.signal }),
        once(this.#to, 'close', { signal: gone.signal }),
      ]);
    } finally {
      gone.abort();
    }
  }
}
