import type { PlayPlan, TaskPlan } from '../model/plan.ts';
import type { NodeTaskRef } from '../events/event.ts';
import { isDataMap, wordsOf } from '../model/data.ts';
import { ModuleError, type AnyModule, type Check } from '../modules/define.ts';
import { createNode, type NodeOptions } from '../transport/remote-node.ts';
import { TransportError, type Become } from '../transport/contract.ts';
import type { NodeReader, NodeWriter } from '../transport/node.ts';
import type { Prepared } from './arguments.ts';
import type { Loop } from './speculation-loop.ts';
import type { Engine } from './engine.ts';
import type { NodeAddress } from './connections.ts';
import type { TaskClock } from './profile-clock.ts';
import type { NodeState } from './state.ts';
import { lookOnly } from './look-only.ts';
import { secretsWhole } from './output.ts';
import { becomeOf } from './target.ts';
import { emptyScope, nodeScope } from './scopes.ts';
import { learnSecrets, type Scope } from './scope.ts';

/** Answers of checks that were asked before their turn. */
export interface AskedAhead {
  /** The answer for this use; undefined: there is none that still counts. */
  take(use: Use, prepared: Prepared): Promise<AnswerAhead | undefined>;
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

/** One use of a module: a task, on a node, with the variables it sees there. */
export interface Use {
  readonly engine: Engine;
  readonly task: TaskPlan;
  readonly module: AnyModule;
  readonly state: NodeState;
  readonly scope: Scope;
  readonly ref: NodeTaskRef;
  /** Look only. */
  readonly check: boolean;
  /** The node that the module works on: the task's own, or the one it is delegated to. */
  readonly node: NodeWriter;
  /** Another node by its name, for arguments that name one. */
  readonly readerOf: (name: string) => NodeReader;
  /** Whose shell on the node it goes through. */
  readonly shell: string;
  /** Besides the arguments, what its answer depends on: who it runs as, environment, time limit. Holds secrets. */
  readonly identity: string;
  /** Its `apply` is counted write by write (see the contract's `inOrder`). */
  readonly inOrder: boolean;
  /** Whether a node was asked anything. */
  readonly touched: () => boolean;
  readonly touch: () => void;
  /** Names of the nodes that `apply` may change. */
  readonly worksOn: readonly string[];
  readonly speculation: AskedAhead | undefined;
  readonly clock: TaskClock | undefined;
  /** In check mode: whether changes are pending that this use may depend on. */
  readonly pending: () => boolean;
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
  const { engine, task, state, scope } = request;
  const module = engine.modules.get(task.module);
  if (module === undefined) throw new Error(`no module "${task.module}"`);
  let touched = false;
  const touch = () => {
    touched = true;
  };
  const delegate = request.ref.delegatedTo;
  const target = delegate === undefined ? { node: state.node, vars: scope } : delegated(engine, delegate);
  const way = wayTo(request, target, touch);
  const inOrder = module.inOrder === true && delegate === undefined;
  const use: Use = {
    engine,
    task,
    module,
    state,
    scope,
    ref: request.ref,
    check: task.checkMode ?? engine.options.check,
    node: createNode({ ...way, onWrite: () => wrote(use, target.node.name) }),
    readerOf: (name) => {
      const other = name === state.node.name ? { node: state.node, vars: scope } : delegated(engine, name);
      return lookOnly(createNode(wayTo(request, other, touch)));
    },
    shell: shellKey(way.become),
    identity: JSON.stringify([shellKey(way.become), way.environment]),
    inOrder,
    touched: () => touched,
    touch,
    worksOn: delegate === undefined ? [state.node.name] : [state.node.name, delegate],
    speculation: request.speculation,
    clock: request.clock,
    pending: () => state.pending || (delegate !== undefined && engine.states.get(delegate)?.pending === true),
  };
  return use;
}

function wrote(use: Use, node: string): () => void {
  const ended = use.engine.changes.sent(node, use.shell);
  if (use.inOrder) use.speculation?.behind(use);
  return ended;
}

/** Shells of a node are as many as the users that one becomes there. */
function shellKey(become: Become | undefined): string {
  return become === undefined ? '' : `${become.user} ${become.password?.reveal() ?? ''}`;
}

interface UseTarget {
  readonly node: NodeAddress;
  readonly vars: Scope;
}

function wayTo(request: UseRequest, target: UseTarget, touch: () => void): NodeOptions {
  const { engine, task, ref, scope, clock } = request;
  const user = task.becomeUser?.render(scope);
  const wish = { become: task.become, user: user === undefined || user === null ? undefined : wordsOf(user) };
  const become = target.node.name === 'localhost' ? undefined : becomeOf(wish, target.vars, engine.options);
  const hidden = task.noLog;
  const say = (stream: 'stdout' | 'stderr', text: string): void => {
    engine.emit({ type: 'task-output', ...ref, stream, text });
  };
  return {
    name: target.node.name,
    address: target.node.address,
    region: target.node.region,
    scope: engine.scope.scope,
    peerAddress: peerAddress(target.vars),
    neighbour: (name) => neighbourOf(request, name, touch),
    link: () => {
      touch();
      if (engine.options.signal.aborted) {
        return Promise.reject(new TransportError('interrupted', `${target.node.name}: interrupted`));
      }
      const own = target.node.name === request.state.node.name;
      if (own && !engine.connections.has(target.node.name)) request.opening?.();
      return engine.connections.link(target.node, target.vars);
    },
    become,
    environment: environmentOf(request),
    timeoutMs: task.timeoutMs,
    ...(hidden ? {} : { openOutput: () => secretsWhole(engine.masker, say) }),
    ...(clock === undefined ? {} : { aroundUpload: (send) => clock.transfer(send) }),
    onProgress: (label, done, total, unit, more) => {
      engine.emit({
        type: 'task-progress',
        ...ref,
        label: hidden ? 'hidden' : label,
        done,
        total,
        unit,
        ...more,
      });
    },
  };
}

function peerAddress(vars: Scope): string | undefined {
  const value = vars.get('peer_address');
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Another node that this run has to do with, with its own connection variables. */
function neighbourOf(request: UseRequest, name: string, touch: () => void): NodeWriter | undefined {
  const { engine } = request;
  const state = engine.states.get(name);
  if (state === undefined) return undefined;
  return createNode(wayTo(request, { node: state.node, vars: nodeScope(engine, state) }, touch));
}

function environmentOf({ engine, task, scope }: UseRequest): Readonly<Record<string, string>> {
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

/** The node that a task is delegated to, with that node's own connection variables, as in Ansible. */
function delegated(engine: Engine, name: string): UseTarget {
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
