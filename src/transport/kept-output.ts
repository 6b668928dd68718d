import type { CommandOutput, OutputCut } from './contract.ts';

/** Of a stream of bytes: all, or its beginning and its end when there are more than the limit. */
export class KeptOutput {
  readonly #half: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #leftOut = 0;

  /** `limit`: bytes that are kept; default: all. */
  constructor(limit = Infinity) {
    this.#half = limit === Infinity ? Infinity : Math.ceil(limit / 2);
  }

  push(bytes: Buffer): void {
    const room = Math.min(bytes.length, this.#half - this.#headBytes);
    if (room > 0) {
      this.#head.push(room === bytes.length ? bytes : bytes.subarray(0, room));
      this.#headBytes += room;
    }
    if (room === bytes.length) return;
    this.#tail.push(bytes.subarray(room));
    this.#tailBytes += bytes.length - room;
    // Now and then only: each time the end is copied.
    if (this.#tailBytes > 2 * this.#half) this.#shorten();
  }

  /** What was kept, and where it is cut. */
  take(): { readonly bytes: Buffer; readonly cut?: OutputCut } {
    if (this.#tailBytes > this.#half) this.#shorten();
    const bytes = Buffer.concat([...this.#head, ...this.#tail]);
    if (this.#leftOut === 0) return { bytes };
    return { bytes, cut: { at: this.#headBytes, leftOut: this.#leftOut } };
  }

  #shorten(): void {
    const excess = this.#tailBytes - this.#half;
    // Copied, so that nothing keeps what is left out in memory.
    const end = Buffer.from(Buffer.concat(this.#tail).subarray(excess));
    this.#tail = [end];
    this.#tailBytes = end.length;
    this.#leftOut += excess;
  }
}

/** What was kept of both streams. */
export function keptOf(stdout: KeptOutput, stderr: KeptOutput): CommandOutput {
  const [out, err] = [stdout.take(), stderr.take()];
  const bytes = { stdout: out.bytes, stderr: err.bytes };
  if (out.cut === undefined && err.cut === undefined) return bytes;
  return { ...bytes, cut: { ...(out.cut && { stdout: out.cut }), ...(err.cut && { stderr: err.cut }) } };
}
