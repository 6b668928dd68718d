import type { Readable, Writable } from 'node:stream';

const KEPT = 4_000;

/** Where a program speaks that is asked for a shell. */
export interface TalkStreams {
  /** Where the shell says that it is there. */
  readonly ready: Readable;
  /** Where it asks and complains. */
  readonly questions: readonly Readable[];
  readonly answers: Writable;
  readonly done: Promise<unknown>;
}

/** What a question looks like: takes what was said so far, gives where a question in it begins and ends. */
export type FindQuestion = (text: string) => { readonly at: number; readonly end: number } | undefined;

/** What a program says before its shell is ours: waits for the shell, or for a question. */
export class Talk {
  readonly #streams: TalkStreams;
  #said = '';
  #complaints = '';
  #ended = false;
  #late = false;
  readonly #timer: NodeJS.Timeout;
  #wake: (() => void) | undefined;
  readonly #onReady = (chunk: Buffer): void => {
    this.#said = (this.#said + chunk.toString('utf8')).slice(-KEPT);
    this.#wake?.();
  };
  readonly #onQuestion = (chunk: Buffer): void => {
    this.#complaints = (this.#complaints + chunk.toString('utf8')).slice(-KEPT);
    this.#wake?.();
  };

  constructor(streams: TalkStreams, limitMs: number) {
    this.#streams = streams;
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.#wake?.();
    }, limitMs);
    streams.ready.on('data', this.#onReady);
    for (const stream of streams.questions) stream.on('data', this.#onQuestion);
    streams.answers.on('error', () => undefined);
    void streams.done.then(() => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  /** `ready`: the word that the shell says. */
  async next(ready: string, find: FindQuestion): Promise<'ready' | 'asked' | 'ended' | 'late'> {
    for (;;) {
      if (this.#said.includes(ready)) return 'ready';
      const found = find(this.#complaints);
      if (found !== undefined) {
        this.#complaints = this.#complaints.slice(0, found.at) + this.#complaints.slice(found.end);
        return 'asked';
      }
      if (this.#ended) return 'ended';
      if (this.#late) return 'late';
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(text: string): void {
    this.#streams.answers.write(text);
  }

  /** What was complained of, in one line. */
  get words(): string {
    const lines = this.#complaints.split(/[\r\n]+/);
    return lines.map((line) => line.trim()).filter((line) => line !== '').slice(-4).join(' / '); // prettier-ignore
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#streams.ready.off('data', this.#onReady);
    for (const stream of this.#streams.questions) stream.off('data', this.#onQuestion);
  }
}
