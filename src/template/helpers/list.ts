import type { Data, DataMap } from '../../model/data.ts';
import { ArgumentError } from '../errors.ts';
import { isList, isMap, known, memberOf } from '../member.ts';
import { asText, equal, isTrue, kindOf, wholly } from '../text.ts';
import type { Helper } from './helper.ts';
import { listOf, mapOf, textOf } from './helper.ts';
import { sizeOf } from './text.ts';

/** Helpers for lists and maps. */
export const listHelpers: Readonly<Record<string, Helper>> = {
  lookup: {
    usage: 'lookup listOrMap key',
    summary: 'The item at a position (from 0) or the entry of that name.',
    arity: [2, 2],
    call: ([from, key]) => memberOf(collection(from), textOf(key, 'a name or a position')),
  },
  length: {
    usage: 'length value',
    summary: 'How many items, entries or characters.',
    arity: [1, 1],
    call: ([value]) => sizeOf(value),
  },
  join: {
    usage: 'join list separator',
    summary: 'The items as one text, with the separator (",") between them.',
    arity: [1, 2],
    call: ([list, separator = ',']) => listOf(list).map(asText).join(textOf(separator)),
  },
  first: {
    usage: 'first list',
    summary: 'The first item.',
    arity: [1, 1],
    call: ([list]) => listOf(list)[0],
  },
  last: {
    usage: 'last list',
    summary: 'The last item.',
    arity: [1, 1],
    call: ([list]) => listOf(list).at(-1),
  },
  concat: {
    usage: 'concat a b …',
    summary: 'Lists as one list, or texts as one text.',
    arity: [1, 100],
    call: (args) => (isList(args[0]) ? args.flatMap(listOf) : args.map((a) => textOf(a)).join('')),
  },
  array: {
    usage: 'array a b …',
    summary: 'The list of its arguments; `(array)` is the empty list.',
    arity: [0, 1000],
    call: (args) => args,
  },
  object: {
    usage: 'object name=value …',
    summary: 'The map of its named arguments; `(object)` is the empty map.',
    arity: [0, 0],
    named: 'any',
    call: (_, named) => named,
  },
  keys: {
    usage: 'keys map',
    summary: 'The names of the entries, in their order.',
    arity: [1, 1],
    call: ([map]) => Object.keys(mapOf(map)),
  },
  values: {
    usage: 'values map',
    summary: 'The values of the entries, in their order.',
    arity: [1, 1],
    call: ([map]) => Object.values(mapOf(map)),
  },
  sort: {
    usage: 'sort list attribute',
    summary: 'In ascending order, numbers by size and texts by character; maps by an attribute.',
    arity: [1, 2],
    call: ([list, by]) => sorted(listOf(list), by),
  },
  unique: {
    usage: 'unique list',
    summary: 'Without repetitions; the first of equal items stays.',
    arity: [1, 1],
    call: ([list]) => unique(listOf(list)),
  },
  contains: {
    usage: 'contains where what',
    summary: 'Whether a list has the item, a map the name, or a text the part.',
    arity: [2, 2],
    call: ([where, what]) => contains(where, what as Data),
  },
  merge: {
    usage: 'merge a b … deep=false',
    summary: 'One map; later ones win. `deep=true` merges maps in maps too.',
    arity: [1, 100],
    named: ['deep'],
    call: (args, { deep }) => args.map(mapOf).reduce((a, b) => merge(a, b, deep === true)),
  },
  map: {
    usage: 'map list attribute',
    summary: 'The attribute of each item; `a.b` goes deeper.',
    arity: [2, 2],
    call: ([list, path]) => listOf(list).map((item, i) => attribute(item, textOf(path), i)),
  },
  select: {
    usage: 'select list attribute value',
    summary: 'The items whose attribute equals the value; without a value, where it is true.',
    arity: [2, 3],
    call: ([list, path, value]) => listOf(list).filter((item) => matches(item, textOf(path), value)),
  },
  reject: {
    usage: 'reject list attribute value',
    summary: 'The items that `select` would leave out.',
    arity: [2, 3],
    call: ([list, path, value]) => listOf(list).filter((item) => !matches(item, textOf(path), value)),
  },
};

function collection(value: Data | undefined): Data {
  if (isList(value) || isMap(value)) return value;
  throw new ArgumentError(`needs a list or a map, got ${kindOf(value)}`);
}

function reach(item: Data, path: string): Data | undefined {
  let value: Data | undefined = item;
  for (const part of path.split('.')) value = value === undefined ? undefined : memberOf(value, part);
  return known(value);
}

function attribute(item: Data, path: string, index: number): Data {
  const value = reach(item, path);
  if (value === undefined) throw new ArgumentError(`item ${index} has no "${path}"`);
  return value;
}

function matches(item: Data, path: string, value: Data | undefined): boolean {
  const found = reach(item, path);
  if (found === undefined) return false;
  return value === undefined ? isTrue(found) : equal(found, value);
}

/** -1, 0 or 1 for two numbers or two texts; anything else has no order. */
export function compare(a: Data, b: Data): number {
  known(a);
  known(b);
  const alike = typeof a === typeof b && (typeof a === 'number' || typeof a === 'string');
  if (!alike) throw new ArgumentError(`cannot order ${kindOf(a)} and ${kindOf(b)}`);
  return a === b ? 0 : (a as string) < (b as string) ? -1 : 1;
}

function sorted(list: readonly Data[], by: Data | undefined): Data[] {
  const keyed = list.map((item, i) => ({
    item,
    key: by === undefined ? item : attribute(item, textOf(by), i),
  }));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

function unique(list: readonly Data[]): Data[] {
  const seen = new Set<string>();
  return list.filter((item) => {
    const key = canonical(wholly(item));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** JSON with the keys in order, so that equal maps give equal texts. */
function canonical(value: Data): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Data)}`).join(',')}}`;
}

function contains(where: Data | undefined, what: Data): boolean {
  if (isList(where)) return where.some((item) => equal(item, what));
  if (isMap(where)) return Object.hasOwn(where, textOf(what, 'a name'));
  return textOf(where, 'a list, map or text').includes(textOf(what));
}

function merge(a: DataMap, b: DataMap, deep: boolean): DataMap {
  const merged = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const old = merged.get(key);
    merged.set(key, deep && isMap(old) && isMap(value) ? merge(old, value, true) : value);
  }
  return Object.fromEntries(merged);
}
