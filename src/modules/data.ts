import * as z from 'zod';
import type { Data } from '../model/data.ts';

/** Schema of any value: text, number, boolean, list, map or null. */
export const anyData = z.custom<Data>((value) => value !== undefined, { error: 'a value is missing' });

/** Text for a value: texts as they are, lists and maps as JSON. */
export function textOf(value: Data, indent?: number): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, indent);
}
