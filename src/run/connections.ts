import type { Lookup } from '../model/rendering.ts';
import { openContainerLink } from '../transport/container.ts';
import type { Connector, Link } from '../transport/contract.ts';
import type { EventBody } from '../events/event.ts';
import type { Interruption } from './interruption.ts';
import type { RunOptions } from './options.ts';
import type { RunProfile } from './profile.ts';
import { reachOf, type KnownNode, type NodeAddress, type Reach, type ReachWish } from './reach.ts';

export type { NodeAddress } from './reach.ts';

export interface ConnectionServices {
  readonly connector: Connector;
  readonly options: RunOptions;
  readonly emit: (event: EventBody) => void;
  readonly profile: RunProfile | undefined;
  readonly interruption: Interruption;
  /** The connection of a node is closed before the run's end: what was asked over it does not count. */
  readonly onReset: (node: string) => void;
  /** A node's own variables, without those of any task; undefined: no such node. */
  readonly nodeVars: (name: string) => KnownNode | undefined;
}

interface Opened {
  readonly node: string;
  readonly opening: Promise<Link>;
  /** When it is open. */
  link: Link | undefined;
}

/** What is known of a node from its own variables alone. */
interface Machine {
  /** The machine that it is on: another node's name where it is a container. */
  readonly name: string;
  readonly isContainer: boolean;
}

/** The run's links: opened when a task first needs them and kept to the end, one for each way to a node. */
export class Connections {
  readonly #services: ConnectionServices;
  /** By the key of their reach. */
  readonly #links = new Map<string, Opened>();
  /** Those of tasks that say nothing of the way themselves. */
  readonly #plain = new Map<string, Opened>();
  readonly #ready = new Set<Link>();
  readonly #local = new Set<string>(['localhost']);
  readonly #machines = new Map<string, Machine>();
  readonly #reached = new Set<string>();

  constructor(services: ConnectionServices) {
    this.#services = services;
  }

  /** The link to a node; `vars` say how it is reached and count when it is opened, unless `reach` is given. */
  link(node: NodeAddress, vars: Lookup, reach?: Reach): Promise<Link> {
    if (reach !== undefined) return this.#opened(node, reach).opening;
    const open = this.#plain.get(node.name);
    if (open !== undefined) return open.opening;
    try {
      const opened = this.#opened(node, this.reach(node, vars));
      this.#plain.set(node.name, opened);
      return opened.opening;
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** How a node is reached with what a task wishes. Throws ModuleError, TemplateError. */
  reach(node: NodeAddress, vars: Lookup, wish: ReachWish = {}): Reach {
    return reachOf({ node, vars }, wish, this.#services);
  }

  /** Whether it is open, or being opened. */
  has(node: string): boolean {
    return this.#reached.has(node);
  }

  /** A connection that could not be opened or was lost is opened anew when it is next needed. */
  forget(node: string): void {
    this.#take(node);
  }

  /** Closes the connection to a node, if it has one; it is opened anew when it is next needed. */
  async reset(node: string): Promise<void> {
    const entries = this.#take(node);
    if (entries.length === 0) return;
    this.#services.onReset(node);
    await Promise.all(entries.map((entry) => this.#close(entry)));
  }

  /** Whether what is done on that node is done on the controller. */
  isLocal(node: string): boolean {
    return this.#local.has(this.machineOf(node));
  }

  /** The machine whose files a change on that node may touch: for a container the node that carries it. */
  machineOf(node: string): string {
    return this.#machine(node).name;
  }

  /** Whether a node's own variables make it a container. */
  isContainer(node: string): boolean {
    return this.#machine(node).isContainer;
  }

  /** Ends what is running on every node. */
  async interrupt(): Promise<void> {
    await Promise.allSettled([...this.#ready].map((link) => link.interrupt()));
  }

  async close(): Promise<void> {
    // One link that cannot be closed must not keep the others open.
    await Promise.allSettled([...this.#ready].map((link) => link.close()));
    await this.#services.connector.close();
  }

  #opened(node: NodeAddress, reach: Reach): Opened {
    const known = this.#links.get(reach.key);
    if (known !== undefined) return known;
    const { profile } = this.#services;
    const open = (): Promise<Link> => this.#open(node, reach);
    const opening = profile === undefined ? open() : profile.connecting(node, open);
    const entry: Opened = { node: node.name, opening, link: undefined };
    this.#links.set(reach.key, entry);
    this.#reached.add(node.name);
    opening.then((link) => (entry.link = link)).catch(() => undefined);
    return entry;
  }

  /** Takes the entries of a node out, and those of containers that it carries. */
  #take(node: string): readonly Opened[] {
    const taken: Opened[] = [];
    for (const links of [this.#links, this.#plain]) {
      for (const [key, entry] of links) {
        if (entry.node !== node && this.machineOf(entry.node) !== node) continue;
        links.delete(key);
        this.#reached.delete(entry.node);
        if (!taken.includes(entry)) taken.push(entry);
      }
    }
    return taken;
  }

  async #close(entry: Opened): Promise<void> {
    const close = async (link: Link): Promise<void> => {
      this.#ready.delete(link);
      await link.close();
    };
    const closing = (entry.link === undefined ? entry.opening.then(close) : close(entry.link)).catch(
      () => undefined,
    );
    // One that is still being opened is not waited for.
    if (entry.link !== undefined) await closing;
  }

  async #open(node: NodeAddress, reach: Reach): Promise<Link> {
    const { connector, emit } = this.#services;
    const started = performance.now();
    const { target, container } = reach;
    if (container === undefined && target.connection === 'local') this.#local.add(node.name);
    const opening =
      container === undefined ? connector.connect(target) : this.#openContainer(node, container);
    const link = await this.#unlessInterrupted(node.name, opening);
    this.#ready.add(link);
    const durationMs = Math.round(performance.now() - started);
    emit({ type: 'node-connected', region: node.region, node: node.name, durationMs });
    return link;
  }

  async #openContainer(node: NodeAddress, container: NonNullable<Reach['container']>): Promise<Link> {
    const { key } = container.carrierReach;
    // Whoever asks for a container again has not heard that its node's connection broke.
    if (this.#links.get(key)?.link?.lost?.() !== undefined) this.forget(container.carrier.name);
    const carrier = await this.#opened(container.carrier, container.carrierReach).opening;
    const { name, user, become } = container;
    return openContainerLink({ node: node.name, container: name, user, become, carrier });
  }

  /** A connection that is still being opened when the run is interrupted is neither waited for nor used. */
  async #unlessInterrupted(name: string, opening: Promise<Link>): Promise<Link> {
    try {
      return await this.#services.interruption.unless(opening, name);
    } catch (error) {
      if (this.#services.options.signal.aborted) opening.then((link) => link.close()).catch(() => undefined);
      throw error;
    }
  }

  #machine(node: string): Machine {
    const known = this.#machines.get(node);
    if (known !== undefined) return known;
    const found = this.#findMachine(node);
    this.#machines.set(node, found);
    return found;
  }

  #findMachine(name: string): Machine {
    try {
      const known = this.#services.nodeVars(name);
      const container = known && this.reach(known.node, known.vars).container;
      return { name: container?.carrier.name ?? name, isContainer: container !== undefined };
    } catch {
      // What is wrong with its variables is said when it is reached.
      return { name, isContainer: false };
    }
  }
}
