import type { Lookup } from '../model/plan.ts';
import type { Connector, Link, Target } from '../transport/contract.ts';
import type { EventBody } from '../events/event.ts';
import type { Interruption } from './interruption.ts';
import type { RunOptions } from './options.ts';
import type { RunProfile } from './profile.ts';
import { plainJump, targetOf } from './target.ts';

export interface NodeAddress {
  readonly name: string;
  readonly region: string;
  readonly address: string;
}

export interface ConnectionServices {
  readonly connector: Connector;
  readonly options: RunOptions;
  readonly emit: (event: EventBody) => void;
  readonly profile: RunProfile | undefined;
  readonly interruption: Interruption;
  /** A node's own variables, without those of any task; undefined: no such node. */
  readonly nodeVars: (name: string) => { readonly node: NodeAddress; readonly vars: Lookup } | undefined;
}

/** The run's links: one per node, opened when a task first needs it and kept to the end. */
export class Connections {
  readonly #services: ConnectionServices;
  readonly #links = new Map<string, Promise<Link>>();
  readonly #ready: Link[] = [];
  readonly #local = new Set<string>(['localhost']);

  constructor(services: ConnectionServices) {
    this.#services = services;
  }

  /** The link to a node; `vars` say how it is reached and count only when it is opened. */
  link(node: NodeAddress, vars: Lookup): Promise<Link> {
    const open = this.#links.get(node.name);
    if (open !== undefined) return open;
    const { profile } = this.#services;
    const opening =
      profile === undefined ? this.#open(node, vars) : profile.connecting(node, () => this.#open(node, vars));
    this.#links.set(node.name, opening);
    return opening;
  }

  /** Whether it is open, or being opened. */
  has(node: string): boolean {
    return this.#links.has(node);
  }

  /** A connection that could not be opened or was lost is opened anew when it is next needed. */
  forget(node: string): void {
    this.#links.delete(node);
  }

  /** Whether what is done on that node is done on the controller. */
  isLocal(node: string): boolean {
    return this.#local.has(node);
  }

  /** Ends what is running on every node. */
  async interrupt(): Promise<void> {
    await Promise.allSettled(this.#ready.map((link) => link.interrupt()));
  }

  async close(): Promise<void> {
    // One link that cannot be closed must not keep the others open.
    await Promise.allSettled(this.#ready.map((link) => link.close()));
    await this.#services.connector.close();
  }

  async #open(node: NodeAddress, vars: Lookup): Promise<Link> {
    const { connector, options, emit } = this.#services;
    const started = performance.now();
    const target =
      node.name === 'localhost'
        ? localTarget(options)
        : targetOf(node, vars, options, (name) => this.#jump(name, vars, [node.name]));
    if (target.connection === 'local') this.#local.add(node.name);
    const link = await this.#unlessInterrupted(node.name, connector.connect(target));
    this.#ready.push(link);
    const durationMs = Math.round(performance.now() - started);
    emit({ type: 'node-connected', region: node.region, node: node.name, durationMs });
    return link;
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

  #jump(name: string, vars: Lookup, path: readonly string[]): Target {
    const { options, nodeVars } = this.#services;
    if (path.includes(name)) throw new Error(`jump_host goes in a circle: ${[...path, name].join(' → ')}`);
    const known = nodeVars(name);
    if (known === undefined) {
      const file = vars.get('known_hosts_file');
      return plainJump(name, options, typeof file === 'string' ? file : undefined);
    }
    return targetOf(known.node, known.vars, options, (next) => this.#jump(next, known.vars, [...path, name]));
  }
}

/** The controller itself. */
function localTarget(options: RunOptions): Target {
  return {
    name: 'localhost',
    connection: 'local',
    address: '127.0.0.1',
    port: undefined,
    user: undefined,
    password: undefined,
    privateKeyFile: undefined,
    privateKeyPassphrase: undefined,
    knownHostsFile: undefined,
    hostKeyChecking: options.hostKeyChecking,
    jump: undefined,
    connectTimeoutMs: options.connectTimeoutMs,
  };
}
