import type { Data, DataMap } from './data.ts';
import type { SourceMap, SourceNode } from './source.ts';

/** What the user wrote, as data; templates in it stay as they are. */
export function plainOf(node: SourceNode): Data {
  if (node.kind === 'scalar') return node.value;
  return node.kind === 'list' ? node.items.map(plainOf) : plainMap(node);
}

/** The same of a map. */
export function plainMap(map: SourceMap): DataMap {
  return Object.fromEntries(map.entries.map(({ key, value }) => [key, plainOf(value)]));
}
