import type { Masker } from '../model/masker.ts';
import type { ByStream, CommandOutput } from '../transport/contract.ts';
import type { OutputSink } from '../transport/remote-node.ts';
import type { OutputFile, OutputStore } from './output-store.ts';
import { wholeEnds } from './output-cut.ts';

type Stream = 'stdout' | 'stderr';
const STREAMS: readonly Stream[] = ['stdout', 'stderr'];

export interface OutputOptions {
  readonly masker: Masker;
  /** Hands on a piece of output; secrets in it are whole, not masked. */
  readonly say: (stream: Stream, text: string) => void;
  /** undefined: results keep everything. */
  readonly store: OutputStore | undefined;
  readonly node: string;
  readonly task: number;
  /** `no_log`: no file holds any of it. */
  readonly hidden: boolean;
  /** A stream has become too large for memory; its file holds it from the first byte. */
  readonly onFile: (stream: Stream, path: string) => void;
  readonly onWarning: (message: string) => void;
}

/** The output of one command, on its way to events and, where it is large, to a file. */
export function openOutput(options: OutputOptions): OutputSink {
  return new Output(options);
}

class Output implements OutputSink {
  readonly keepBytes: number | undefined;
  readonly #options: OutputOptions;
  /** The ends that may be the beginning of a secret: its halves would pass the masker. */
  readonly #held: Record<Stream, string> = { stdout: '', stderr: '' };
  readonly #copies: Readonly<Record<Stream, Copy>> | undefined;

  constructor(options: OutputOptions) {
    const { store, hidden } = options;
    this.#options = options;
    this.keepBytes = store?.keepBytes;
    if (store === undefined || hidden) return;
    this.#copies = { stdout: new Copy('stdout', store, options), stderr: new Copy('stderr', store, options) };
  }

  write(stream: Stream, text: string): void {
    const whole = this.#held[stream] + text;
    const settled = this.#options.masker.settled(whole);
    this.#held[stream] = whole.slice(settled);
    this.#tell(stream, whole.slice(0, settled));
  }

  end(): void {
    for (const stream of STREAMS) {
      this.#tell(stream, this.#held[stream]);
      this.#held[stream] = '';
      this.#copies?.[stream].end();
    }
  }

  complete(output: CommandOutput): CommandOutput {
    const files: ByStream<string> = Object.fromEntries(
      STREAMS.flatMap((stream) => {
        const path = this.#copies?.[stream].path;
        return path === undefined ? [] : [[stream, path] as const];
      }),
    );
    const shown = (stream: Stream): Buffer => {
      const cut = output.cut?.[stream];
      if (cut === undefined) return output[stream];
      return wholeEnds(output[stream], cut, { masker: this.#options.masker, file: files[stream] });
    };
    return { ...output, stdout: shown('stdout'), stderr: shown('stderr'), files };
  }

  #tell(stream: Stream, text: string): void {
    if (text === '') return;
    this.#options.say(stream, text);
    this.#copies?.[stream].write(text);
  }
}

/** One stream, in memory while it is small and then in a file from its first byte; secrets as `***`. */
class Copy {
  readonly #stream: Stream;
  readonly #store: OutputStore;
  readonly #options: OutputOptions;
  #begin: string[] = [];
  #bytes = 0;
  #file: OutputFile | undefined;
  #broken = false;

  constructor(stream: Stream, store: OutputStore, options: OutputOptions) {
    this.#stream = stream;
    this.#store = store;
    this.#options = options;
  }

  /** undefined: there is no file. */
  get path(): string | undefined {
    return this.#broken ? undefined : this.#file?.path;
  }

  write(text: string): void {
    if (this.#broken) return;
    const masked = this.#options.masker.mask(text);
    if (this.#file !== undefined) return this.#guarded(() => this.#file?.write(masked));
    this.#begin.push(masked);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > this.#store.keepBytes) this.#guarded(() => this.#open());
  }

  end(): void {
    this.#begin = [];
    this.#guarded(() => this.#file?.close());
  }

  #open(): void {
    const { node, task, onFile } = this.#options;
    this.#file = this.#store.open({ node, task, stream: this.#stream });
    for (const text of this.#begin) this.#file.write(text);
    this.#begin = [];
    onFile(this.#stream, this.#file.path);
  }

  /** A full disk must not end the task: what is lost is only the copy. */
  #guarded(work: () => void): void {
    if (this.#broken) return;
    try {
      work();
    } catch (error) {
      this.#broken = true;
      this.#begin = [];
      this.#file?.discard();
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onWarning(
        `${this.#options.node}: the whole ${this.#stream} of the command cannot be kept: ${reason}`,
      );
    }
  }
}
