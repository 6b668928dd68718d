import type { Readable, Writable } from 'node:stream';

/** A running program on the machine with its three byte streams, whatever carries them. */
export interface ByteChannel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when it has ended; undefined when no exit code came (lost, killed). Never rejects. */
  readonly done: Promise<number | undefined>;
  destroy(): void;
}

/**
 * Starts a program, given as an argument list, on the machine. `terminal`: with one as its controlling terminal, which
 * all its streams are; where there is none to be had it throws TransportError `become-refused`.
 */
export type OpenChannel = (
  argv: readonly string[],
  options?: { readonly terminal?: boolean },
) => Promise<ByteChannel>;
