import type { Delivery, Hand } from './hand.ts';
import { Member } from './member.ts';
import type { Way } from './member.ts';
import { isFed, isOpen, mayComeFromOthers, newSources, patienceOf, readySource } from './sources.ts';

/** Chunks that a node fetches at once: while one is compared the next is already under way. */
const FETCHES = 2;
/** Chunks of the controller's that wait for a node's line, so that the line never waits. */
const PUTS = 2;
const TRIES = 3;
const RETRY_MS = 20_000;
const LOOK_EVERY_MS = 1_000;

export interface SwarmOptions {
  readonly chunks: number;
  /** Nodes that the controller sends to at once. */
  readonly seeds: number;
  /** Tells what went another way than it should have. */
  readonly warn: (message: string, node: string) => void;
}

/** How far a node has come. */
export interface Standing {
  readonly chunks: number;
  /** Bytes on the way from the controller, of chunks that do not count yet. */
  readonly bytesSent: number;
}

/**
 * Brings the chunks of one file to the nodes of one region. Each chunk comes from the controller once; then nodes get
 * it from each other, each from two neighbours at most: a chain, as long as nobody is slower than the one before.
 */
export class Swarm {
  readonly #options: SwarmOptions;
  readonly #members: Member[] = [];
  readonly #done = new Map<Member, { resolve: () => void; reject: (error: Error) => void }>();
  readonly #timer: NodeJS.Timeout;
  #seeds: number;
  #stopped: Error | undefined;
  #stepping = false;

