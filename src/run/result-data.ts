import type { Data, DataMap } from '../model/data.ts';
import { isDataMap } from '../model/data.ts';

/** A module's result as plain data, as JSON would give it: what register keeps and events carry. */
export function resultData(result: unknown): DataMap {
  return own(result);
}

/** The same with what is told of every result. */
export function resultWith(result: unknown, changed: boolean): DataMap {
  const data = own(result);
  data['changed'] = changed;
  data['failed'] = false;
  data['skipped'] = false;
  return data;
}

function own(result: unknown): Record<string, Data> {
  const data = plain(result ?? {}, '');
  // Made just now, so that nobody else has it.
  return isDataMap(data) ? data : { value: data ?? null };
}

/** Texts are shared, not copied: lines of a large output are parts of it. undefined: JSON has no such value. */
function plain(value: unknown, key: string): Data | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON knows no -0.
      return Number.isFinite(value) ? value + 0 : null;
    case 'object':
      return value === null ? null : plainObject(value, key);
    case 'bigint':
      throw new TypeError(`the result holds a BigInt, which JSON has no form for: ${value}`);
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
  }
}

function plainObject(value: object, key: string): Data | undefined {
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return plain((value.toJSON as (key: string) => unknown)(key), key);
  }
  if (Array.isArray(value)) return value.map((item, i) => plain(item, String(i)) ?? null);
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return plain(value.valueOf(), key);
  }
  const map: Record<string, Data> = {};
  for (const name in value) {
    if (!Object.hasOwn(value, name)) continue;
    const part = plain((value as Readonly<Record<string, unknown>>)[name], name);
    if (part !== undefined) define(map, name, part);
  }
  return map;
}

/** `__proto__` is a name like any other. */
function define(map: Record<string, Data>, name: string, value: Data): void {
  if (name !== '__proto__') map[name] = value;
  else Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
}
