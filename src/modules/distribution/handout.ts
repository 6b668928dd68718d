import { TransportError } from '../../transport/contract.ts';

/** Neighbours that one holder gives to at once. */
const GIVES = 2;

interface Holder<T> {
  readonly holder: T;
  giving: number;
}

/** Where a node gets a thing from: a neighbour that has it; undefined: the source that everything came from. */
export interface Turn<T> {
  readonly from: T | undefined;
  /** Gives the place to the next. */
  end(): void;
}

/**
 * Hands a thing out in a region that cannot be had in parts: some nodes get it from the source, the others from those.
 */
export class Handout<T> {
  readonly #holders: Holder<T>[] = [];
  readonly #fromSource: number;
  #atSource = 0;
  #waiting: (() => void)[] = [];

  /** `fromSource`: how many get it from the source at once. */
  constructor(fromSource: number) {
    this.#fromSource = fromSource;
  }

  add(holder: T): void {
    if (this.#holders.some((known) => known.holder === holder)) return;
    this.#holders.push({ holder, giving: 0 });
    this.#wake();
  }

  /** Waits for a turn; `not` are holders that did not come off. */
  async turn(not: ReadonlySet<T>, signal: AbortSignal): Promise<Turn<T>> {
    for (;;) {
      const usable = this.#holders.filter(({ holder }) => !not.has(holder));
      const [best] = usable.filter(({ giving }) => giving < GIVES).sort((a, b) => a.giving - b.giving);
      if (best !== undefined) return this.#from(best);
      if (usable.length === 0 && this.#atSource < this.#fromSource) return this.#source();
      await this.#change(signal);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(new TransportError('interrupted', 'interrupted'));
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
    });
  }

  #from(best: Holder<T>): Turn<T> {
    best.giving += 1;
    const end = (): void => {
      best.giving -= 1;
      this.#wake();
    };
    return { from: best.holder, end };
  }

  #source(): Turn<T> {
    this.#atSource += 1;
    const end = (): void => {
      this.#atSource -= 1;
      this.#wake();
    };
    return { from: undefined, end };
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
