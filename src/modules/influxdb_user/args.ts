import * as z from 'zod';
import { influxShape } from '../influxdb/login.ts';

/** Arguments of influxdb_user; Ansible's. */
export const userArgs = z.strictObject({
  user_name: z.string().min(1).describe('Name of the user.'),
  user_password: z
    .string()
    .min(1)
    .optional()
    .describe('Password of the user; needed for a new one.')
    .meta({ secret: true }),
  admin: z.boolean().default(false).describe('Whether the user may do everything.'),
  grants: z
    .array(
      z.strictObject({
        database: z.string().min(1).describe('Database.'),
        privilege: z
          .string()
          .transform((given) => given.toUpperCase())
          .pipe(z.enum(['READ', 'WRITE', 'ALL'])),
      }),
    )
    .optional()
    .describe(
      'All its rights: maps with database and privilege (READ, WRITE, ALL). Without it, they are left alone.',
    ),
  state: z.enum(['present', 'absent']).default('present').describe('absent drops the user.'),
  ...influxShape,
});

export type UserArgs = z.output<typeof userArgs>;
