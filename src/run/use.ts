import type { PlayPlan, TaskPlan } from '../model/plan.ts';
import type { NodeTaskRef } from '../events/event.ts';
import { ModuleError, type AnyModule, type Check } from '../modules/define.ts';
import { createNode } from '../transport/remote-node.ts';
import type { NodeReader, NodeWriter } from '../transport/node.ts';
import { prepareArguments, type Prepared } from './arguments.ts';
import type { Loop } from './speculation-loop.ts';
import type { Engine } from './engine.ts';
import type { Place, TaskClock } from './profile-clock.ts';
import type { NodeState } from './state.ts';
import { lookOnly } from './look-only.ts';
import { emptyScope, nodeScope } from './scopes.ts';
import type { Scope } from './scope.ts';
import { TimeLimit } from './time-limit.ts';
import { Way, type WayOwner, type WayTarget } from './way.ts';

/** Answers of checks that were asked before their turn. */
export interface AskedAhead {
  /** The use that asked for the task, or an item of its loop, where nothing can come out otherwise by now. */
  asked(state: NodeState, task: TaskPlan, item: string | undefined): Use | undefined;
  /** The answer for this use; undefined: there is none that still counts. */
  take(use: Use, prepared: Prepared): AnswerAhead | undefined | Promise<AnswerAhead | undefined>;
  /** Something that writes was sent for this use: what comes next may be sent right behind it. */
  behind(use: Use): void;
  /** The node is at a task: those that follow may be asked for. */
  lookAhead(state: NodeState, current: TaskPlan): void;
  /** The node is at an item of a loop: its next items may be asked for. */
  lookAheadInLoop(state: NodeState, loop: Loop): void;
}

/** In an object, since an async function would wait for a promise that it returns. */
export interface AnswerAhead {
  readonly found: Promise<Check<unknown, unknown>>;
}

export interface UseRequest {
  readonly engine: Engine;
  readonly play: PlayPlan;
  readonly task: TaskPlan;
  readonly state: NodeState;
  readonly scope: Scope;
  readonly ref: NodeTaskRef;
  /** Called when the task is the first to need its node's connection. */
  readonly opening?: (() => void) | undefined;
  /** Where an answer may have been asked ahead. */
  readonly speculation?: AskedAhead | undefined;
  readonly clock?: TaskClock | undefined;
}

/** Puts together what one attempt needs. Throws ModuleError, TemplateError. */
export function makeUse(request: UseRequest): Use {
  return new Use(request);
}

/** One use of a module: a task, on a node, with the variables it sees there. */
export class Use implements WayOwner {
  readonly engine: Engine;
  readonly task: TaskPlan;
  readonly module: AnyModule;
  readonly state: NodeState;
  readonly scope: Scope;
  readonly ref: NodeTaskRef;
  opening: (() => void) | undefined;
  speculation: AskedAhead | undefined;
  clock: TaskClock | undefined;
  timeLimit: TimeLimit | undefined;
  readonly #way: Way;
  /** Whether a node was asked anything. */
  readonly contact: Contact = { made: false };
  #node: NodeWriter | undefined;
  #prepared: Prepared | Promise<Prepared> | undefined;

  constructor({ engine, task, state, scope, ref, opening, speculation, clock }: UseRequest) {
    const module = engine.modules.get(task.module);
    if (module === undefined) throw new Error(`no module "${task.module}"`);
    this.engine = engine;
    this.task = task;
    this.module = module;
    this.state = state;
    this.scope = scope;
    this.ref = ref;
    this.opening = opening;
    this.speculation = speculation;
    this.clock = clock;
    const { delegatedTo } = ref;
    const { node, vars } =
      delegatedTo === undefined ? { node: state.node, vars: scope } : delegated(engine, delegatedTo);
    this.#way = new Way(this, { node, vars, writable: true });
  }

  /** The turn of a use has come that was made to ask ahead. */
  begin({ opening, speculation, clock }: Pick<UseRequest, 'opening' | 'speculation' | 'clock'>): this {
    this.opening = opening;
    this.speculation = speculation;
    this.clock = clock;
    return this;
  }

