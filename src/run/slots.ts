/** Counted places; whoever finds none waits in line. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** A place at once, or a promise of one. */
  take(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    return undefined;
  }

  /** Gives the place to the next in line. */
  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/** Runs work while holding a place in every limit; limits are always taken in the order given, so none deadlocks. */
export async function holding<T>(limits: readonly Semaphore[], work: () => Promise<T>): Promise<T> {
  for (const limit of limits) {
    const turn = limit.take();
    if (turn !== undefined) await turn;
  }
  try {
    return await work();
  } finally {
    for (let i = limits.length - 1; i >= 0; i--) limits[i]?.give();
  }
}
