import type { Data, DataMap } from '../model/data.ts';
import { Unknown, UnknownValueError } from '../model/data.ts';

/** True for maps of plain data; lists, null, unknown values and class instances are none. */
export function isMap(value: Data | undefined): value is DataMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** True for lists; narrows readonly arrays, which `Array.isArray` does not. */
export function isList(value: Data | undefined): value is readonly Data[] {
  return Array.isArray(value);
}

/** A map's own entry, a list's item or `length`; undefined where there is none. Never anything inherited. */
export function memberOf(value: Data, key: string): Data | undefined {
  if (value instanceof Unknown) {
    if (Object.hasOwn(value.known, key)) return value.known[key];
    throw new UnknownValueError(value.reason);
  }
  if (isList(value)) {
    if (key === 'length') return value.length;
    return /^\d{1,15}$/.test(key) ? value[Number(key)] : undefined;
  }
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Names that {@link memberOf} finds, for "did you mean". */
export function memberNames(value: Data): readonly string[] {
  return isMap(value) ? Object.keys(value) : [];
}

/** The value itself, unless check mode cannot know it. */
export function known<T extends Data | undefined>(value: T): T {
  if (value instanceof Unknown) throw new UnknownValueError(value.reason);
  return value;
}
