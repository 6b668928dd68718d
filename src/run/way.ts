import type { NodeTaskRef } from '../events/event.ts';
import { isDataMap } from '../model/data.ts';
import type { TaskPlan } from '../model/plan.ts';
import { ModuleError } from '../modules/define.ts';
import { becomeKey, TransportError, type Become, type Link } from '../transport/contract.ts';
import type { NodeWriter, Pace } from '../transport/node.ts';
import { createNode, type NodeOptions, type OutputSink } from '../transport/remote-node.ts';
import type { RunScope } from '../transport/run-scope.ts';
import type { NodeAddress } from './connections.ts';
import type { Reach } from './reach.ts';
import { backgroundOf, runDetached } from './detached.ts';
import type { Engine } from './engine.ts';
import { openOutput } from './output.ts';
import type { TaskClock } from './profile-clock.ts';
import { learnSecrets, type Scope } from './scope.ts';
import { nodeScope } from './scopes.ts';
import type { NodeState } from './state.ts';
import type { TimeLimit } from './time-limit.ts';
import { wayFor } from './way-reach.ts';

/** The use of a module that reaches a node. */
export interface WayOwner {
  readonly engine: Engine;
  readonly task: TaskPlan;
  readonly state: NodeState;
  readonly scope: Scope;
  readonly ref: NodeTaskRef;
  readonly clock: TaskClock | undefined;
  /** Of the attempt that is under way. */
  readonly timeLimit: TimeLimit | undefined;
  /** Called when the task is the first to need its node's connection. */
  readonly opening: (() => void) | undefined;
  /** A node is asked something. */
  touch(): void;
  /** Something that writes was put in line on that node; what it gives is called when it has ended. */
  wrote(node: string): () => void;
}

/** A node, and the variables that say how it is reached. */
export interface WayTarget {
  readonly node: NodeAddress;
  readonly vars: Scope;
  /** It is the node that the module may change. */
  readonly writable: boolean;
}

/** How one use of a module reaches one node. A class, since a run makes two for each task on each node. */
export class Way implements NodeOptions {
  readonly become: Become | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly #owner: WayOwner;
  readonly #target: WayTarget;
  readonly #reach: Reach | undefined;
  /** The run is over and cleans up behind itself. */
  #ending = false;

  /** Throws ModuleError, TemplateError. */
  constructor(owner: WayOwner, target: WayTarget) {
    const { engine, task, scope } = owner;
    this.#owner = owner;
    this.#target = target;
    const { become, reach } = wayFor({ engine, task, scope, node: target.node, vars: target.vars });
    this.become = become;
    this.#reach = reach;
    this.environment = task.environment.length === 0 ? noEnvironment : environmentOf(owner);
  }

  get name(): string {
    return this.#target.node.name;
  }

  get address(): string {
    return this.#target.node.address;
  }

  get region(): string {
    return this.#target.node.region;
  }

  get scope(): RunScope {
    return this.#owner.engine.scope.scope;
  }

  get timeoutMs(): number | undefined {
    const { timeLimit, task } = this.#owner;
    return timeLimit === undefined ? task.timeoutMs : undefined;
  }

  get aroundCommand(): NodeOptions['aroundCommand'] {
    const { timeLimit } = this.#owner;
    return timeLimit === undefined ? undefined : (run) => timeLimit.command(run);
  }

  get peerAddress(): string | undefined {
    const value = this.#target.vars.get('peer_address');
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** Whose shell on the node it goes through: they are as many as the users that one becomes there. */
  get shell(): string {
    const user = becomeKey(this.become);
    return this.#reach === undefined ? user : `${user} ${this.#reach.key}`;
  }

  get onWrite(): (() => () => void) | undefined {
    return this.#target.writable ? () => this.#owner.wrote(this.name) : undefined;
  }

  link(): Promise<Link> {
    const { timeLimit } = this.#owner;
    return timeLimit === undefined ? this.#link() : timeLimit.opening(() => this.#link());
  }

  #link(): Promise<Link> {
    const { engine, state, opening } = this.#owner;
    const { name } = this;
    this.#owner.touch();
    if (engine.options.signal.aborted && !this.#ending) {
      return Promise.reject(new TransportError('interrupted', `${name}: interrupted`));
    }
    if (name === state.node.name && !engine.connections.has(name)) opening?.();
    return engine.connections.link(this.#target.node, this.#target.vars, this.#reach);
  }

  get runInstead(): NodeOptions['runInstead'] {
    const { engine, task, scope } = this.#owner;
    const { background } = task;
    if (background === undefined || !this.#target.writable) return undefined;
    const services = {
      interruption: engine.interruption,
      signal: engine.options.signal,
      onEnd: (cleanup: () => Promise<void>): void =>
        engine.scope.scope.onEnd(() => {
          this.#ending = true;
          return cleanup();
        }),
    };
    return (node, command, options) =>
      runDetached(node, command, options, { background: backgroundOf(background, scope), services });
  }

  dropLink(): Promise<void> {
    return this.#owner.engine.connections.reset(this.name);
  }

  /** Another node that this run has to do with, with its own connection variables. */
  neighbour(name: string): NodeWriter | undefined {
    const { engine } = this.#owner;
    const state = engine.states.get(name);
    if (state === undefined) return undefined;
    const vars = nodeScope(engine, state);
    return createNode(new Way(this.#owner, { node: state.node, vars, writable: false }));
  }

  openOutput(): OutputSink {
    const { engine, task, ref } = this.#owner;
    return openOutput({
      masker: engine.masker,
      store: engine.outputs,
      node: this.name,
      task: task.id,
      hidden: task.noLog,
      say: (stream, text) => {
        if (!task.noLog) engine.emit({ type: 'task-output', ...ref, stream, text });
      },
      onFile: (stream, file) => engine.emit({ type: 'task-output-file', ...ref, stream, file }),
      onWarning: (message) => engine.emit({ type: 'warning', node: this.name, message }),
    });
  }

  aroundUpload(send: () => Promise<void>): Promise<void> {
    return this.#owner.clock?.transfer(send) ?? send();
  }

  onProgress(label: string, done: number, total: number, unit: 'bytes' | 'steps' | Pace): void {
    const { engine, task, ref } = this.#owner;
    const shown = task.noLog ? 'hidden' : label;
    const pace = typeof unit === 'string' ? { unit } : unit;
    engine.emit({ type: 'task-progress', ...ref, label: shown, done, total, ...pace });
  }
}

const noEnvironment: Readonly<Record<string, string>> = Object.freeze({});

function environmentOf({ engine, task, scope }: WayOwner): Readonly<Record<string, string>> {
  const merged: Record<string, string> = {};
  for (const rendering of task.environment) {
    const value = rendering.render(scope);
    if (!isDataMap(value)) throw new ModuleError({ message: 'environment must be a map of names to texts' });
    for (const [name, text] of Object.entries(value)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new ModuleError({ message: `"${name}" cannot be the name of an environment variable` });
      }
      learnSecrets(name, text, engine.masker);
      merged[name] = typeof text === 'string' ? text : JSON.stringify(text);
    }
  }
  return merged;
}
