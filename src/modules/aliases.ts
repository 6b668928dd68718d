import * as z from 'zod';
import { ModuleError } from './define.ts';

/** The value of an argument that has several names; undefined: it is not given. Given twice it is refused. */
export function oneOf<T>(given: Readonly<Record<string, T | undefined>>): T | undefined {
  const found = Object.entries(given).filter(([, value]) => value !== undefined);
  if (found.length > 1) {
    const names = found.map(([name]) => name).join(' and ');
    throw new ModuleError({ message: `${names} mean the same`, hint: 'Give one of them.' });
  }
  return found[0]?.[1];
}

/** The same for an argument that has to be given. */
export function requiredOf<T>(given: Readonly<Record<string, T | undefined>>): T {
  const value = oneOf(given);
  if (value !== undefined) return value;
  throw new ModuleError({ message: `${Object.keys(given)[0] ?? 'an argument'} is missing` });
}

/** Schema of a list of words; a text is taken apart at its commas, as Ansible does. */
export function wordList(word: z.ZodType<string> = z.string().min(1)): z.ZodType<string[]> {
  // For editors and pages: what may be written is a text too.
  return z.preprocess(wordsOf, z.array(word)).meta({ type: ['array', 'string'] });
}

function wordsOf(value: unknown): unknown {
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'string') return value;
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
