interface NodeChanges {
  /** Writes that were sent, and beginnings and ends of what is not in line with looks. */
  begun: number;
  ended: number;
  readonly endedByShell: Map<string, number>;
}

/**
 * Counts what was applied, so that a look at a node can be told from one before a change. A shell does what it is
 * sent in that order: a look that was sent behind a write through the same shell has seen what the write did.
 */
export class Changes {
  readonly #byNode = new Map<string, NodeChanges>();
  readonly #isController: (node: string) => boolean;
  readonly #machineOf: (node: string) => string;
  #anywhere = 0;
  #controller = 0;
  #counted = 0;

  /**
   * Looks at every node may read the controller's files too, so a change there counts for all. A container shares files
   * with the machine that it is on, so a change of one counts for both.
   */
  constructor(isController: (node: string) => boolean, machineOf: (node: string) => string) {
    this.#isController = isController;
    this.#machineOf = machineOf;
  }

  get anywhere(): number {
    return this.#anywhere;
  }

  /** While this is the same, nothing has become worthless anywhere. */
  get counted(): number {
    return this.#counted;
  }

  /** Grows with every change on that node or on the controller that a look through `shell` may not have seen. */
  of(node: string, shell: string): number {
    const changes = this.#byNode.get(this.#machineOf(node));
    if (changes === undefined) return this.#controller;
    const inLine = changes.endedByShell.get(shell) ?? 0;
    return changes.begun + changes.ended - inLine + this.#controller;
  }

  /** A write was put in line in a shell of the node; the function it gives is to be called when it has ended. */
  sent(node: string, shell: string): () => void {
    this.#count([node]);
    return () => {
      const changes = this.#of(node);
      this.#counted += 1;
      changes.ended += 1;
      changes.endedByShell.set(shell, (changes.endedByShell.get(shell) ?? 0) + 1);
      this.#countController(node);
    };
  }

  /** The way to the node was lost: what was asked over it does not count. */
  lost(node: string): void {
    this.#count([node]);
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
    this.#counted += 1;
    for (const node of nodes) {
      this.#of(node).begun += 1;
      this.#countController(node);
    }
  }

  #countController(node: string): void {
    if (this.#isController(node)) this.#controller += 1;
  }

  #of(name: string): NodeChanges {
    const node = this.#machineOf(name);
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const fresh = { begun: 0, ended: 0, endedByShell: new Map<string, number>() };
    this.#byNode.set(node, fresh);
    return fresh;
  }
}
