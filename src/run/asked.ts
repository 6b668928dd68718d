import type { Check } from '../modules/define.ts';
import type { Prepared } from './arguments.ts';
import { lookOnly } from './look-only.ts';
import type { Use } from './use.ts';

/** A check that was asked before its turn. */
export class Asked {
  readonly use: Use;
  readonly found: Promise<Check<unknown, unknown>>;
  /** How many changes it cannot have seen when it was asked. */
  readonly changes: number;
  /** Of the node's variables when it was asked. */
  readonly #version: number;
  /** undefined: the arguments could not be prepared, or are not yet. */
  #prepared: Prepared | undefined;
  #preparing: Promise<void> | undefined;
  /** Its arguments depend on other nodes, or it is not known yet whether they do. */
  #readsOthers: boolean;

  /** Asks. Throws what preparing the arguments throws. */
  constructor(use: Use, changes: number) {
    this.use = use;
    this.changes = changes;
    this.#version = use.state.version;
    const { reads } = use.engine.fleet;
    const prepared = use.prepareAhead();
    if (prepared instanceof Promise) this.#preparing = this.#wait(prepared, reads);
    else this.#prepared = prepared;
    this.#readsOthers = prepared instanceof Promise || use.engine.fleet.reads !== reads;
    this.found = check(use, prepared);
    // Whoever takes the answer hears of its failure; if nobody does, it is of no interest.
    this.found.catch(() => undefined);
  }

  /** Whether all that the use was made from is still as it was: then it need not be made again to be compared. */
  get isCurrent(): boolean {
    return !this.#readsOthers && this.#version === this.use.state.version;
  }

  /** Whether this use would ask the same with these arguments. */
  isFor(use: Use, prepared: Prepared): boolean | Promise<boolean> {
    if (use === this.use) return true;
    if (use.identity !== this.use.identity) return false;
    const isSame = (): boolean => this.#prepared?.fingerprint === prepared.fingerprint;
    return this.#preparing === undefined ? isSame() : this.#preparing.then(isSame);
  }

  async #wait(preparing: Promise<Prepared>, reads: number): Promise<void> {
    this.#prepared = await preparing.catch(() => undefined);
    this.#preparing = undefined;
    this.#readsOthers = this.use.engine.fleet.reads !== reads;
  }
}

async function check(use: Use, preparing: Prepared | Promise<Prepared>): Promise<Check<unknown, unknown>> {
  const prepared = preparing instanceof Promise ? await preparing : preparing;
  return await use.module.check(lookOnly(use.node), prepared.args);
}
