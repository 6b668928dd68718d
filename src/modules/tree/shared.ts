import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RunScope } from '../../transport/run-scope.ts';
import { ModuleError } from '../define.ts';
import { LARGE, textOfBytes } from '../source.ts';
import type { LocalEntry } from './local-tree.ts';

/** Files that are open at once: an unprivileged process may often open a thousand. */
const READING_AT_ONCE = 8;

/** What the nodes of a run share of the controller's folders: nobody reads twice what has not changed. */
export class SharedSources {
  readonly #walks = new Map<string, Walking>();
  readonly #sums = new Map<string, Promise<string>>();
  readonly #texts = new Map<string, Promise<string | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #free = READING_AT_ONCE;

  /**
   * The answer of a reading that begins now or later: one that is on its way may have passed what has changed since.
   * So many who ask at the same time share two readings at most.
   */
  walk(key: string, read: () => Promise<readonly LocalEntry[]>): Promise<readonly LocalEntry[]> {
    const running = this.#walks.get(key);
    if (running === undefined) return this.#begin(key, read);
    running.next ??= running.now.then(
      () => this.#begin(key, read),
      () => this.#begin(key, read),
    );
    return running.next;
  }

  /** SHA-256 in hex. */
  sha256(entry: LocalEntry): Promise<string> {
    return once(this.#sums, entry.identity, () => this.#inTurn(() => sumOf(entry)));
  }

  /** undefined: it is large, or no text. */
  text(entry: LocalEntry): Promise<string | undefined> {
    if (entry.size >= LARGE) return Promise.resolve(undefined);
    return once(this.#texts, entry.identity, () =>
      this.#inTurn(async () => textOfBytes(await sure(entry, readFile(entry.localPath)))),
    );
  }

  #begin(key: string, read: () => Promise<readonly LocalEntry[]>): Promise<readonly LocalEntry[]> {
    const walking: Walking = { now: read(), next: undefined };
    this.#walks.set(key, walking);
    const ended = (): void => {
      if (this.#walks.get(key) === walking && walking.next === undefined) this.#walks.delete(key);
    };
    walking.now.then(ended, ended);
    return walking.now;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

interface Walking {
  readonly now: Promise<readonly LocalEntry[]>;
  next: Promise<readonly LocalEntry[]> | undefined;
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const there = known.get(key);
  if (there !== undefined) return there;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

async function sumOf(entry: LocalEntry): Promise<string> {
  const hash = createHash('sha256');
  if (entry.size < LARGE) return hash.update(await sure(entry, readFile(entry.localPath))).digest('hex');
  const stream = createReadStream(entry.localPath, { highWaterMark: LARGE });
  const summing = async (): Promise<void> => {
    for await (const chunk of stream) hash.update(chunk as Buffer);
  };
  await sure(entry, summing());
  return hash.digest('hex');
}

async function sure<T>({ localPath }: LocalEntry, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ModuleError({ message: `${localPath.toString()} cannot be read on the controller (${code})` });
  }
}

const byRun = new WeakMap<RunScope, SharedSources>();

/** What the nodes of the node's run share. */
export function sourcesOf({ scope }: { readonly scope: RunScope }): SharedSources {
  const known = byRun.get(scope) ?? new SharedSources();
  byRun.set(scope, known);
  return known;
}
