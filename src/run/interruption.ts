import { TransportError } from '../transport/contract.ts';

/**
 * Lets go of whatever waits when the run is interrupted. One listener for all of them: a signal that thousands
 * listen to walks through all others for each that comes.
 */
export class Interruption {
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<() => void>();
  readonly #stopAll = (): void => {
    for (const stop of [...this.#waiting]) stop();
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#stopAll);
  }

  /** The run is over. */
  end(): void {
    this.#signal.removeEventListener('abort', this.#stopAll);
  }

  /**
   * The answer of work that may be abandoned: when the run is interrupted it is not waited for.
   * Throws TransportError `interrupted`; `who` is for its message.
   */
  unless<T>(work: Promise<T>, who: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(stop);
        reject(new TransportError('interrupted', `${who}: interrupted`));
      };
      this.#waiting.add(stop);
      work.then(
        (answer) => {
          this.#waiting.delete(stop);
          resolve(answer);
        },
        (error: Error) => {
          this.#waiting.delete(stop);
          reject(error);
        },
      );
      // Behind the answer, if it is there already.
      if (this.#signal.aborted) queueMicrotask(stop);
    });
  }

  /** Waits so long, or until the run is interrupted. */
  pause(ms: number): Promise<void> {
    if (this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
    });
  }
}
