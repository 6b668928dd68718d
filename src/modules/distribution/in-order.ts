/** Puts chunks in their order, whatever the order they come in. */
export class InOrder {
  readonly #there = new Set<number>();
  #next = 0;

  /** The chunks that are next now that this one has come. */
  *add(chunk: number): Generator<number> {
    for (this.#there.add(chunk); this.#there.delete(this.#next); this.#next++) yield this.#next;
  }
}
