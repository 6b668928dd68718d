import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteChannel } from './channel.ts';
import type { StreamRequest } from './contract.ts';
import { NodeError } from './node-error.ts';
import { mendFor } from './read-files.ts';

const CHUNK_BYTES = 128 * 1024;
const PROGRESS_EVERY_MS = 100;
const WORDS_KEPT = 4_000;
const CLEAN_UP_MS = 5_000;
const REASON = /No space left|quota exceeded|Permission denied|not permitted|Read-only|not found/;

/**
 * Feeds bytes to a program behind a shell that has just been started on `channel`, and keeps its input open until
 * `whenThere` has settled: a program that loses its input takes away what it has, however that came about.
 */
export async function streamThrough(
  channel: ByteChannel,
  request: StreamRequest,
  node: string,
): Promise<void> {
  const token = randomBytes(8).toString('hex');
  const words = { ready: `oms-play-ready-${token}`, there: `oms-play-there-${token}` };
  const talk = new Talk(channel);
  try {
    // One compound command, which a shell reads to its end before it begins: what follows is for the program.
    channel.stdin.write(`{ ${request.script(words)}\nexit; }\n`);
    const isThere =
      (await talk.heard(words.ready)) && (await send(channel, request)) && (await talk.heard(words.there));
    if (!isThere) throw failure(node, request.path, talk.complaints);
    await request.whenThere();
  } catch (error) {
    channel.stdin.end();
    await Promise.race([channel.done, sleep(CLEAN_UP_MS, undefined, { ref: false })]);
    throw error;
  }
}

/** False when the program ended before it had everything. */
async function send(channel: ByteChannel, { bytes, total, onProgress }: StreamRequest): Promise<boolean> {
  let [done, told, ended] = [0, 0, false];
  const end = channel.done.then(() => void (ended = true));
  for await (const chunk of inChunks(bytes)) {
    if (ended) return false;
    if (!channel.stdin.write(chunk)) await Promise.race([drained(channel), end]);
    done += chunk.length;
    const now = Date.now();
    if (now - told < PROGRESS_EVERY_MS && done < total) continue;
    told = now;
    onProgress?.(done, total);
  }
  return true;
}

function drained({ stdin }: ByteChannel): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stdin.off('drain', settle).off('close', settle);
      resolve();
    };
    stdin.on('drain', settle).on('close', settle);
    if (stdin.destroyed || !stdin.writableNeedDrain) settle();
  });
}

/** Small parts travel together: each write is a packet of its own. */
async function* inChunks(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let [held, length]: [Buffer[], number] = [[], 0];
  for await (const part of bytes) {
    held.push(part);
    length += part.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(held);
    [held, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(held);
}

/** What the program says. */
class Talk {
  readonly #channel: ByteChannel;
  #said = '';
  complaints = '';
  #wake: () => void = () => undefined;

  constructor(channel: ByteChannel) {
    this.#channel = channel;
    channel.stdin.on('error', () => undefined);
    channel.stdout.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString('latin1')).slice(-WORDS_KEPT);
      this.#wake();
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      this.complaints = (this.complaints + chunk.toString('utf8')).slice(0, WORDS_KEPT);
    });
  }

  /** False when it ended without the word. */
  async heard(word: string): Promise<boolean> {
    const heard = new Promise<void>((resolve) => {
      this.#wake = () => this.#said.includes(word) && resolve();
      this.#wake();
    });
    await Promise.race([heard, this.#channel.done]);
    return this.#said.includes(word);
  }
}

function failure(node: string, path: string, complaints: string): NodeError {
  const { reason, hint } = reasonAmong(complaints);
  return new NodeError(`${node}: cannot write into ${path}: ${reason}`, hint);
}

/** Tools that work on many files go on after an error: the reason stands among the first words, not the last ones. */
export function reasonAmong(complaints: string): {
  readonly reason: string;
  readonly hint: string | undefined;
} {
  // What GNU tar says of a file that found no room for its end.
  const words = complaints.replace(/Wrote only \d+ of \d+ bytes/, 'No space left on device');
  const lines = words.split('\n').map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore
  const reason = lines.find((line) => REASON.test(line)) ?? lines[0] ?? 'it ended without a word';
  return { reason, hint: mendFor(words) };
}
