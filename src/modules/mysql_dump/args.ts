import * as z from 'zod';
import { fileMode } from '../mode.ts';
import { clientShape } from '../mysql/client.ts';
import { databasesArgument, targetArgument } from '../mysql/dump-file.ts';
import { splitWords } from '../words.ts';

/** They would show the password, send the dump elsewhere, or take its last line away. */
const REFUSED =
  /^(-p|--pass|--defaults|--login-path|-r|--result-file|-T|--tab|--skip-comments|--compact|-i=|--all-databases|-A|-B|--databases)/;

/** Arguments of mysql_dump. */
export const dumpArgs = z
  .strictObject({
    name: databasesArgument.describe(
      'Database, or a list of them: the dump of a list creates them and goes to each by itself.',
    ),
    target: targetArgument.describe(
      'File on the node. Its ending says how it is packed: .gz, .zst, .xz, .bz2; else it is not.',
    ),
    force: z.boolean().default(false).describe('Dump anew although there is a whole dump already.'),
    single_transaction: z
      .boolean()
      .default(true)
      .describe('All tables as of one moment, and nobody has to wait; for tables with transactions.'),
    routines: z.boolean().default(false).describe('Functions and procedures as well.'),
    events: z.boolean().default(false).describe('Events as well.'),
    hex_blob: z.boolean().default(false).describe('Binary columns as digits.'),
    ignore_tables: z
      .array(z.string().regex(/^[^.]+\.[^.]+$/, { error: 'write DATABASE.TABLE' }))
      .default([])
      .describe('Tables that are left out, DATABASE.TABLE.'),
    dump_extra_args: z.string().optional().describe('More options for the program, e.g. "--no-data".'),
    mode: fileMode.default('0600').describe('Mode of the file that is written, quoted octal.'),
    ...clientShape,
  })
  .superRefine(({ dump_extra_args }, context) => {
    const wrong = splitWords(dump_extra_args ?? '').find((word) => REFUSED.test(word));
    if (wrong === undefined) return;
    const message = `${wrong} may not be given here: use the arguments of the module`;
    context.addIssue({ code: 'custom', path: ['dump_extra_args'], message });
  });

export type DumpArgs = z.output<typeof dumpArgs>;
