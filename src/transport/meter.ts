import type { LinkStats, Opening } from './contract.ts';

type Open = { -readonly [K in keyof Opening]: Opening[K] };

/**
 * Counts what goes over one link. A request belongs to the round after the last one that was answered when it was
 * sent; so the number of rounds is the longest row of requests that each waited for the one before: that often the
 * distance to the node was paid, however many requests were on their way together.
 */
export class LinkMeter {
  #answered = 0;
  #requests = 0;
  #channels = 0;
  readonly #openings: Open[] = [];
  #bytesSent = 0;
  #bytesReceived = 0;

  /** Counts a request that is sent now, and waits for its answer or failure. */
  async request<T>(answer: Promise<T>): Promise<T> {
    const round = this.#answered + 1;
    this.#requests += 1;
    try {
      return await answer;
    } finally {
      this.#answered = Math.max(this.#answered, round);
    }
  }

  channel(): void {
    this.#channels += 1;
  }

  /** A shell is being opened; gives what is to be called when it answers, or has failed. */
  opening(user: string | undefined): () => void {
    const opening: Open = { start: performance.now(), end: undefined, user };
    this.#openings.push(opening);
    return () => void (opening.end ??= performance.now());
  }

  /** When shells were being opened. */
  get openings(): readonly Opening[] {
    return this.#openings;
  }

  sent(bytes: number): void {
    this.#bytesSent += bytes;
  }

  received(bytes: number): void {
    this.#bytesReceived += bytes;
  }

  stats(): LinkStats {
    return {
      roundTrips: this.#answered,
      requests: this.#requests,
      channels: this.#channels,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
    };
  }
}
