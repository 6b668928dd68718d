import * as z from 'zod';
import type { AnyModule } from '../define.ts';
import { defineModule } from '../define.ts';
import { openMysql } from '../mysql/connection.ts';
import { LOGIN_INPUTS, loginShape } from '../mysql/login.ts';
import { withSession } from '../mysql/session.ts';
import type { MysqlSession, OpenMysql } from '../mysql/session.ts';
import { lackingOn, parseGrants } from './grants.ts';
import { parseVersion } from './version.ts';

/** What OMS does in its databases: it makes the tables, changes them at upgrades, and works in them. */
const NEEDED = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX'];

const SYSTEM = ['information_schema', 'performance_schema', 'mysql', 'sys', 'oceanbase'];

const args = z.strictObject({
  for_databases: z
    .array(z.string().min(1))
    .optional()
    .describe('Databases, there or not, that missing_privileges is about; without them, all.'),
  privileges: z.array(z.string().min(1)).default(NEEDED).describe('The privileges that the user must have.'),
  ...loginShape,
});

const returns = z.strictObject({
  version: z
    .strictObject({
      full: z.string(),
      major: z.int(),
      minor: z.int(),
      release: z.int(),
      mariadb: z.boolean(),
      oceanbase: z.boolean(),
    })
    .describe('Version of the server.'),
  user: z.string().describe('The account that the server took the login for, user@host.'),
  character_set: z.string().describe('character_set_server: what a new database gets.'),
  collation: z.string().describe('collation_server.'),
  time_zone: z.string().describe("The server's time zone."),
  unix_time: z.number().describe("The server's clock, seconds since 1970."),
  databases: z.array(z.string()).describe("Databases that the user sees, without the server's own."),
  can_create_databases: z
    .boolean()
    .describe('Whether the user may create and drop them (for_databases, or any).'),
  missing_privileges: z.array(z.string()).describe('What the user lacks, e.g. "CREATE on oms_rm.*".'),
});

type Args = z.output<typeof args>;
type Result = z.output<typeof returns>;

/** The module, given how a server is connected to. */
export function mysqlInfo(open: OpenMysql): AnyModule {
  return defineModule<typeof args, typeof returns>({
    name: 'mysql_info',
    beyondNode: true,
    summary: 'Look at a MySQL-compatible server: version, character set, databases, privileges',
    args,
    returns,
    inputs: LOGIN_INPUTS,
    examples: `- name: Is the MetaDB fit for OMS?
  mysql_info:
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: "{{oms_meta_user}}"
    login_password: "{{oms_meta_password}}"
    for_databases: ["{{drc_rm_db}}", "{{drc_cm_db}}", "{{drc_cm_heartbeat_db}}"]
  register: metadb

- name: Privileges suffice
  assert:
    that: size(metadb.missing_privileges) == 0
`,
    check: async (_node, given) => ({
      changes: [],
      result: await withSession(open(given), (session) => look(session, given)),
    }),
    apply: (_node, _given, found) => Promise.resolve(found.result),
  });
}

/** Reads only. */
export const module = mysqlInfo(openMysql);

const serverRow = z.object({
  version: z.string(),
  comment: z.string(),
  charset: z.string(),
  collation: z.string(),
  zone: z.string(),
  system_zone: z.string(),
  clock: z.coerce.number(),
  account: z.string(),
});

async function look(session: MysqlSession, given: Args): Promise<Result> {
  const { rows } = await session.query(
    'SELECT @@version AS version, @@version_comment AS comment, @@character_set_server AS charset, ' +
      '@@collation_server AS collation, @@time_zone AS zone, @@system_time_zone AS system_zone, ' +
      'UNIX_TIMESTAMP() AS clock, CURRENT_USER() AS account',
  );
  const server = serverRow.parse(rows[0]);
  const databases = (await column(session, 'SHOW DATABASES')).filter(
    (name) => !SYSTEM.includes(name.toLowerCase()),
  );
  const missing = missingPrivileges(await column(session, 'SHOW GRANTS'), given);
  return {
    version: parseVersion(server.version, server.comment),
    user: server.account,
    character_set: server.charset,
    collation: server.collation,
    time_zone: server.zone === 'SYSTEM' ? server.system_zone : server.zone,
    unix_time: server.clock,
    databases,
    ...missing,
  };
}

async function column(session: MysqlSession, sql: string): Promise<string[]> {
  const { rows } = await session.query(sql);
  return rows.map((row) => String(Object.values(row)[0] as string));
}

function missingPrivileges(
  lines: readonly string[],
  given: Args,
): Pick<Result, 'can_create_databases' | 'missing_privileges'> {
  const grants = parseGrants(lines);
  const targets = given.for_databases ?? ['*'];
  const lacking = (wanted: readonly string[]): string[] =>
    targets.flatMap((name) =>
      lackingOn(name, wanted, grants).map((privilege) => `${privilege} on ${name}.*`),
    );
  return {
    can_create_databases: lacking(['CREATE', 'DROP']).length === 0,
    missing_privileges: lacking(given.privileges),
  };
}
