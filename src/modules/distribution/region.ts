import { setTimeout as sleep } from 'node:timers/promises';
import { TransportError } from '../../transport/contract.ts';
import { makeKeyPair } from '../../transport/key-pair.ts';
import type { KeyPair } from '../../transport/key-pair.ts';
import type { NodeWriter } from '../../transport/node.ts';
import type { RunScope } from '../../transport/run-scope.ts';
import type { FileDigest } from './file-digest.ts';
import { chunkLength } from './file-digest.ts';
import { Holders } from './holders.ts';
import { RegionProgress } from './pace.ts';
import { Station } from './station.ts';
import { Swarm } from './swarm.ts';
import { TokenBucket } from './token-bucket.ts';

const LOOK_EVERY_MS = 300;
/** A node that does not answer any more must not hold up the end of the run. */
const END_WITHIN_MS = 8_000;

/** A file of the controller's whose checksums are known. */
export interface SharedFile extends FileDigest {
  readonly path: string;
}

/** How a file is to be brought to the nodes of a region. */
export interface Wish {
  readonly file: SharedFile;
  /** Where it is put together on the node, in a folder that is the task's user's own. */
  readonly part: string;
  /** What people call it, in progress and messages. */
  readonly label: string;
  readonly seeds: number;
  /** Bytes a second that the controller sends to the region at most. */
  readonly bandwidth: number | undefined;
  /** Have the node's Docker load it while it comes. */
  readonly load: boolean;
}

/** The same for a node that has it. */
export type Offer = Omit<Wish, 'part' | 'load'>;

/** No agent could be started on the node; `message` says why. */
export class NoAgent extends Error {}

/** What the nodes of a run share: a swarm for each file and region, a limit for each region, one key. */
export class Distribution {
  /** Nodes that were seen to have a file already. */
  readonly holders = new Holders();
  readonly #scope: RunScope;
  readonly #swarms = new Map<string, Shared>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #stations: Promise<Station>[] = [];
  /** By node, for what is no file. */
  readonly #plain = new Map<string, Promise<Station>>();
  #keys: Promise<KeyPair> | undefined;

  constructor(scope: RunScope) {
    this.#scope = scope;
    scope.onEnd(() => this.#end());
  }

  /**
   * Brings the file to `wish.part` of the node; it is the same to the last byte then. The node serves its neighbours
   * from now on, whatever becomes of that name. True: Docker has loaded it, as was wished. Throws NoAgent, TransportError, or Error with what went wrong.
   */
  async bring(node: NodeWriter, wish: Wish): Promise<boolean> {
    const { swarm, progress } = this.#shared(node.region, wish);
    await this.#askHolders(node, wish);
    const station = await this.#open(node, wish, { path: wish.part, whole: false });
    const tell = progress.node(node.name, (done, pace) =>
      node.progress(wish.label, done, wish.file.size, pace),
    );
    const timer = setInterval(() => tell(bytesOf(swarm, station, wish.file)), LOOK_EVERY_MS);
    try {
      if (wish.load) station.beginLoad();
      await swarm.join(station, true);
      tell(wish.file.size);
      return await station.loaded();
    } catch (error) {
      throw await this.#reason(node, error as Error);
    } finally {
      clearInterval(timer);
    }
  }

  /** Has a node that has the file whole at a path serve its neighbours. That it cannot is no error. */
  async offer(node: NodeWriter, wish: Offer, path: string): Promise<void> {
    const { swarm, offered } = this.#shared(node.region, wish);
    if (offered.has(node.name)) return;
    offered.add(node.name);
    try {
      const station = await this.#open(node, wish, { path, whole: true });
      swarm.join(station, false).catch(() => undefined);
    } catch {
      // Then the others get it another way.
    }
  }

  /** Those who have it already join first, so that nothing is sent from the controller that a neighbour has. */
  async #askHolders(node: NodeWriter, wish: Wish): Promise<void> {
    const holders = await this.holders.of(node, wish.file.sha256);
    await Promise.all(
      holders.map(async (holder) => {
        const path = await holder.locate(holder.node).catch(() => undefined);
        if (path !== undefined) await this.offer(holder.node, wish, path);
      }),
    );
  }

  /** Whether nodes of the region give the file to each other already. */
  isShared(region: string, file: SharedFile): boolean {
    return this.#swarms.has(`${region} ${file.sha256}`);
  }

