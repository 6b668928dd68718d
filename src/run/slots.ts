/** Counted places; whoever finds none waits in line. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
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
  const held: Semaphore[] = [];
  try {
    for (const limit of limits) {
      await limit.take();
      held.push(limit);
    }
    return await work();
  } finally {
    for (const limit of held.reverse()) limit.give();
  }
}
