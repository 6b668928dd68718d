import type { Data, DataMap } from '../../model/data.ts';
import { ArgumentError } from '../errors.ts';
import { isList, isMap } from '../member.ts';
import { asText, kindOf } from '../text.ts';

/** A function of templates. `call` throws {@link ArgumentError}; undefined means: there is no such thing. */
export interface Helper {
  /** How it is written, without the braces: `join list separator`. */
  readonly usage: string;
  readonly summary: string;
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
  /** `key=value` arguments it takes. */
  readonly named?: readonly string[] | 'any';
  call(args: readonly Data[], named: DataMap): Data | undefined;
}

export type Thunk = () => Data | undefined;

/** A helper that decides itself which of its arguments are worked out. */
export interface LazyHelper {
  readonly usage: string;
  readonly summary: string;
  readonly arity: readonly [number, number];
  /** Whether the argument may be missing (the thunk then gives undefined). */
  optional(index: number, count: number): boolean;
  call(args: readonly Thunk[]): Data | undefined;
}

/** A text argument; numbers and booleans are taken by their natural form. */
export function textOf(value: Data | undefined, what = 'a text'): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return asText(value);
  throw new ArgumentError(`needs ${what}, got ${kindOf(value)}`);
}

/** A number argument; numeric text is refused, so that "10" and 10 are never mixed up. */
export function numberOf(value: Data | undefined): number {
  if (typeof value === 'number') return value;
  const hint = typeof value === 'string' ? '; convert it with (int …) or (float …)' : '';
  throw new ArgumentError(`needs a number, got ${kindOf(value)}${hint}`);
}

/** A list argument. */
export function listOf(value: Data | undefined): readonly Data[] {
  if (isList(value)) return value;
  throw new ArgumentError(`needs a list, got ${kindOf(value)}`);
}

/** A map argument. */
export function mapOf(value: Data | undefined): DataMap {
  if (isMap(value)) return value;
  throw new ArgumentError(`needs a map, got ${kindOf(value)}`);
}

/** A result of arithmetic; JSON has no infinities. */
export function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ArgumentError('the result is no finite number');
}
