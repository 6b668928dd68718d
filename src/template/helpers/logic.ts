import { isTrue, equal } from '../text.ts';
import type { Data } from '../../model/data.ts';
import type { Helper, LazyHelper } from './helper.ts';
import { compare } from './list.ts';

function order(usage: string, summary: string, holds: (sign: number) => boolean): Helper {
  return { usage, summary, arity: [2, 2], call: ([a, b]) => holds(compare(a as Data, b as Data)) };
}

/** Comparisons. */
export const logicHelpers: Readonly<Record<string, Helper>> = {
  eq: {
    usage: 'eq a b',
    summary: 'Whether the values are equal; "1" and 1 are not.',
    arity: [2, 2],
    call: ([a, b]) => equal(a as Data, b as Data),
  },
  ne: {
    usage: 'ne a b',
    summary: 'Whether they differ.',
    arity: [2, 2],
    call: ([a, b]) => !equal(a as Data, b as Data),
  },
  lt: order('lt a b', 'Less: two numbers, or two texts.', (sign) => sign < 0),
  le: order('le a b', 'Less or equal.', (sign) => sign <= 0),
  gt: order('gt a b', 'Greater.', (sign) => sign > 0),
  ge: order('ge a b', 'Greater or equal.', (sign) => sign >= 0),
  not: {
    usage: 'not value',
    summary: 'true for what `if` takes as false: false, null, "", 0, the empty list.',
    arity: [1, 1],
    call: ([value]) => !isTrue(value as Data),
  },
};

/** Helpers that leave arguments alone that they do not need. */
export const lazyHelpers: Readonly<Record<string, LazyHelper>> = {
  default: {
    usage: 'default value otherwise …',
    summary: 'The first argument that is there and not null; all but the last may be missing.',
    arity: [2, 100],
    optional: (index, count) => index < count - 1,
    call: (args) => {
      for (const arg of args.slice(0, -1)) {
        const value = arg();
        if (value !== undefined && value !== null) return value;
      }
      return args.at(-1)?.();
    },
  },
  isDefined: {
    usage: 'isDefined name',
    summary: 'Whether there is such a variable or member, whatever its value.',
    arity: [1, 1],
    optional: () => true,
    call: ([arg]) => arg?.() !== undefined,
  },
  and: {
    usage: 'and a b …',
    summary: 'The first that `if` takes as false, else the last; stops there.',
    arity: [2, 100],
    optional: () => false,
    call: (args) => firstWhere(args, (value) => !isTrue(value)),
  },
  or: {
    usage: 'or a b …',
    summary: 'The first that `if` takes as true, else the last; stops there.',
    arity: [2, 100],
    optional: () => false,
    call: (args) => firstWhere(args, isTrue),
  },
  ternary: {
    usage: 'ternary condition yes no',
    summary: '`yes` where `if` takes the condition as true, else `no`; the other one is not worked out.',
    arity: [3, 3],
    optional: () => false,
    call: ([condition, yes, no]) => (isTrue(condition?.() as Data) ? yes : no)?.(),
  },
};

function firstWhere(args: readonly (() => Data | undefined)[], wanted: (value: Data) => boolean) {
  let value: Data | undefined;
  for (const arg of args) {
    value = arg();
    if (wanted(value as Data)) return value;
  }
  return value;
}
