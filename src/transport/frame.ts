const RECORD_SEPARATOR = 0x1e;
const LONGEST_NUMBER = 24;

/** What a stream says between the outputs: H(ello), B(egin), S(omething is left) and E(nd), with a number. */
export interface Frame {
  readonly kind: string;
  readonly value: number;
}

/** Where the parts of a framed stream go, in their order. */
export interface FrameHandler {
  data(bytes: Buffer): void;
  frame(frame: Frame): void;
}

/** The text that stands before the kind of each frame; `token` is random, so output cannot hold it by chance. */
export function framePrefix(token: string): string {
  return `oms${token}:`;
}

/**
 * Cuts a byte stream at its frames: RS, prefix, kind, number, newline. Bytes are handed on at once, except
 * those at the end of a chunk that may be the beginning of a frame.
 */
export class FrameReader {
  readonly #marker: Buffer;
  readonly #handler: FrameHandler;
  #held: Buffer | undefined;

  constructor(token: string, handler: FrameHandler) {
    this.#marker = Buffer.from(String.fromCharCode(RECORD_SEPARATOR) + framePrefix(token));
    this.#handler = handler;
  }

  push(chunk: Buffer): void {
    let rest = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = undefined;
    while (rest.length > 0) {
      const start = rest.indexOf(this.#marker);
      if (start === -1) return this.#holdBack(rest);
      if (start > 0) this.#handler.data(rest.subarray(0, start));
      const next = this.#readFrame(rest.subarray(start));
      if (next === undefined) return;
      rest = next;
    }
  }

  /** The bytes behind the frame that `bytes` begins with, or undefined when it is not complete yet. */
  #readFrame(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf(0x0a, this.#marker.length);
    if (end === -1 && bytes.length < this.#marker.length + LONGEST_NUMBER) {
      this.#held = bytes;
      return undefined;
    }
    const words = bytes.toString('latin1', this.#marker.length, Math.max(end, this.#marker.length));
    this.#handler.frame({ kind: words.slice(0, 1), value: Number(words.slice(1)) });
    return bytes.subarray(end + 1);
  }

  #holdBack(bytes: Buffer): void {
    const cut = startOfPartialMarker(bytes, this.#marker);
    if (cut > 0) this.#handler.data(bytes.subarray(0, cut));
    if (cut < bytes.length) this.#held = bytes.subarray(cut);
  }
}

/** Index where a beginning of the marker stands at the very end of `bytes`; its length when there is none. */
function startOfPartialMarker(bytes: Buffer, marker: Buffer): number {
  const from = Math.max(0, bytes.length - marker.length + 1);
  for (let i = bytes.indexOf(RECORD_SEPARATOR, from); i !== -1; i = bytes.indexOf(RECORD_SEPARATOR, i + 1)) {
    if (bytes.subarray(i).equals(marker.subarray(0, bytes.length - i))) return i;
  }
  return bytes.length;
}
