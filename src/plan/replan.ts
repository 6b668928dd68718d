import type { InventoryAddition } from '../model/inventory.ts';
import type { RunPlan } from '../model/plan.ts';
import { growInventory, withAddedVars } from './grow.ts';
import { makePlan, type PlanRequest } from './make-plan.ts';

export interface GrownPlan {
  readonly plan: RunPlan;
  /** What was found wrong, as messages. */
  readonly problems: readonly string[];
}

/** The same plan for the inventory with what tasks have added; ids of its tasks begin behind `afterId`. */
export function planGrown(
  request: PlanRequest,
  { additions, afterId }: { readonly additions: readonly InventoryAddition[]; readonly afterId: number },
): GrownPlan {
  const inventory = growInventory(request.inventory, additions);
  const { value, problems } = makePlan({ ...request, inventory, afterId });
  return {
    plan: { ...value, nodes: withAddedVars(value.nodes, additions) },
    problems: problems
      .filter(({ severity }) => severity === 'error')
      .map(({ at, detail }) => (at === undefined ? detail : `${at.file}:${at.line}: ${detail}`)),
  };
}
