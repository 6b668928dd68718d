import type { Data } from '../model/data.ts';
import type { CompiledLayer, PlayPlan, TaskPlan } from '../model/plan.ts';
import { magicNames } from '../model/magic.ts';
import type { Engine } from './engine.ts';
import { magicValue } from './magic.ts';
import { Scope } from './scope.ts';
import type { NodeState } from './state.ts';

const nothing: ReadonlyMap<string, Data> = new Map();
const noLayer: CompiledLayer = { label: 'none', vars: new Map() };

/** The variables that a task sees on a node. */
export function taskScope(engine: Engine, play: PlayPlan, task: TaskPlan, state: NodeState): Scope {
  return scopeOf(engine, state, { play, task });
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
      magic: () => undefined,
      magicNames: [],
    },
    engine.masker,
  );
}

/** A node's own variables, without any task's: how it is reached as a delegate or jump host. */
export function nodeScope(engine: Engine, state: NodeState): Scope {
  return scopeOf(engine, state, {});
}

function scopeOf(engine: Engine, state: NodeState, words: { play?: PlayPlan; task?: TaskPlan }): Scope {
  const { plan, options, masker } = engine;
  const sources = { plan, check: options.check, diff: options.diff, node: state.node, ...words };
  return new Scope(
    {
      below: words.task?.below ?? [],
      node: plan.nodes.get(state.node.name)?.layers ?? [],
      facts: state.facts,
      above: words.task?.above ?? [],
      dynamic: state.variables,
      extra: plan.extra,
      local: nothing,
      magic: (name) => magicValue(name, sources),
      magicNames,
    },
    masker,
  );
}
