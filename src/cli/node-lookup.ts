import type { RunPlan, TaskPlan } from '../model/plan.ts';
import type { Lookup } from '../model/rendering.ts';
import type { Masker } from '../model/masker.ts';
import { magicNames } from '../model/magic.ts';
import { Fleet, Magic } from '../run/magic.ts';
import { Scope } from '../run/scope.ts';

/** What a node's variables are by the inventory and `-e` alone, without any playbook. */
export function nodeLookup(plan: RunPlan, name: string, masker: Masker): Lookup {
  return lookupOf(plan, name, { below: [], above: [] }, masker);
}

/** What a task sees on a node, as far as that is known before the run. */
export function lookupOf(
  plan: RunPlan,
  name: string,
  { below, above }: Pick<TaskPlan, 'below' | 'above'>,
  masker: Masker,
): Lookup {
  const planned = plan.nodes.get(name);
  const node = planned?.node;
  return new Scope(
    {
      below,
      node: planned?.layers ?? [],
      facts: new Map(),
      above,
      dynamic: new Map(),
      extra: plan.extra,
      local: new Map(),
      magic: node && new Magic(new Fleet(plan, { check: false, diff: false }), node),
      magicNames,
    },
    masker,
  );
}
