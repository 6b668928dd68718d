import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeWriter } from '../../transport/node.ts';

/** Looks that have begun are waited for so long: a neighbour may have the file without having said so yet. */
const WAIT_MS = 3_000;
/** Neighbours that are asked to give; more would only cost. */
const MOST = 2;

/** Where a neighbour has the file whole; undefined: it has lost it since. */
export type Locate = (neighbour: NodeWriter) => Promise<string | undefined>;

interface Holder {
  readonly name: string;
  readonly locate: Locate;
}

/** Which nodes were seen to have what already, by region: they can give it to their neighbours. */
export class Holders {
  readonly #byKey = new Map<string, Holder[]>();
  readonly #looking = new Map<string, Set<Promise<unknown>>>();

  /** Notes that a node is being looked at, so that {@link of} waits for what that finds. */
  async looking<T>(region: string, look: Promise<T>): Promise<T> {
    const all = this.#looking.get(region) ?? new Set<Promise<unknown>>();
    this.#looking.set(region, all.add(look));
    try {
      return await look;
    } finally {
      all.delete(look);
    }
  }

  remember(region: string, key: string, name: string, locate: Locate): void {
    const id = `${region} ${key}`;
    const known = this.#byKey.get(id) ?? [];
    this.#byKey.set(id, [...known.filter((holder) => holder.name !== name), { name, locate }]);
  }

  /** Neighbours of a node that have it. */
  async of(node: NodeWriter, key: string): Promise<readonly { node: NodeWriter; locate: Locate }[]> {
    const looks = Promise.allSettled([...(this.#looking.get(node.region) ?? [])]);
    await Promise.race([looks, sleep(WAIT_MS, undefined, { ref: false })]);
    const others = (this.#byKey.get(`${node.region} ${key}`) ?? []).filter(({ name }) => name !== node.name);
    return others.slice(0, MOST).flatMap(({ name, locate }) => {
      const neighbour = node.neighbour(name);
      return neighbour === undefined ? [] : [{ node: neighbour, locate }];
    });
  }
}
