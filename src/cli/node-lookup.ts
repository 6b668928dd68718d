import type { Data } from '../model/data.ts';
import type { RunPlan, TaskPlan } from '../model/plan.ts';
import type { Lookup } from '../model/rendering.ts';
import type { Masker } from '../model/masker.ts';
import { magicNames } from '../model/magic.ts';
import { Fleet, Magic } from '../run/magic.ts';
import { Scope } from '../run/scope.ts';

const NOTHING: ReadonlyMap<string, Data> = new Map();

/** What a node's variables are by the inventory and `-e` alone, without any playbook. */
export function nodeLookup(plan: RunPlan, name: string, masker: Masker): Lookup {
  return lookupOf(plan, name, { below: [], above: [] }, masker);
}

/** What a task sees on a node; `facts` and `dynamic`: what the run brings, where it is known which names that are. */
export interface TaskSight extends Pick<TaskPlan, 'below' | 'above'> {
  readonly facts?: ReadonlyMap<string, Data>;
  readonly dynamic?: ReadonlyMap<string, Data>;
}

/** What a task sees on a node, as far as that is known before the run. */
export function lookupOf(
  plan: RunPlan,
  name: string,
  { below, above, facts = NOTHING, dynamic = NOTHING }: TaskSight,
  masker: Masker,
): Lookup {
  const planned = plan.nodes.get(name);
  const node = planned?.node;
  return new Scope(
    {
      below,
      node: planned?.layers ?? [],
      facts,
      above,
      dynamic,
      extra: plan.extra,
      local: new Map(),
      magic: node && new Magic(new Fleet(plan, { check: false, diff: false }), node),
      magicNames,
    },
    masker,
  );
}