  /** Does one attempt's work within the task's time. */
  inTime<T>(work: () => Promise<T>): Promise<T> {
    const { timeoutMs } = this.task;
    if (timeoutMs === undefined) return work();
    this.timeLimit = new TimeLimit(timeoutMs);
    return this.timeLimit.during(work);
  }

  /** The arguments as they are now, or as they were prepared to ask ahead: these once. */
  prepare(): Prepared | Promise<Prepared> {
    const known = this.#prepared;
    this.#prepared = undefined;
    return known ?? prepareArguments(this);
  }

  prepareAhead(): Prepared | Promise<Prepared> {
    this.#prepared = prepareArguments(this);
    return this.#prepared;
  }

  /** Look only. */
  get check(): boolean {
    return this.task.checkMode ?? this.engine.options.check;
  }

  /** The node that the module works on: the task's own, or the one it is delegated to. */
  get node(): NodeWriter {
    return (this.#node ??= createNode(this.#way));
  }

  /** Another node by its name, for arguments that name one. */
  readerOf(name: string): NodeReader {
    const { engine, state, scope } = this;
    const { node, vars } =
      name === state.node.name ? { node: state.node, vars: scope } : delegated(engine, name);
    return lookOnly(createNode(new Way(this, { node, vars, writable: false })));
  }

  /** Whose shell on the node it goes through. */
  get shell(): string {
    return this.#way.shell;
  }

  /** For measuring: the node, and who one becomes there. */
  get place(): Place {
    return { node: this.#way.name, user: this.#way.become?.user };
  }

  /** Besides the arguments, what its answer depends on: who it runs as, environment. Holds secrets. */
  get identity(): string {
    const { shell, environment } = this.#way;
    return shell === '' && isEmpty(environment) ? '' : JSON.stringify([shell, environment]);
  }

  /** Its `apply` is counted write by write (see the contract's `inOrder`). */
  get inOrder(): boolean {
    if (this.task.background !== undefined) return false;
    return this.module.inOrder === true && this.ref.delegatedTo === undefined;
  }

  /** Names of the nodes that `apply` may change. */
  get worksOn(): readonly string[] {
    const { delegatedTo } = this.ref;
    const { name } = this.state.node;
    return [
      name,
      ...(delegatedTo === undefined ? [] : [delegatedTo]),
      ...(this.module.changesController === true ? [CONTROLLER] : []),
    ];
  }

  touch(): void {
    this.contact.made = true;
  }

  wrote(node: string): () => void {
    const ended = this.engine.changes.sent(node, this.shell);
    if (this.inOrder) this.speculation?.behind(this);
    return ended;
  }

  /** In check mode: whether changes are pending that this use may depend on. */
  pending(): boolean {
    const { delegatedTo } = this.ref;
    const other = delegatedTo === undefined ? undefined : this.engine.states.get(delegatedTo);
    return this.state.pending || other?.pending === true;
  }
}

/** As tasks name it that are delegated to it. */
const CONTROLLER = 'localhost';

/** Apart from the use, which need not be kept for it. */
export interface Contact {
  made: boolean;
}

function isEmpty(map: Readonly<Record<string, string>>): boolean {
  for (const _ in map) return false;
  return true;
}

/** The node that a task is delegated to, with that node's own connection variables, as in Ansible. */
function delegated(engine: Engine, name: string): Pick<WayTarget, 'node' | 'vars'> {
  const state = engine.states.get(name);
  if (state !== undefined) return { node: state.node, vars: nodeScope(engine, state) };
  if (name === 'localhost' || name === '127.0.0.1') {
    const node = { name: 'localhost', region: '', address: '127.0.0.1' };
    return { node, vars: emptyScope(engine) };
  }
  throw new ModuleError({
    message: `there is no node "${name}" to work on`,
    hint: 'Name a node of the inventory, or localhost for the controller.',
  });
}
