import * as z from 'zod';
import { wordList } from '../aliases.ts';
import { fileMode } from '../mode.ts';

const AGE = /^-?\d+[smhdw]?$/;
const SIZE = /^-?\d+[bkmgt]?$/i;

/** Arguments of find. */
export const findArgs = z.strictObject({
  paths: wordList()
    .optional()
    .describe('Absolute paths of the folders to look into. Required, as paths, path or name.')
    .meta({ absolute: true }),
  path: wordList().optional().describe('Another name of paths.'),
  name: wordList().optional().describe('Another name of paths.'),
  patterns: wordList()
    .optional()
    .describe('The name matches one of these globs, or expressions with use_regex. Without it: any name.'),
  pattern: wordList().optional().describe('Another name of patterns.'),
  excludes: wordList().optional().describe('The name matches none of these.'),
  exclude: wordList().optional().describe('Another name of excludes.'),
  use_regex: z
    .boolean()
    .default(false)
    .describe(
      'Whether patterns and excludes are regular expressions, which match from the beginning of the name.',
    ),
  file_type: z
    .enum(['file', 'directory', 'any', 'link'])
    .default('file')
    .describe('What kind of thing is looked for.'),
  recurse: z.boolean().default(false).describe('Whether folders within are looked into.'),
  depth: z.int().positive().optional().describe('With recurse: how many levels down at most.'),
  hidden: z.boolean().default(false).describe('Whether names that begin with a dot count.'),
  follow: z.boolean().default(false).describe('With recurse: whether links to folders are looked into.'),
  age: z
    .union([z.int(), z.string().regex(AGE, 'a number with s, m, h, d or w behind it')])
    .optional()
    .describe('At least so old ("2d"), or with - at most ("-1h"): seconds, or with m, h, d, w.'),
  age_stamp: z.enum(['mtime', 'atime', 'ctime']).default('mtime').describe('Which time age means.'),
  size: z
    .union([z.int(), z.string().regex(SIZE, 'a number with b, k, m, g or t behind it')])
    .optional()
    .describe('Files of at least so many bytes ("10m"), or with - at most: bytes, or with k, m, g, t.'),
  contains: z
    .string()
    .min(1)
    .optional()
    .describe('Files with a line that matches this expression from its beginning.'),
  mode: fileMode.optional().describe('What has this mode, or all its bits when exact_mode is false.'),
  exact_mode: z.boolean().default(true).describe('Whether mode must be the same.'),
  get_checksum: z.boolean().default(false).describe('Whether checksums of files are wanted.'),
  checksum_algorithm: z
    .enum(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
    .default('sha256')
    .describe('How checksums are made.'),
  limit: z.int().positive().optional().describe('So many at most.'),
});

export type FindArgs = z.output<typeof findArgs>;

const AGE_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const SIZE_UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A least amount, or a greatest one. */
export interface Bound {
  readonly least: boolean;
  readonly amount: number;
}

/** In seconds. */
export function ageBound(age: FindArgs['age']): Bound | undefined {
  return boundOf(age, AGE_UNITS);
}

/** In bytes. */
export function sizeBound(size: FindArgs['size']): Bound | undefined {
  return boundOf(size, SIZE_UNITS);
}

function boundOf(
  given: string | number | undefined,
  units: Readonly<Record<string, number>>,
): Bound | undefined {
  if (given === undefined) return undefined;
  const [, sign = '', digits = '0', unit = ''] =
    /^(-?)(\d+)([a-z]?)$/.exec(String(given).toLowerCase()) ?? [];
  return { least: sign === '', amount: Number(digits) * (units[unit] ?? 1) };
}
