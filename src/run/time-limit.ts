import { TaskTimeoutError, type CommandOutput } from '../transport/contract.ts';

/** While a connection is being opened the time stands still. */
const OPENING_LOOK_MS = 100;

/**
 * `timeout` of a task: how long one attempt may take, as in Ansible. What opening a connection takes does not count: with
 * many nodes that depends on the others.
 */
export class TimeLimit {
  readonly #limitMs: number;
  #endsAt: number;
  /** Commands that are under way: they are ended by limits of their own, and what they have said is wanted. */
  #commands = 0;
  #openings = 0;
  #openingSince = 0;
  #expired: (() => void) | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#endsAt = performance.now() + limitMs;
  }

  get #leftMs(): number {
    return Math.max(1, Math.ceil(this.#endsAt - performance.now()));
  }

  get #untilNextLookMs(): number {
    return this.#openings === 0 ? this.#leftMs : OPENING_LOOK_MS;
  }

  get #isOver(): boolean {
    // A timer may fire a little before its time.
    return this.#openings === 0 && performance.now() >= this.#endsAt - 1;
  }

  /** Runs a module. Throws TaskTimeoutError when it takes too long, whatever it waits for; what it does next fails. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      this.#expired = (): void => {
        clearTimeout(timer);
        if (!this.#isOver) timer = setTimeout(() => this.#expired?.(), this.#untilNextLookMs);
        else if (this.#commands === 0) reject(this.#error());
      };
      this.#expired();
    });
    try {
      return await Promise.race([work(), tooLong]);
    } finally {
      clearTimeout(timer);
      this.#expired = undefined;
    }
  }

  /** Gives back what opening takes. Throws TaskTimeoutError when there is no time left. */
  async opening<Link>(open: () => Promise<Link>): Promise<Link> {
    if (this.#isOver) throw this.#error();
    if (this.#openings === 0) this.#openingSince = performance.now();
    this.#openings += 1;
    try {
      return await open();
    } finally {
      this.#openings -= 1;
      if (this.#openings === 0) this.#endsAt += performance.now() - this.#openingSince;
    }
  }

  /** Runs a command, which gets what is left as its limit. */
  async command<Result>(run: (limitMs: number) => Promise<Result>): Promise<Result> {
    this.#commands += 1;
    try {
      return await run(this.#leftMs);
    } catch (error) {
      // What counts for the task's user is its own limit, not what was left of it; a module's shorter one is its affair.
      throw error instanceof TaskTimeoutError && this.#isOver ? this.#error(error.output) : error;
    } finally {
      this.#commands -= 1;
      // Behind what the module itself makes of it.
      if (this.#commands === 0 && this.#isOver) setImmediate(() => this.#expired?.());
    }
  }

  #error(output?: CommandOutput): TaskTimeoutError {
    return new TaskTimeoutError(this.#limitMs, output);
  }
}
