import type { Data } from '../model/data.ts';
import type { IncludedPlan } from '../model/plan.ts';

/** What an include brings to a node, and for which item. */
export interface Brought {
  readonly included: IncludedPlan;
  /** The loop's variables. */
  readonly vars: ReadonlyMap<string, Data>;
  /** How the item is named in what is shown. */
  readonly label: string | undefined;
}
