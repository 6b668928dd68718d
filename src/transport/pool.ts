import type { Become } from './contract.ts';
import { becomeKey, TransportError } from './contract.ts';
import type { ShellSession } from './shell.ts';

interface Entry {
  readonly become: Become | undefined;
  readonly opening: Promise<ShellSession>;
  /** Whether it takes a place, or waits for its turn to. */
  readonly takes: { place: boolean };
  /** Set when it is open. */
  session: ShellSession | undefined;
  /** It could not be opened, and is kept only so that nobody tries again. */
  failed: boolean;
  users: number;
  lastUsed: number;
}

/** The long-lived shells of one machine, one for each user; a bounded number stays open. */
export class ShellPool {
  readonly #limit: number;
  readonly #open: (become: Become | undefined) => Promise<ShellSession>;
  readonly #entries = new Map<string, Entry>();
  #turn: Promise<unknown> = Promise.resolve();
  #wake: (() => void)[] = [];
  #clock = 0;

  constructor(limit: number, open: (become: Become | undefined) => Promise<ShellSession>) {
    this.#limit = limit;
    this.#open = open;
  }

  /** Runs `work` on the shell of that user, opening it when it is not open or has ended. */
  async use<T>(become: Become | undefined, work: (shell: ShellSession) => Promise<T>): Promise<T> {
    const entry = this.#entry(become);
    entry.users += 1;
    entry.lastUsed = ++this.#clock;
    try {
      return await work(await entry.opening);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) this.#wakeAll();
    }
  }

  /** Takes the shells that are in use out of the pool; those that are being opened come when they are open. */
  takeBusy(): { readonly become: Become | undefined; readonly shell: Promise<ShellSession> }[] {
    const taken = [];
    for (const [key, { become, opening, users }] of this.#entries) {
      if (users === 0) continue;
      this.#entries.delete(key);
      taken.push({ become, shell: opening });
    }
    return taken;
  }

  close(error: Error): void {
    for (const entry of this.#entries.values()) {
      void entry.opening.then((shell) => shell.fail(error)).catch(() => undefined);
    }
    this.#entries.clear();
    this.#wakeAll();
  }

  #entry(become: Become | undefined): Entry {
    const key = becomeKey(become);
    const known = this.#entries.get(key);
    if (known !== undefined && known.session?.alive !== false) return known;
    const takes = { place: this.#entries.size < this.#limit };
    const opening = this.#inTurn(async () => {
      await this.#makeRoom(key);
      takes.place = true;
      return this.#open(become);
    });
    const entry: Entry = { become, opening, takes, session: undefined, failed: false, users: 0, lastUsed: 0 };
    this.#entries.set(key, entry);
    opening.then(
      (session) => (entry.session = session),
      (error: unknown) => this.#failed(key, entry, error),
    );
    return entry;
  }

  #failed(key: string, entry: Entry, error: unknown): void {
    // A wrong password is not tried again for the next task: sudo would lock the account.
    entry.failed = true;
    const final = error instanceof TransportError && error.kind === 'become-password';
    if (!final && this.#entries.get(key) === entry) this.#entries.delete(key);
    this.#wakeAll();
  }

  /** One shell at a time looks for room, so that two do not both take the last place. */
  #inTurn(open: () => Promise<ShellSession>): Promise<ShellSession> {
    if (this.#entries.size < this.#limit) return open();
    const turn = this.#turn.then(open);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #makeRoom(key: string): Promise<void> {
    for (;;) {
      const others = [...this.#entries].filter(
        ([name, e]) => name !== key && e.takes.place && !e.failed && e.session?.alive !== false,
      );
      if (others.length < this.#limit) return;
      const idle = others.filter(([, entry]) => entry.users === 0 && entry.session !== undefined);
      const [oldest] = idle.sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
      if (oldest === undefined) {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
        continue;
      }
      this.#entries.delete(oldest[0]);
      oldest[1].session?.fail(
        new TransportError('lost', 'this shell was closed to make room for another user'),
      );
      return;
    }
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
