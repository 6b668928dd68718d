import * as z from 'zod';
import { clientShape } from '../mysql/client.ts';
import { databasesArgument, targetArgument } from '../mysql/dump-file.ts';

const word = z.string().regex(/^[A-Za-z0-9_]+$/, { error: 'must be a name such as utf8mb4' });

/** Arguments of mysql_restore. */
export const restoreArgs = z.strictObject({
  name: databasesArgument.describe(
    'Database that the dump goes to, or a list of those that it names by itself.',
  ),
  target: targetArgument.describe('The dump, a file on the node; .gz, .zst, .xz and .bz2 are unpacked.'),
  force: z
    .boolean()
    .default(false)
    .describe('Restore although there are tables already; those of the dump are replaced, others stay.'),
  encoding: word.optional().describe('Character set of a database that is made for it.'),
  collation: word.optional().describe('Collation of a database that is made for it.'),
  ...clientShape,
});

export type RestoreArgs = z.output<typeof restoreArgs>;
