import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteChannel } from '../../transport/channel.ts';
import type { ShellCommand } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';

const READY_WITHIN_MS = 60_000;
const END_WITHIN_MS = 5_000;
const WORDS_KEPT = 2_000;

/** Makes the mark that a program puts before each of its lines: a login's own words are no answers. */
export function newMark(): string {
  return `oms-play-${randomBytes(8).toString('hex')}`;
}

/** A program on a node that is talked to in lines. */
export class LineProgram {
  /** Resolves when it is gone; why, when it said so or nobody ended it. */
  readonly ended: Promise<string | undefined>;
  readonly #channel: ByteChannel;
  readonly #mark: string;
  readonly #onLine: (words: readonly string[]) => void;
  #rest = '';
  #said = '';
  #reason: string | undefined;
  #ending = false;

  private constructor(channel: ByteChannel, mark: string, onLine: (words: readonly string[]) => void) {
    this.#channel = channel;
    this.#mark = mark;
    this.#onLine = onLine;
    channel.stdout.on('data', (bytes: Buffer) => this.#read(bytes));
    channel.stdout.on('error', () => undefined);
    channel.stderr.on(
      'data',
      (bytes: Buffer) => (this.#said = (this.#said + bytes.toString()).slice(-WORDS_KEPT)),
    );
    channel.stderr.on('error', () => undefined);
    channel.stdin.on('error', () => undefined);
    this.ended = channel.done.then((code) => this.#reason ?? (this.#ending ? undefined : this.#why(code)));
  }

  /** Starts it; resolves with what it says behind `ready`. Throws an Error with its words when it does not come to that. */
  static async start(
    node: NodeWriter,
    program: { readonly command: ShellCommand; readonly mark: string },
    onLine: (words: readonly string[]) => void,
  ): Promise<{ readonly program: LineProgram; readonly ready: readonly string[] }> {
    const channel = await node.start(program.command);
    let isReady: (words: readonly string[]) => void = () => undefined;
    const ready = new Promise<readonly string[]>((resolve) => (isReady = resolve));
    const started = new LineProgram(channel, program.mark, (words) =>
      words[0] === 'ready' ? isReady(words.slice(1)) : onLine(words),
    );
    const late = sleep(READY_WITHIN_MS, 'it does not answer', { ref: false });
    const first = await Promise.race([ready, started.ended, late]);
    if (typeof first !== 'string' && first !== undefined) return { program: started, ready: first };
    channel.destroy();
    throw new Error(first ?? 'it ended at once');
  }

  get stdin(): ByteChannel['stdin'] {
    return this.#channel.stdin;
  }

  tell(line: string): void {
    if (this.#channel.stdin.writable) this.#channel.stdin.write(`${line}\n`);
  }

  /** Ends its input, at which it cleans up, and waits for that. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#channel.stdin.end();
    await Promise.race([this.ended, sleep(END_WITHIN_MS, undefined, { ref: false })]);
    this.#channel.destroy();
  }

  #why(code: number | undefined): string {
    const last = this.#said.trim().split('\n').at(-1) ?? '';
    return last === ''
      ? `it ended with ${code === undefined ? 'the connection' : `exit code ${code}`}`
      : last;
  }

  #read(bytes: Buffer): void {
    const lines = (this.#rest + bytes.toString('utf8')).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-WORDS_KEPT);
    for (const line of lines) {
      const at = line.indexOf(`${this.#mark} `);
      if (at === -1) continue;
      const words = line.slice(at + this.#mark.length + 1).split(' ');
      if (words[0] === 'e') this.#reason = words.slice(1).join(' ').trim() || 'no reason given';
      else this.#onLine(words);
    }
  }
}
