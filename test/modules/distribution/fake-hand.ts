import { setImmediate as turn } from 'node:timers/promises';
import type { Delivery, Hand } from '../../../src/modules/distribution/hand.ts';

/** What goes wrong in a region, and what happened there. */
export interface FakeRegion {
  readonly log: string[];
  /** "b<a 3": chunk 3 from a to b is damaged so often. */
  readonly damage: Map<string, number>;
  /** "b<a": b cannot log in at a. */
  readonly apart: Set<string>;
  /** "b<a": what is asked for there never comes. */
  readonly silent: Set<string>;
  /** Called before each transfer, e.g. to let a node die. */
  onTransfer(what: string): void;
}

export function fakeRegion(): FakeRegion {
  return { log: [], damage: new Map(), apart: new Set(), silent: new Set(), onTransfer: () => undefined };
}

/** A node of a swarm in memory: what reaches it is there after some turns of the event loop. */
export class FakeHand implements Hand {
  readonly name: string;
  readonly lost: Promise<Error | undefined>;
  readonly have = new Set<number>();
  closedDoor: string | undefined;
  closed = false;
  readonly #region: FakeRegion;
  readonly #before: readonly number[];
  readonly #onLost: (() => void)[] = [];
  #lose: (error: Error | undefined) => void = () => undefined;
  #dead: Error | undefined;

  constructor(name: string, region: FakeRegion, before: readonly number[] = []) {
    this.name = name;
    this.#region = region;
    this.#before = before;
    this.lost = new Promise((resolve) => (this.#lose = resolve));
  }

  die(): void {
    this.#dead = new Error(`${this.name} died`);
    this.#lose(this.#dead);
    for (const lost of this.#onLost) lost();
  }

  async look(found: (chunk: number) => void): Promise<void> {
    await turn();
    for (const chunk of this.#before) {
      this.have.add(chunk);
      found(chunk);
    }
  }

  put(chunk: number, onSent: (bytes: number) => void): Promise<Delivery> {
    onSent(1);
    return this.#receive(chunk, 'controller');
  }

  fetch(chunk: number, from: Hand): Promise<Delivery> {
    const source = from as FakeHand;
    if (!source.have.has(chunk))
      throw new Error(`${from.name} was asked for chunk ${chunk}, which it has not`);
    return this.#receive(chunk, from.name, source);
  }

  async connect(to: Hand, onLost: () => void): Promise<string | undefined> {
    await turn();
    if (this.#region.apart.has(`${this.name}<${to.name}`)) return 'no way there';
    (to as FakeHand).#onLost.push(onLost);
    return undefined;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  async #receive(chunk: number, from: string, source?: FakeHand): Promise<Delivery> {
    const what = `${this.name}<${from} ${chunk}`;
    this.#region.log.push(what);
    this.#region.onTransfer(what);
    await turn();
    if (this.#region.silent.has(`${this.name}<${from}`)) return new Promise(() => undefined);
    if (this.#dead !== undefined) throw this.#dead;
    if (source !== undefined && source.#dead !== undefined) return 'failed';
    const left = this.#region.damage.get(what) ?? 0;
    if (left > 0) {
      this.#region.damage.set(what, left - 1);
      return 'corrupt';
    }
    this.have.add(chunk);
    return 'good';
  }
}
