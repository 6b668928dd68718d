import type { Data } from '../model/data.ts';
import { ArgumentError } from './errors.ts';
import { isList, isMap, known } from './member.ts';

const DEEPEST = 500;

/** "a text", "a list" …: the kind of a value, for messages. */
export function kindOf(value: Data | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof value as 'string'];
}

/** A value as it stands in a longer text: lists and maps as JSON, null as nothing. */
export function asText(value: Data): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(wholly(value)) : String(value);
}

/** The value itself; throws when a part of it cannot be known yet or lies too deep. */
export function wholly<T extends Data>(value: T, depth = 0): T {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) throw new ArgumentError(`the value is nested more than ${DEEPEST} levels deep`);
  known(value);
  const parts: Iterable<Data> = isList(value) ? value : isMap(value) ? Object.values(value) : [];
  for (const part of parts) wholly(part, depth + 1);
  return value;
}

/** Equality by content: 1 is 1.0, "1" is not 1, maps are equal in any order of keys. */
export function equal(a: Data, b: Data): boolean {
  known(a);
  known(b);
  if (a === b) return true;
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, i) => equal(item, b[i] as Data));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key] as Data, b[key] as Data));
}

/** Handlebars' rule: false, null, "", 0 and the empty list are false; everything else is true. */
export function isTrue(value: Data): boolean {
  known(value);
  return isList(value) ? value.length > 0 : Boolean(value);
}
