import type { Data } from '../model/data.ts';
import type { CompiledVariable, RunPlan } from '../model/plan.ts';
import type { Region } from '../model/inventory.ts';
import type { Masker } from '../model/masker.ts';
import { Unknown } from '../model/data.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import type { NodeView, PlacedValue, RegionView } from '../oms/topology.ts';
import { TemplateError } from '../template/errors.ts';
import { nodeLookup } from './node-lookup.ts';

export interface RegionViews {
  readonly regions: readonly RegionView[];
  /** Values that could not be worked out; it fills while the views are asked. */
  readonly problems: readonly Diagnostic[];
}

/**
 * The regions as the rules of OMS see them: what the inventory and `-e` give the first node of each. A value
 * that cannot be worked out is a problem and counts as unknown. Regions without nodes are left out.
 */
export function regionViews(regions: readonly Region[], plan: RunPlan, masker: Masker): RegionViews {
  const problems: Diagnostic[] = [];
  const views = regions.flatMap((region) => {
    const [first] = region.nodes;
    return first === undefined ? [] : [viewOf(region, first, { plan, masker, problems })];
  });
  return { regions: views, problems };
}

interface Making {
  readonly plan: RunPlan;
  readonly masker: Masker;
  readonly problems: Diagnostic[];
}

function viewOf(region: Region, first: string, { plan, masker, problems }: Making): RegionView {
  const lookup = nodeLookup(plan, first, masker);
  const variables = new Map<string, CompiledVariable>();
  for (const layer of [...(plan.nodes.get(first)?.layers ?? []), plan.extra]) {
    for (const [name, variable] of layer.vars) variables.set(name, variable);
  }
  const known = new Map<string, PlacedValue>();
  return {
    name: region.name,
    at: region.at,
    nodes: region.nodes.flatMap((name): readonly NodeView[] => {
      const node = plan.nodes.get(name)?.node;
      return node === undefined ? [] : [node];
    }),
    value: (key) => {
      const variable = variables.get(key);
      if (variable === undefined) return undefined;
      const answer = known.get(key) ?? { data: valueOf(key), at: variable.value.at };
      known.set(key, answer);
      return answer;
    },
    names: () => [...variables].map(([name, { at }]) => ({ name, at })),
  };

  function valueOf(key: string): Data {
    try {
      return lookup.get(key) ?? null;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const detail = `${key} of region ${region.name}: ${error.message} It must be known from the inventory or -e.`;
      problems.push(problem('bad-template', error.at, 'value cannot be worked out', detail));
      return new Unknown(error.message);
    }
  }
}
