import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';

const MIB = 1024 * 1024;

/** A file's checksums: of all of it, and of each chunk of `chunkBytes` (the last may be shorter). SHA-256 in hex. */
export interface FileDigest {
  readonly size: number;
  readonly sha256: string;
  readonly chunkBytes: number;
  readonly chunks: readonly string[];
}

/** Small enough that a chain of nodes is soon filled, large enough that a chunk costs little. Whole MiB. */
export function chunkBytesFor(size: number): number {
  return (size < 1024 * MIB ? 4 : 16) * MIB;
}

/** Takes the bytes of a file in their order and makes its digest on the way. */
export class Digester {
  readonly #chunkBytes: number;
  readonly #whole = createHash('sha256');
  readonly #chunks: string[] = [];
  #chunk: Hash | undefined;
  #inChunk = 0;
  #size = 0;

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  update(bytes: Buffer): void {
    this.#size += bytes.length;
    this.#whole.update(bytes);
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + this.#chunkBytes - this.#inChunk);
      (this.#chunk ??= createHash('sha256')).update(piece);
      at += piece.length;
      this.#inChunk += piece.length;
      if (this.#inChunk === this.#chunkBytes) this.#endChunk();
    }
  }

  digest(): FileDigest {
    this.#endChunk();
    const [size, chunkBytes, chunks] = [this.#size, this.#chunkBytes, this.#chunks];
    return { size, sha256: this.#whole.digest('hex'), chunkBytes, chunks };
  }

  #endChunk(): void {
    if (this.#chunk === undefined) return;
    this.#chunks.push(this.#chunk.digest('hex'));
    this.#chunk = undefined;
    this.#inChunk = 0;
  }
}

/** Bytes of the chunk of that number. */
export function chunkLength(file: Pick<FileDigest, 'size' | 'chunkBytes'>, index: number): number {
  return Math.min(file.chunkBytes, file.size - index * file.chunkBytes);
}
