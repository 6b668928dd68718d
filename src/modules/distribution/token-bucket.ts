import { setTimeout as sleep } from 'node:timers/promises';

/** Longest that bytes may be saved up for: what was not sent a while ago does not make a burst now. */
const SAVED_MS = 250;

/** Bounds how many bytes a second are sent, by all who take from it together. */
export class TokenBucket {
  #rate: number | undefined;
  #free = 0;
  #filled = performance.now();
  #turn: Promise<unknown> = Promise.resolve();

  /** `rate` in bytes a second; undefined: as fast as it goes. */
  constructor(rate: number | undefined) {
    this.#rate = rate;
  }

  setRate(rate: number | undefined): void {
    this.#rate = rate;
  }

  /** Resolves when so many bytes may be sent; those who wait come in turn. */
  take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (this.#rate === undefined) return Promise.resolve();
    const turn = this.#turn.then(() => this.#take(bytes, signal));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #take(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const rate = this.#rate;
    if (rate === undefined) return;
    const now = performance.now();
    this.#free = Math.min((rate * SAVED_MS) / 1000, this.#free + ((now - this.#filled) * rate) / 1000);
    this.#filled = now;
    this.#free -= bytes;
    // It may go below zero once; then as long as that takes nothing more is given.
    if (this.#free < 0)
      await sleep((-this.#free * 1000) / rate, undefined, { ...(signal ? { signal } : {}) });
  }
}
