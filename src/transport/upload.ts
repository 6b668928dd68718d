import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteChannel } from './channel.ts';
import type { UploadRequest } from './contract.ts';
import { NodeError } from './node-error.ts';
import { pathWord } from './paths.ts';
import { mendFor, reasonIn } from './read-files.ts';

const CHUNK_BYTES = 256 * 1024;
const PROGRESS_EVERY_MS = 100;
const REASON_WITHIN_MS = 1_000;
const WORDS_KEPT = 2_000;

/**
 * Streams a file into `cat` behind a shell that has just been started on `channel`. Memory stays bounded:
 * the file is read no faster than the line takes it.
 */
export async function uploadThrough(
  channel: ByteChannel,
  request: UploadRequest,
  node: string,
): Promise<void> {
  let words = '';
  channel.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString('utf8')).slice(-WORDS_KEPT)));
  channel.stdin.on('error', () => undefined);
  const source = await sourceOf(request);
  try {
    await startReceiver(channel, request);
    const sent = pipeline(source.stream, countInto(request, source.total), channel.stdin);
    // A receiver that ends early (disk full) never drains its input: its end must end the waiting.
    await Promise.race([sent, channel.done]);
    sent.catch(() => undefined);
    const code = await channel.done;
    if (code !== 0) throw new Error(`the receiver ended with ${code ?? 'no exit code'}`);
  } catch (error) {
    // A broken pipe is noticed before the reason for it has arrived.
    await Promise.race([channel.done, sleep(REASON_WITHIN_MS, undefined, { ref: false })]);
    throw failure(node, request.path, words.trim() || (error as Error).message);
  } finally {
    source.stream.destroy();
  }
}

/** Waits until the file is open on the node: a shell may read ahead, and must not swallow the file's bytes. */
async function startReceiver(channel: ByteChannel, request: UploadRequest): Promise<void> {
  const ready = `oms-play-ready-${randomBytes(8).toString('hex')}`;
  const redirect = (request.resumeAt ?? 0) > 0 ? '>>' : '>';
  const isReady = new Promise<'ready'>((resolve) => {
    let seen = '';
    channel.stdout.on('data', (chunk: Buffer) => {
      seen = (seen + chunk.toString('latin1')).slice(-WORDS_KEPT);
      if (seen.includes(ready)) resolve('ready');
    });
  });
  channel.stdin.write(
    `LC_ALL=C; export LC_ALL; umask 077; exec 3${redirect} ${pathWord(request.path)} || exit 1; echo ${ready}; exec cat >&3\n`,
  );
  const event = await Promise.race([isReady, channel.done]);
  if (event !== 'ready') throw new Error('the shell ended before it took the file');
}

interface Source {
  readonly stream: Readable;
  readonly total: number;
}

async function sourceOf(request: UploadRequest): Promise<Source> {
  const start = request.resumeAt ?? 0;
  if (request.content !== undefined) {
    const rest = request.content.subarray(start);
    return { stream: Readable.from(slices(rest)), total: request.content.length };
  }
  const { size } = await stat(request.localPath);
  return { stream: createReadStream(request.localPath, { start, highWaterMark: CHUNK_BYTES }), total: size };
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i += CHUNK_BYTES) yield bytes.subarray(i, i + CHUNK_BYTES);
}

function countInto(request: UploadRequest, total: number): Transform {
  let done = request.resumeAt ?? 0;
  let told = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      const pass = (): void => {
        done += chunk.length;
        const now = Date.now();
        if (now - told >= PROGRESS_EVERY_MS || done >= total) {
          told = now;
          request.onProgress?.(done, total);
        }
        next(null, chunk);
      };
      if (request.allow === undefined) pass();
      else request.allow(chunk.length).then(pass, next);
    },
  });
}

function failure(node: string, path: string, words: string): NodeError {
  return new NodeError(`${node}: cannot write ${path}: ${reasonIn(words)}`, mendFor(words));
}
