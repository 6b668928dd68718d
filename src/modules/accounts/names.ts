import * as z from 'zod';

/** Schema of the name of a user or group: what useradd takes, domains included; it cannot be taken for an option. */
export const accountName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]*\$?$/, { error: 'not a name of a user or group' });
