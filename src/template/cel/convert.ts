import type { Data, DataMap } from '../../model/data.ts';
import type { Lookup } from '../../model/rendering.ts';
import { Unknown, UnknownValueError } from '../../model/data.ts';
import { ArgumentError } from '../errors.ts';
import { isList, isMap } from '../member.ts';

/**
 * A map as CEL sees it: entries are converted when they are read, and reading one that check mode cannot
 * know throws. The library takes values by their `constructor`, so this one passes for a Map.
 */
class CelMap extends Map<unknown, unknown> {
  readonly source: DataMap | Unknown;
  readonly #members: DataMap;

  constructor(source: DataMap | Unknown) {
    super();
    this.source = source;
    this.#members = source instanceof Unknown ? source.known : source;
  }

  override get(key: unknown): unknown {
    if (typeof key === 'string' && Object.hasOwn(this.#members, key))
      return toCel(this.#members[key] as Data);
    if (this.source instanceof Unknown) throw new UnknownValueError(this.source.reason);
    return undefined;
  }

  override has(key: unknown): boolean {
    return this.get(key) !== undefined;
  }

  override get size(): number {
    return this.#keys().length;
  }

  override *keys(): MapIterator<unknown> {
    yield* this.#keys();
  }

  override *values(): MapIterator<unknown> {
    for (const key of this.#keys()) yield this.get(key);
  }

  override *entries(): MapIterator<[unknown, unknown]> {
    for (const key of this.#keys()) yield [key, this.get(key)];
  }

  override [Symbol.iterator](): MapIterator<[unknown, unknown]> {
    return this.entries();
  }

  #keys(): readonly string[] {
    if (this.source instanceof Unknown) throw new UnknownValueError(this.source.reason);
    return Object.keys(this.#members);
  }
}
Object.defineProperty(CelMap.prototype, 'constructor', { value: Map });

/** All variables by name: what `vars` is in a condition. Looks up only what is read. */
export class CelVariables extends Map<unknown, unknown> {
  readonly #lookup: Lookup;
  readonly #seen = new Map<string, unknown>();

  constructor(lookup: Lookup) {
    super();
    this.#lookup = lookup;
  }

  override get(name: unknown): unknown {
    if (typeof name !== 'string') return undefined;
    if (this.#seen.has(name)) return this.#seen.get(name);
    const value = this.#lookup.get(name);
    const converted = value === undefined ? undefined : toCel(value);
    this.#seen.set(name, converted);
    return converted;
  }

  override has(name: unknown): boolean {
    return this.get(name) !== undefined;
  }
}
Object.defineProperty(CelVariables.prototype, 'constructor', { value: Map });

/** The names of an expression at its outermost level: the variables, and `vars`. */
export class CelContext extends Map<unknown, unknown> {
  readonly #variables: CelVariables;

  constructor(lookup: Lookup) {
    super();
    this.#variables = new CelVariables(lookup);
  }

  override get(name: unknown): unknown {
    return name === 'vars' ? this.#variables : this.#variables.get(name);
  }
}

/** A value for CEL, where whole numbers are 64-bit integers and all others doubles. */
export function toCel(value: Data): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (isList(value)) return value.map(toCelItem);
  return value instanceof Unknown || isMap(value) ? new CelMap(value) : value;
}

function toCelItem(value: Data): unknown {
  return toCel(value);
}

/** The value back from CEL; what has no form in JSON (types, durations, bytes) is refused. */
export function fromCel(value: unknown): Data {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return fromInteger(value);
  if (value instanceof CelMap) {
    if (value.source instanceof Unknown) throw new UnknownValueError(value.source.reason);
    return value.source;
  }
  if (value instanceof CelVariables) throw new ArgumentError('"vars" alone is no value; name a variable');
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Date) return value.toISOString();
  return fromObject(value);
}

function fromInteger(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ArgumentError(`the number ${value} is too large to be exact`);
}

function fromObject(value: unknown): Data {
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype === Object.prototype || prototype === null) {
    return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, fromCel(item)]));
  }
  throw new ArgumentError('the result is no plain value');
}
