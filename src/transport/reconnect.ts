import { setTimeout as sleep } from 'node:timers/promises';
import type { TransportErrorKind } from './contract.ts';
import { TransportError } from './contract.ts';

const PAUSE_MS = 1_000;
const TRY_MS = 30_000;

/** How long a node may be away. */
export interface ReconnectOptions {
  /** From the call on; then the error of the last try is thrown. */
  readonly timeoutMs: number;
  /** Waits so long between closing and the first try; default 0. */
  readonly delayMs?: number;
  /** Between two tries; default a second. */
  readonly pauseMs?: number;
  /** The longest that one try may take; default half a minute. */
  readonly tryMs?: number;
}

/** What opening a way anew needs of it. */
export interface Reconnecting {
  /** The node, for messages. */
  readonly name: string;
  readonly close: () => Promise<void>;
  /** Opens it and asks something. */
  readonly tryOnce: () => Promise<unknown>;
  /** Aborted: the run is interrupted. */
  readonly signal: AbortSignal;
}

/** What no waiting mends; a password that is wrong must not be tried again and again. */
const FINAL: readonly TransportErrorKind[] = [
  'interrupted',
  'become-password',
  'bad-key-file',
  'host-key-unknown',
  'host-key-changed',
];

/** Closes a way and opens it anew, again and again until it answers. Throws TransportError. */
export async function reconnect(way: Reconnecting, options: ReconnectOptions): Promise<void> {
  const until = Date.now() + options.timeoutMs;
  await way.close();
  await pause(way, options.delayMs ?? 0);
  for (;;) {
    const tryMs = Math.min(options.tryMs ?? TRY_MS, Math.max(1, until - Date.now()));
    const error = await triedOnce(way, tryMs);
    if (error === undefined) return;
    if (!(error instanceof TransportError) || FINAL.includes(error.kind)) throw error;
    const pauseMs = options.pauseMs ?? PAUSE_MS;
    if (Date.now() + pauseMs >= until) throw error;
    await way.close();
    await pause(way, pauseMs);
  }
}

async function triedOnce({ name, tryOnce, signal }: Reconnecting, tryMs: number): Promise<Error | undefined> {
  if (signal.aborted) return interrupted(name);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<TransportError>((resolve) => {
    const error = new TransportError('timeout', `${name}: no answer within ${tryMs / 1000} s`);
    timer = setTimeout(() => resolve(error), tryMs);
  });
  const trying = tryOnce().then(
    () => undefined,
    (error: Error) => error,
  );
  try {
    return await Promise.race([trying, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function pause({ name, signal }: Reconnecting, ms: number): Promise<void> {
  if (ms <= 0) return;
  await sleep(ms, undefined, { signal }).catch(() => Promise.reject(interrupted(name)));
}

function interrupted(name: string): TransportError {
  return new TransportError('interrupted', `${name}: interrupted`);
}
