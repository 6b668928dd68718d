import type { Data } from '../../model/data.ts';
import { ArgumentError } from '../errors.ts';
import { isList } from '../member.ts';
import type { Helper } from './helper.ts';
import { listOf, mapOf, textOf } from './helper.ts';

/** A list is no place for a million items; a mistake in a number makes them. */
const MOST = 100_000;

/** Helpers that make the list that a loop goes through. */
export const loopHelpers: Readonly<Record<string, Helper>> = {
  items: {
    usage: 'items map',
    summary: 'The entries as a list of maps with `key` and `value`.',
    arity: [1, 1],
    call: ([map]) => Object.entries(mapOf(map)).map(([key, value]) => ({ key, value })),
  },
  zip: {
    usage: 'zip a b …',
    summary: 'Lists of the first items, of the second ones …; as many as the shortest list has.',
    arity: [1, 20],
    call: (args) => {
      const lists = args.map(listOf);
      const length = Math.min(...lists.map((list) => list.length));
      return Array.from({ length }, (_, i) => lists.map((list) => list[i] ?? null));
    },
  },
  product: {
    usage: 'product a b …',
    summary: 'Every item of the first list with every one of the second, and so on, each as a list.',
    arity: [1, 10],
    call: (args) => args.map(listOf).reduce(combine, [[]]),
  },
  flatten: {
    usage: 'flatten list',
    summary: 'One list of the items of all lists in it, however deep.',
    arity: [1, 1],
    call: ([list]) => flat(listOf(list)),
  },
  subelements: {
    usage: 'subelements list attribute',
    summary: 'For each item and each member of its list of that name: a list of both.',
    arity: [2, 2],
    call: ([list, attribute]) => {
      const name = textOf(attribute, 'the name of an attribute');
      return listOf(list).flatMap((item) => listOf(mapOf(item)[name]).map((part) => [item, part]));
    },
  },
};

function combine(all: readonly (readonly Data[])[], list: readonly Data[]): readonly (readonly Data[])[] {
  bounded(all.length * list.length);
  return all.flatMap((one) => list.map((item) => [...one, item]));
}

function bounded(count: number): number {
  if (count <= MOST) return count;
  throw new ArgumentError(`would make ${count} items; ${MOST} are possible`);
}

function flat(list: readonly Data[]): readonly Data[] {
  return list.flatMap((item): readonly Data[] => (isList(item) ? flat(item) : [item]));
}
