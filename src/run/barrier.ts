interface Waiting {
  readonly at: number;
  readonly go: readonly ((round: number) => void)[];
}

/**
 * Holds those who come to a point back until nobody is on the way to it any more: all others wait too, or are through.
 * Of those that wait only the rearmost are let go, so someone always goes on, whatever points anyone leaves out.
 */
export class Barrier<Member> {
  /** undefined: on its way. */
  readonly #members = new Map<Member, Waiting | undefined>();
  #round = 0;

  constructor(members: Iterable<Member>) {
    for (const member of members) this.#members.set(member, undefined);
  }

  /** Resolves, with the number of the release, when it may go on; at once for one that is none of the members. */
  wait(member: Member, at: number): Promise<number> {
    if (!this.#members.has(member)) return Promise.resolve(this.#round);
    return new Promise((resolve) => {
      const before = this.#members.get(member);
      const go = [...(before?.go ?? []), resolve];
      this.#members.set(member, { at: Math.min(at, before?.at ?? at), go });
      this.#release();
    });
  }

  /** It is through, or has dropped out: nobody waits for it any more. */
  leave(member: Member): void {
    if (this.#members.delete(member)) this.#release();
  }

  #release(): void {
    const waiting = [...this.#members];
    const places = waiting.map(([, held]) => held?.at);
    if (places.length === 0 || places.includes(undefined)) return;
    const first = Math.min(...places.map((at) => at ?? 0));
    this.#round += 1;
    for (const [member, held] of waiting) {
      if (held?.at !== first) continue;
      this.#members.set(member, undefined);
      for (const go of held.go) go(this.#round);
    }
  }
}
