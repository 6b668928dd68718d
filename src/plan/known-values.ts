import type { Data } from '../model/data.ts';
import { groupNamesOf } from '../model/magic.ts';
import type { CompiledLayer, CompiledVariable, NodePlan, RunPlan } from '../model/plan.ts';
import type { Condition, Lookup } from '../model/rendering.ts';

/** What a node's variables are before the run. */
export interface KnownValues {
  /** Lowest first. */
  readonly layers: readonly CompiledLayer[];
  readonly node: NodePlan;
  /** Names that only the run gives a value. */
  readonly dynamic: (name: string) => boolean;
  readonly groups: RunPlan['groups'];
}

/** Looks variables up as far as they are known; what only the run can tell is not there. */
export function knownLookup({ layers, node, dynamic, groups }: KnownValues): Lookup {
  const rendering = new Set<string>();
  const magic: ReadonlyMap<string, () => Data> = new Map<string, () => Data>([
    ['inventory_hostname', () => node.node.name],
    ['region', () => node.node.region],
    ['group_names', () => groupNamesOf(node.node)],
    ['groups', () => Object.fromEntries(groups)],
  ]);
  const lookup: Lookup = {
    get: (name) => {
      const always = magic.get(name);
      if (always !== undefined) return always();
      if (dynamic(name) || rendering.has(name)) return undefined;
      const found = variableIn(layers, name);
      if (found === undefined) return undefined;
      rendering.add(name);
      try {
        return found.value.render(lookup);
      } finally {
        rendering.delete(name);
      }
    },
    names: () => [],
  };
  return lookup;
}

/** True when all of them are known to hold. */
export function knownToHold(conditions: readonly Condition[], lookup: Lookup): boolean {
  return conditions.every((condition) => {
    try {
      return condition.test(lookup);
    } catch {
      return false;
    }
  });
}

/** Of the last layer that has it. */
export function variableIn(layers: readonly CompiledLayer[], name: string): CompiledVariable | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const found = layers[i]?.vars.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
