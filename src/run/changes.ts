/** Counts what was applied, so that a look at a node can be told from one before a change. */
export class Changes {
  readonly #byNode = new Map<string, number>();
  readonly #isController: (node: string) => boolean;
  #anywhere = 0;
  #controller = 0;

  /** Looks at every node may read the controller's files too, so a change there counts for all. */
  constructor(isController: (node: string) => boolean) {
    this.#isController = isController;
  }

  get anywhere(): number {
    return this.#anywhere;
  }

  /** Grows with every change on that node or on the controller. */
  of(node: string): number {
    return (this.#byNode.get(node) ?? 0) + this.#controller;
  }

  /** Runs work that changes nodes; both its beginning and its end make earlier looks worthless. */
  async during<T>(nodes: readonly string[], work: () => Promise<T>): Promise<T> {
    this.#count(nodes);
    try {
      return await work();
    } finally {
      this.#count(nodes);
    }
  }

  #count(nodes: readonly string[]): void {
    this.#anywhere += 1;
    for (const node of nodes) {
      this.#byNode.set(node, (this.#byNode.get(node) ?? 0) + 1);
      if (this.#isController(node)) this.#controller += 1;
    }
  }
}
