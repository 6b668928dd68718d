import type { Data, DataMap } from '../model/data.ts';
import { isDataMap } from '../model/data.ts';
import type { Statistic, Statistics } from '../model/statistics.ts';

/** What the tasks of a run want to be said at its end. */
export class RunStatistics {
  #run: DataMap = {};
  readonly #nodes = new Map<string, DataMap>();

  /** `node`: the one that the task was on. */
  add({ data, perNode, aggregate }: Statistic, node: string): void {
    const together = (before: DataMap): DataMap => (aggregate ? sum(before, data) : { ...before, ...data });
    if (perNode) this.#nodes.set(node, together(this.#nodes.get(node) ?? {}));
    else this.#run = together(this.#run);
  }

  /** undefined: there is nothing to say. */
  get all(): Statistics | undefined {
    if (this.#nodes.size === 0 && Object.keys(this.#run).length === 0) return undefined;
    return { run: this.#run, nodes: Object.fromEntries(this.#nodes) };
  }
}

function sum(before: DataMap, more: DataMap): DataMap {
  const names = Object.keys(more);
  return {
    ...before,
    ...Object.fromEntries(names.map((name) => [name, added(before[name], more[name] ?? null)])),
  };
}

/** Of another kind than before: it takes its place. */
function added(before: Data | undefined, more: Data): Data {
  if (typeof before === 'number' && typeof more === 'number') return before + more;
  if (typeof before === 'string' && typeof more === 'string') return before + more;
  if (Array.isArray(before) && Array.isArray(more))
    return [...(before as readonly Data[]), ...(more as readonly Data[])];
  if (isDataMap(before) && isDataMap(more)) return sum(before, more);
  return more;
}
