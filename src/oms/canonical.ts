import { isDataMap } from '../model/data.ts';
import type { Data } from '../model/data.ts';
import { Unknown } from '../model/data.ts';
import { configKey } from './keys.ts';

/**
 * The value in its parameter's own type where it can be read as that: `"2"` → 2 for a number, `"TRUE"` → true,
 * 123456 → "123456" for a password. Everything else comes back as it is.
 */
export function canonical(name: string, value: Data): Data {
  switch (configKey(name)?.type) {
    case 'int':
      return typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
    case 'bool':
      return typeof value === 'string' ? (booleanOf(value) ?? value) : value;
    case 'string':
    case 'url':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    case 'list':
      return Array.isArray(value) ? value.map((item: Data) => (isScalar(item) ? String(item) : item)) : value;
    case undefined:
      return value;
  }
}

/** True when both mean the same to OMS: `"2"` and 2, `"true"` and true. */
export function sameValue(name: string, a: Data, b: Data): boolean {
  return sameData(canonical(name, a), canonical(name, b), configKey(name) === undefined);
}

/** Deep equality of plain data; with `loose` scalars are compared by their text. */
export function sameData(a: Data, b: Data, loose = false): boolean {
  if (a === b) return true;
  if (isScalar(a) && isScalar(b)) return loose && String(a) === String(b);
  if (Array.isArray(a) && Array.isArray(b)) {
    const other: readonly Data[] = b;
    return a.length === b.length && a.every((item: Data, i) => sameData(item, other[i] ?? null, loose));
  }
  if (!isDataMap(a) || !isDataMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameData(a[key] ?? null, b[key] ?? null, loose))
  );
}

function isScalar(value: Data): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function booleanOf(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** True when check mode cannot know the value or a part of it: no rule can judge it. */
export function isUnknown(value: Data): boolean {
  if (value instanceof Unknown) return true;
  if (Array.isArray(value)) return value.some((item: Data) => isUnknown(item));
  return isDataMap(value) && Object.values(value).some(isUnknown);
}
