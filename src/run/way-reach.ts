import { WAY_VARIABLES } from '../model/connection.ts';
import { wordsOf } from '../model/data.ts';
import type { TaskPlan } from '../model/plan.ts';
import type { Rendering } from '../model/rendering.ts';
import type { Become } from '../transport/contract.ts';
import type { NodeAddress } from './connections.ts';
import type { Engine } from './engine.ts';
import type { Reach } from './reach.ts';
import type { Scope } from './scope.ts';
import { becomeOf } from './target.ts';

/** A task on its way to a node. */
export interface WayAsked {
  readonly engine: Engine;
  readonly task: TaskPlan;
  /** What the task's words are rendered with. */
  readonly scope: Scope;
  readonly node: NodeAddress;
  /** The variables that say how the node is reached. */
  readonly vars: Scope;
}

/** Who the task becomes, and how the node is reached where the task has a say in it. */
export interface WayFound {
  readonly become: Become | undefined;
  /** undefined: as its own variables say, which is worked out once. */
  readonly reach: Reach | undefined;
}

/** Throws ModuleError, TemplateError. */
export function wayFor(asked: WayAsked): WayFound {
  const { engine, task, scope, node, vars } = asked;
  const said = (rendering: Rendering | undefined): string | undefined => {
    const value = rendering?.render(scope);
    return value === undefined || value === null || value === '' ? undefined : wordsOf(value);
  };
  const { way } = task;
  const wish = {
    become: task.become,
    user: said(task.becomeUser),
    method: said(way?.becomeMethod),
    exe: said(way?.becomeExe),
    flags: said(way?.becomeFlags),
  };
  const become = node.name === 'localhost' ? undefined : becomeOf(wish, vars, engine.options);
  if (!hasSay(asked)) return { become, reach: undefined };
  const reach = engine.connections.reach(node, vars, {
    connection: said(way?.connection),
    port: said(way?.port),
    user: said(way?.remoteUser),
    become,
  });
  return { become: reach.container?.takesBecome === true ? undefined : become, reach };
}

function hasSay({ engine, task, node }: WayAsked): boolean {
  const { way } = task;
  if (task.setsWay === true) return true;
  if (way !== undefined && (way.connection ?? way.port ?? way.remoteUser) !== undefined) return true;
  if (engine.connections.isContainer(node.name)) return true;
  const set = engine.states.get(node.name)?.variables;
  return set !== undefined && set.size > 0 && WAY_VARIABLES.some((name) => set.has(name));
}