  /** Loads an image into a node's Docker from a neighbour's; the words say why it could not. */
  async passImage(node: NodeWriter, from: NodeWriter, image: string): Promise<string | undefined> {
    try {
      const [to, source] = await Promise.all([this.#plainStation(node), this.#plainStation(from)]);
      if (source.closedDoor !== undefined) return source.closedDoor;
      return await to.takeImage(image, source);
    } catch (error) {
      if (error instanceof TransportError && error.kind === 'interrupted') throw error;
      return (error as Error).message;
    }
  }

  #plainStation(node: NodeWriter): Promise<Station> {
    const known = this.#plain.get(node.name);
    if (known !== undefined) return known;
    const file = { path: '/dev/null', size: 0, sha256: '', chunkBytes: 1, chunks: [] };
    const wish = { file, label: '', seeds: 1, bandwidth: undefined };
    const opening = this.#open(node, wish, { path: '/dev/null', whole: true });
    this.#plain.set(node.name, opening);
    opening.catch(() => this.#plain.delete(node.name));
    return opening;
  }

  /** What a plain copy to that region has to wait for; undefined: nothing. */
  limit(region: string, rate: number | undefined): ((bytes: number) => Promise<void>) | undefined {
    const bucket = this.#bucket(region, rate);
    return rate === undefined ? undefined : (bytes) => bucket.take(bytes, this.#scope.signal);
  }

  async #open(
    node: NodeWriter,
    wish: Offer,
    place: { readonly path: string; readonly whole: boolean },
  ): Promise<Station> {
    this.#keys ??= makeKeyPair();
    const bucket = this.#bucket(node.region, wish.bandwidth);
    const options = { ...place, file: wish.file, bucket, keys: await this.#keys };
    const opening = Station.open(node, options);
    this.#stations.push(opening);
    try {
      return await opening;
    } catch (error) {
      if (error instanceof TransportError && error.kind !== 'refused') throw error;
      throw new NoAgent((error as Error).message);
    }
  }

  #shared(region: string, wish: Offer): Shared {
    const key = `${region} ${wish.file.sha256}`;
    let shared = this.#swarms.get(key);
    if (shared === undefined) {
      const warn = (message: string, node: string): void =>
        this.#scope.warn(`${wish.label}: ${message}`, node);
      const swarm = new Swarm({ chunks: wish.file.chunks.length, seeds: wish.seeds, warn });
      shared = { swarm, progress: new RegionProgress(wish.file.size), offered: new Set() };
      this.#swarms.set(key, shared);
      const stop = (): void => void swarm.close(new TransportError('interrupted', 'interrupted'));
      if (this.#scope.signal.aborted) stop();
      this.#scope.signal.addEventListener('abort', stop, { once: true });
    }
    shared.swarm.setSeeds(wish.seeds);
    return shared;
  }

  #bucket(region: string, rate: number | undefined): TokenBucket {
    const bucket = this.#buckets.get(region) ?? new TokenBucket(rate);
    this.#buckets.set(region, bucket);
    if (rate !== undefined) bucket.setRate(rate);
    return bucket;
  }

  /** When the connection to the node itself is gone, that is the reason: the node is unreachable then. */
  async #reason(node: NodeWriter, error: Error): Promise<Error> {
    if (error instanceof TransportError) return error;
    const asked = node.checksum('/dev/null').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const why = await Promise.race([asked, sleep(2_000, undefined, { ref: false })]);
    return why instanceof TransportError ? why : error;
  }

  async #end(): Promise<void> {
    const error = new TransportError('interrupted', 'the run has ended');
    for (const { swarm } of this.#swarms.values()) swarm.close(error);
    this.#swarms.clear();
    const closing = this.#stations.map(async (opening) => (await opening).close());
    await Promise.race([Promise.allSettled(closing), sleep(END_WITHIN_MS, undefined, { ref: false })]);
  }
}

interface Shared {
  readonly swarm: Swarm;
  readonly progress: RegionProgress;
  /** Nodes that serve what they have. */
  readonly offered: Set<string>;
}

function bytesOf(swarm: Swarm, station: Station, file: SharedFile): number {
  const { chunks, bytesSent } = swarm.standing(station);
  const last = chunkLength(file, file.chunks.length - 1);
  const whole =
    chunks === file.chunks.length ? (chunks - 1) * file.chunkBytes + last : chunks * file.chunkBytes;
  return Math.min(file.size, whole + bytesSent);
}

const distributions = new WeakMap<RunScope, Distribution>();

/** The distribution of the run that the node is worked on in. */
export function distributionOf(node: { readonly scope: RunScope }): Distribution {
  const known = distributions.get(node.scope) ?? new Distribution(node.scope);
  distributions.set(node.scope, known);
  return known;
}
