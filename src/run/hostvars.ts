import type { Data, DataMap } from '../model/data.ts';
import type { Lookup } from '../model/rendering.ts';
import { magicNames } from '../model/magic.ts';
import { ModuleError } from '../modules/define.ts';

/** Of the names that are always there, those that say something of a node to others. */
const OF_NODES = ['inventory_hostname', 'inventory_hostname_short', 'region', 'node', 'group_names'];
/** Variables that lead through that many others are in a circle. */
const DEPTH = 50;

/** The variables of all nodes as one sees them of another, each worked out when it is read. */
export class HostVars {
  readonly #scopeOf: (node: string) => Lookup;
  #depth = 0;

  constructor(scopeOf: (node: string) => Lookup) {
    this.#scopeOf = scopeOf;
  }

  /** `hostvars`: by node, then by name. */
  of(nodes: Iterable<string>): DataMap {
    return lazily(nodes, (node) => {
      const scope = this.#scopeOf(node);
      return lazily(namesIn(scope), (name) => this.#read(scope, name));
    });
  }

  #read(scope: Lookup, name: string): Data {
    if (this.#depth > DEPTH)
      throw new ModuleError({ message: `variable refers to itself through hostvars: ${name}` });
    this.#depth += 1;
    try {
      return scope.get(name) ?? null;
    } finally {
      this.#depth -= 1;
    }
  }
}

function namesIn(scope: Lookup): ReadonlySet<string> {
  const names = new Set(scope.names());
  for (const name of magicNames) if (!OF_NODES.includes(name)) names.delete(name);
  return names;
}

/** A thousand nodes have a hundred variables each, and one is asked for. */
function lazily(keys: Iterable<string>, get: (key: string) => Data): DataMap {
  const map: Record<string, Data> = {};
  for (const key of keys) Object.defineProperty(map, key, { enumerable: true, get: () => get(key) });
  return map;
}
