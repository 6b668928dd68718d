import type { Data } from '../../model/data.ts';
import { ArgumentError } from '../errors.ts';
import { kindOf } from '../text.ts';
import type { Helper } from './helper.ts';
import { finite, numberOf } from './helper.ts';

const TRUE = new Set<Data | undefined>([true, 1, 'true', 'yes', 'on', '1']);
const FALSE = new Set<Data | undefined>([false, 0, 'false', 'no', 'off', '0']);
const LONGEST_RANGE = 100_000;

function arithmetic(usage: string, summary: string, step: (a: number, b: number) => number): Helper {
  return {
    usage,
    summary,
    arity: [2, 100],
    call: (args) => finite(args.map(numberOf).reduce(step)),
  };
}

/** Helpers for numbers and booleans. */
export const numberHelpers: Readonly<Record<string, Helper>> = {
  add: arithmetic('add a b …', 'The sum.', (a, b) => a + b),
  sub: arithmetic('sub a b …', 'The first less the others.', (a, b) => a - b),
  mul: arithmetic('mul a b …', 'The product.', (a, b) => a * b),
  div: arithmetic('div a b …', 'The quotient, with its fraction: 5 by 2 is 2.5.', (a, b) => {
    if (b === 0) throw new ArgumentError('cannot divide by zero');
    return a / b;
  }),
  mod: arithmetic('mod a b …', 'The remainder; never negative for a positive divisor.', (a, b) => {
    if (b === 0) throw new ArgumentError('cannot divide by zero');
    return ((a % b) + b) % b;
  }),
  int: {
    usage: 'int value',
    summary: 'A whole number from a number (its fraction is cut), a numeric text or a boolean.',
    arity: [1, 1],
    call: ([value]) => toInteger(value),
  },
  float: {
    usage: 'float value',
    summary: 'A number from a numeric text, a number or a boolean.',
    arity: [1, 1],
    call: ([value]) => toNumber(value),
  },
  bool: {
    usage: 'bool value',
    summary: 'true or false from a boolean, 1, 0, or the texts true, false, yes, no, on, off, 1, 0.',
    arity: [1, 1],
    call: ([value]) => toBoolean(value),
  },
  round: {
    usage: 'round number digits',
    summary: 'Rounded, to `digits` places after the point (0).',
    arity: [1, 2],
    call: ([value, digits = 0]) => {
      const factor = 10 ** Math.min(15, Math.max(0, numberOf(digits)));
      return finite(Math.round(numberOf(value) * factor) / factor);
    },
  },
  range: {
    usage: 'range start end step',
    summary: 'The numbers from `start` (0) up to but not including `end`; `range 3` is 0, 1, 2.',
    arity: [1, 3],
    call: (args) => range(args.map(numberOf)),
  },
};

function toNumber(value: Data | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) {
    return finite(Number(value));
  }
  throw new ArgumentError(`needs a number or a numeric text, got ${kindOf(value)} that is none`);
}

function toInteger(value: Data | undefined): number {
  const whole = Math.trunc(toNumber(value));
  if (Number.isSafeInteger(whole)) return whole + 0;
  throw new ArgumentError('the number is too large to be exact');
}

function toBoolean(value: Data | undefined): boolean {
  const plain = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (TRUE.has(plain)) return true;
  if (FALSE.has(plain)) return false;
  throw new ArgumentError(`needs a boolean, or a text such as "true" or "no"; got ${kindOf(value)}`);
}

function range(args: readonly number[]): number[] {
  const [start, end] = args.length === 1 ? [0, args[0] ?? 0] : [args[0] ?? 0, args[1] ?? 0];
  const step = args[2] ?? 1;
  if (step === 0) throw new ArgumentError('the step cannot be 0');
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (!(count <= LONGEST_RANGE)) throw new ArgumentError(`makes more than ${LONGEST_RANGE} numbers`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}
