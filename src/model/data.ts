import type { Unknown } from './unknown.ts';

/** What variables, arguments and results are made of: JSON, and in check mode what cannot be known yet. */
export type Data = null | boolean | number | string | readonly Data[] | DataMap | Unknown;
export interface DataMap {
  readonly [key: string]: Data;
}

/** True for a plain map, not for a list, null or an {@link Unknown}. */
export function isDataMap(value: Data | undefined): value is DataMap {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Data as words: text as it is, anything else as JSON. */
export function wordsOf(value: Data): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
