import type { Data } from '../model/data.ts';
import type { CompiledLayer, PlayPlan, TaskPlan } from '../model/plan.ts';
import { magicNames } from '../model/magic.ts';
import type { Engine } from './engine.ts';
import { Magic } from './magic.ts';
import { Scope, type ScopeSources } from './scope.ts';
import type { NodeState } from './state.ts';

const nothing: ReadonlyMap<string, Data> = new Map();
const noLayer: CompiledLayer = { label: 'none', vars: new Map() };

/** The variables that a task sees on a node. */
export function taskScope(engine: Engine, play: PlayPlan, task: TaskPlan, state: NodeState): Scope {
  const roles = state.exposed?.play === play ? state.exposed : undefined;
  const below = roles === undefined ? task.below : [...roles.below, ...task.below];
  const own = roles === undefined ? task.above : [...roles.above, ...task.above];
  return scopeOf(engine, state, new Magic(engine.fleet, state.node, play, task), {
    below,
    above: own,
    local: state.local,
  });
}

/** No variables at all: the controller's, as a delegate. */
export function emptyScope(engine: Engine): Scope {
  return new Scope(
    {
      below: [],
      node: [],
      facts: nothing,
      above: [],
      dynamic: nothing,
      extra: noLayer,
      local: nothing,
      magic: undefined,
      magicNames: [],
    },
    engine.masker,
  );
}

/** A node's own variables, without any task's: how it is reached as a delegate or jump host. */
export function nodeScope(engine: Engine, state: NodeState): Scope {
  return scopeOf(engine, state, new Magic(engine.fleet, state.node), {
    below: noLayers,
    above: noLayers,
    local: nothing,
  });
}

const noLayers: readonly CompiledLayer[] = [];

function scopeOf(
  engine: Engine,
  state: NodeState,
  magic: Magic,
  { below, above, local }: Pick<ScopeSources, 'below' | 'above' | 'local'>,
): Scope {
  const { included } = state;
  return new Scope(
    {
      below,
      node: engine.plan.nodes.get(state.node.name)?.layers ?? noLayers,
      facts: state.facts,
      above: included.length === 0 ? above : [...above, ...included],
      dynamic: state.variables,
      extra: engine.plan.extra,
      local,
      magic,
      magicNames,
    },
    engine.masker,
  );
}
