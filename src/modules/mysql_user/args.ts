import * as z from 'zod';
import { loginShape } from '../mysql/login.ts';
import type { PrivilegeText } from './privileges.ts';
import { PrivilegeError, wantedPrivileges } from './privileges.ts';

const flag = z.union([z.null(), z.literal(true), z.literal('')]).optional();
const text = z.string().min(1).optional();

const privilegeList = z.union([z.string(), z.array(z.string().min(1))]);

/** Arguments of mysql_user. */
export const userArgs = z
  .strictObject({
    name: z
      .string()
      .max(80)
      .describe('Name of the user; with OceanBase without the tenant. "" is the nameless one.'),
    host: z
      .string()
      .min(1)
      .max(255)
      .default('localhost')
      .describe('Host that the user logs in from; % is any.'),
    state: z.enum(['present', 'absent']).default('present').describe('absent drops the user.'),
    password: z
      .string()
      .optional()
      .describe('Password of the user; needed for a new one ("" is none).')
      .meta({ secret: true }),
    encrypted: z
      .boolean()
      .default(false)
      .describe('Whether password is a hash as mysql.user keeps it ("*" and 40 digits, or "$A$005$…").'),
    update_password: z
      .enum(['always', 'on_create'])
      .default('always')
      .describe('on_create: only a new user gets the password.'),
    priv: z
      .union([z.string(), z.record(z.string(), privilegeList)], { error: 'must be a text or a map' })
      .optional()
      .describe(
        'Privileges: "db.table:PRIV,PRIV/db2.*:ALL", or a map from level to a text or list. Those on other levels are ' +
          'revoked, except of root. GRANT is the right to pass them on. Without it, privileges are left alone.',
      ),
    append_privs: z.boolean().default(false).describe('Grant these, revoke none.'),
    subtract_privs: z.boolean().default(false).describe('Revoke these, grant none.'),
    tls_requires: z
      .strictObject({ SSL: flag, X509: flag, CIPHER: text, ISSUER: text, SUBJECT: text })
      .optional()
      .describe(
        'What a connection must have: {SSL: null}, {X509: null}, or CIPHER, ISSUER, SUBJECT with a text; {}: nothing.',
      ),
    sql_log_bin: z
      .boolean()
      .default(true)
      .describe('Whether replicas are told; false needs a privilege of its own.'),
    ...loginShape,
  })
  .refine((given) => !(given.append_privs && given.subtract_privs), {
    error: 'append_privs and subtract_privs exclude each other',
    path: ['append_privs'],
  })
  .superRefine(({ priv }, context) => {
    const wrong = priv === undefined ? undefined : privilegeMistake(priv);
    if (wrong !== undefined) context.addIssue({ code: 'custom', path: ['priv'], message: wrong });
  });

export type UserArgs = z.output<typeof userArgs>;

function privilegeMistake(text: PrivilegeText): string | undefined {
  try {
    wantedPrivileges(text);
    return undefined;
  } catch (error) {
    if (error instanceof PrivilegeError) return error.message;
    throw error;
  }
}