  constructor(options: SwarmOptions) {
    this.#options = options;
    this.#seeds = options.seeds;
    this.#timer = setInterval(() => this.#stepSoon(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Takes a node in. Resolves when it has all chunks; rejects when it is lost. `wants: false`: it only gives. */
  join(hand: Hand, wants: boolean): Promise<void> {
    const member = new Member(hand, this.#members.length, this.#options.chunks, wants);
    this.#members.push(member);
    const done = new Promise<void>((resolve, reject) => this.#done.set(member, { resolve, reject }));
    if (this.#stopped !== undefined) this.#done.get(member)?.reject(this.#stopped);
    void hand.lost.then((error) => this.#leave(member, error ?? new Error('it was closed')));
    void this.#look(member);
    return done;
  }

  /** How far a node has come. */
  standing(hand: Hand): Standing {
    const member = this.#members.find((m) => m.hand === hand);
    const bytesSent = [...(member?.sending.values() ?? [])].reduce((sum, bytes) => sum + bytes, 0);
    return { chunks: member?.count ?? 0, bytesSent };
  }

  /** Rejects all that still wait and begins nothing new. The hands are closed by whoever opened them. */
  close(error: Error): void {
    this.#stopped = error;
    clearInterval(this.#timer);
    for (const { reject } of this.#done.values()) reject(error);
    this.#done.clear();
  }

  setSeeds(seeds: number): void {
    this.#seeds = seeds;
  }

  async #look(member: Member): Promise<void> {
    try {
      await member.hand.look((chunk) => member.take(chunk));
    } catch {
      // It is lost, and leaves by that.
    }
    member.looking = false;
    this.#stepSoon();
  }

  #leave(member: Member, error: Error): void {
    if (!member.alive) return;
    member.alive = false;
    this.#members.splice(this.#members.indexOf(member), 1);
    for (const other of this.#members) other.ways.delete(member);
    if (!member.complete || member.looking) this.#done.get(member)?.reject(error);
    this.#done.delete(member);
    this.#stepSoon();
  }

  /** Once for all that happens in the same turn. */
  #stepSoon(): void {
    if (this.#stepping) return;
    this.#stepping = true;
    queueMicrotask(() => {
      this.#stepping = false;
      this.#step();
    });
  }

  /** Gives everybody all the work that there is for them now. */
  #step(): void {
    if (this.#stopped !== undefined) return;
    const wanting = this.#members.filter((member) => member.wants && !member.looking && !member.complete);
    for (const member of wanting) this.#connect(member);
    for (const member of wanting) this.#fetch(member);
    const fed = wanting.filter((member) => isFed(member, this.#members, this.#seeds));
    for (const member of fed) this.#put(member);
    for (const member of this.#members) {
      if (member.looking || !member.complete) continue;
      this.#done.get(member)?.resolve();
      this.#done.delete(member);
    }
  }

  #connect(member: Member): void {
    for (const source of newSources(member, this.#members)) {
      const before = member.ways.get(source);
      const way: Way = { failed: 0, corrupt: before?.corrupt ?? 0, why: '', retryAt: 0, state: 'connecting' };
      member.ways.set(source, way);
      const spoil = (why: string): void => this.#spoil(way, why);
      member.hand
        .connect(source.hand, () => spoil('the connection was lost'))
        .then(
          (why) => {
            if (why !== undefined) return spoil(why);
            way.state = 'ready';
            this.#stepSoon();
          },
          () => undefined,
        );
    }
  }

  #spoil(way: Way, why: string): void {
    way.state = 'bad';
    way.why = why;
    way.retryAt = performance.now() + RETRY_MS;
    this.#stepSoon();
  }

  #fetch(member: Member): void {
    for (const chunk of member.missing()) {
      if (member.fetching >= FETCHES) return;
      const source = readySource(member, chunk);
      if (source === undefined) {
        if (![...member.ways].some(([other, way]) => isOpen(other, way))) return;
        continue;
      }
      void this.#fetchFrom(member, chunk, source);
    }
  }

  async #fetchFrom(member: Member, chunk: number, source: Member): Promise<void> {
    const way = member.ways.get(source);
    const begun = performance.now();
    const letGo = this.#hold(member, chunk, source);
    const late = setTimeout(() => {
      // It may still come; until it does the chunk is looked for elsewhere.
      if (way?.state === 'ready') way.state = 'slow';
      letGo();
    }, patienceOf(member));
    const delivery = await member.hand.fetch(chunk, source.hand).catch(() => undefined);
    clearTimeout(late);
    letGo();
    if (way !== undefined && delivery !== undefined) this.#count(way, delivery);
    if (delivery === 'good') {
      member.take(chunk);
      const took = performance.now() - begun;
      member.usualMs = member.usualMs === 0 ? took : 0.7 * member.usualMs + 0.3 * took;
    }
    this.#stepSoon();
  }

  /** Counts a chunk as on its way between two nodes, until what it gives is called. */
  #hold(member: Member, chunk: number, source: Member): () => void {
    member.asked.add(chunk);
    member.fetching += 1;
    source.giving += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      member.asked.delete(chunk);
      member.fetching -= 1;
      source.giving -= 1;
      this.#stepSoon();
    };
  }

  #count(way: Way, delivery: Delivery): void {
    if (delivery === 'good') way.failed = 0;
    else if (delivery === 'corrupt') way.corrupt += 1;
    else way.failed += 1;
    if (way.state === 'slow') way.state = 'ready';
    if (way.state !== 'ready') return;
    if (way.failed >= TRIES) this.#spoil(way, 'chunks do not come over');
    if (way.corrupt < TRIES) return;
    this.#spoil(way, 'what comes from there is damaged');
    way.retryAt = Infinity;
  }

  #put(member: Member): void {
    for (const chunk of member.missing()) {
      if (member.sending.size >= PUTS) return;
      if (mayComeFromOthers(member, chunk, this.#members)) continue;
      this.#sayWhy(member);
      void this.#putOne(member, chunk);
    }
  }

  async #putOne(member: Member, chunk: number): Promise<void> {
    member.asked.add(chunk);
    member.sending.set(chunk, 0);
    member.movedAt = performance.now();
    const delivery = await member.hand
      .put(chunk, (bytes) => {
        member.movedAt = performance.now();
        member.sending.set(chunk, bytes);
      })
      .catch(() => undefined);
    member.asked.delete(chunk);
    member.sending.delete(chunk);
    if (delivery === 'good') member.take(chunk);
    else if (delivery !== undefined) this.#wrong(member, chunk);
    this.#stepSoon();
  }

  #wrong(member: Member, chunk: number): void {
    const times = (member.wrong.get(chunk) ?? 0) + 1;
    member.wrong.set(chunk, times);
    if (times < TRIES) return;
    this.#leave(member, new Error(`what arrives is not what was sent (chunk ${chunk}, ${TRIES} times)`));
  }

  /** Once for a node that should have got it from its neighbours. */
  #sayWhy(member: Member): void {
    if (member.toldWhy || this.#members.length === 1) return;
    const ways = [...member.ways.values()];
    const closed = this.#members.filter((m) => m !== member && m.hand.closedDoor !== undefined);
    if (ways.some((way) => way.state !== 'bad') || (ways.length === 0 && closed.length === 0)) return;
    member.toldWhy = true;
    const why = [
      ...ways.map((way) => way.why),
      ...closed.map((m) => `${m.hand.name} is closed: ${m.hand.closedDoor}`),
    ];
    const message = `gets it from the controller, not from its neighbours: ${[...new Set(why)].join('; ')}`;
    this.#options.warn(message, member.hand.name);
  }
}
