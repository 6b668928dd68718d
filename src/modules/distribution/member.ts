import type { Hand } from './hand.ts';

/** Chunks that are looked at for the next one to fetch: the cost of each step stays small for large files. */
const AHEAD = 32;

/** What one node knows of another as a source. */
export interface Way {
  /** `slow`: a chunk has been on its way for far too long; the source may be dead. */
  state: 'connecting' | 'ready' | 'slow' | 'bad';
  /** Transfers that did not come over, by their kind. */
  failed: number;
  corrupt: number;
  /** Why it is bad. */
  why: string;
  /** When it may be tried again, on performance.now(). */
  retryAt: number;
}

/** One node in a swarm: what it has, what it waits for. */
export class Member {
  readonly hand: Hand;
  /** In the order they came. */
  readonly place: number;
  /** Wants the file; false: it only gives. */
  readonly wants: boolean;
  readonly ways = new Map<Member, Way>();
  readonly asked = new Set<number>();
  /** Bytes of the chunks that the controller is sending. */
  readonly sending = new Map<number, number>();
  readonly wrong = new Map<number, number>();
  fetching = 0;
  /** How long a chunk takes to come from a neighbour, the last ones counting most; 0: none has come. */
  usualMs = 0;
  giving = 0;
  /** It is still looking at what an earlier try left. */
  looking = true;
  alive = true;
  toldWhy = false;
  /** When something last went from the controller to it, on performance.now(). */
  movedAt = performance.now();
  readonly #have: boolean[];
  #count = 0;
  #next = 0;

  constructor(hand: Hand, place: number, chunks: number, wants: boolean) {
    this.hand = hand;
    this.place = place;
    this.wants = wants;
    this.#have = new Array<boolean>(chunks).fill(false);
  }

  get count(): number {
    return this.#count;
  }

  get complete(): boolean {
    return this.#count === this.#have.length;
  }

  has(chunk: number): boolean {
    return this.#have[chunk] === true;
  }

  take(chunk: number): void {
    if (this.has(chunk)) return;
    this.#have[chunk] = true;
    this.#count += 1;
    this.hand.arrived?.(chunk);
  }

  /** The next chunks that it neither has nor has asked for, in their order; what lies far ahead can wait. */
  *missing(): Generator<number> {
    let left = AHEAD;
    while (this.#next < this.#have.length && this.has(this.#next)) this.#next += 1;
    for (let chunk = this.#next; chunk < this.#have.length && left > 0; chunk++) {
      if (this.has(chunk) || this.asked.has(chunk)) continue;
      left -= 1;
      yield chunk;
    }
  }
}
