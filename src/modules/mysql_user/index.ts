import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import { rowsInWords } from '../attributes.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { openMysql } from '../mysql/connection.ts';
import { LOGIN_INPUTS } from '../mysql/login.ts';
import { withSession } from '../mysql/session.ts';
import type { MysqlSession, OpenMysql } from '../mysql/session.ts';
import { loadQuote } from '../mysql/statements.ts';
import type { Account } from './account.ts';
import { knownPrivileges, readAccount, readServer } from './account.ts';
import type { UserArgs } from './args.ts';
import { userArgs } from './args.ts';
import type { LevelPlan } from './compare.ts';
import { planLevels } from './compare.ts';
import { hasPassword, sameHash } from './password.ts';
import type { Privileges } from './privileges.ts';
import { ALL, shownLevel, wantedPrivileges } from './privileges.ts';
import type { Statement, Writer } from './statements.ts';
import { accountStatement, dropStatement, levelStatements } from './statements.ts';
import { wantedTls } from './tls.ts';

const returns = z.strictObject({
  user: z.string().describe('The user.'),
  host: z.string().describe('The host that it logs in from.'),
  password_changed: z.boolean().describe('Whether it gets another password.'),
  privileges: z
    .record(z.string(), z.array(z.string()))
    .describe('Level → privileges, as they are after the task.'),
  executed_commands: z.array(z.string()).describe('The SQL statements that were run, the password as ***.'),
});

type Result = z.output<typeof returns>;

/** The statements that are needed. */
type State = readonly Statement[];

/** The module, given how a server is connected to. */
export function mysqlUser(open: OpenMysql): AnyModule {
  return defineModule<typeof userArgs, typeof returns, State>({
    name: 'mysql_user',
    beyondNode: true,
    summary: 'Create or drop a user of a MySQL-compatible server, with password and privileges',
    args: userArgs,
    returns,
    inputs: LOGIN_INPUTS,
    notes: [
      'What the server tells (mysql.user, SHOW GRANTS) is compared in one spelling: the order, REPLICATION CLIENT and its newer name BINLOG MONITOR, and a list of all privileges for ALL make no difference.',
      'A password is compared by its hash, of mysql_native_password and caching_sha2_password; where the server keeps it otherwise, it is set on every run, with a warning, unless update_password is on_create.',
      'Of Ansible’s arguments there are not: host_all, plugin, plugin_auth_string, plugin_hash_string, salt, resource_limits, password_expire, locked, attributes, session_vars, check_implicit_admin, config_file, and login by a socket. A user without a password must be asked for with password: "".',
    ],
    examples: `- name: User of OMS
  mysql_user:
    name: oms
    host: "%"
    password: "{{oms_meta_password}}"
    priv: "oms_rm.*:ALL/oms_cm.*:ALL"
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: root
    login_password: "{{metadb_root_password}}"

- name: Nobody without a name
  mysql_user:
    name: ""
    host: localhost
    state: absent
    login_host: "{{oms_meta_host}}"
    login_user: root
    login_password: "{{metadb_root_password}}"
`,
    check: (_node, given) => withSession(open(given), (session) => check(session, given)),
    apply: (_node, given, found) => withSession(open(given), (session) => apply(session, given, found)),
  });
}

/** Compares with mysql.user and SHOW GRANTS. */
export const module = mysqlUser(openMysql);

async function check(session: MysqlSession, args: UserArgs): Promise<Check<Result, State>> {
  const server = await readServer(session);
  const account = await readAccount(session, args.name, args.host);
  const writer: Writer = { args, server, quote: await loadQuote() };
  if (args.state === 'absent') return absent(writer, account);
  if (account === undefined && args.password === undefined) {
    throw new ModuleError({
      message: `there is no user ${subjectOf(args)} yet, and no password for it`,
      hint: 'give password; "" is a user without one',
    });
  }
  const plans = await privilegePlans(session, writer, account);
  const settings = settingsOf(args, account);
  const needsAccount = account === undefined || settings.changes.length > 0;
  const verb = account === undefined ? 'CREATE USER IF NOT EXISTS' : 'ALTER USER';
  return {
    changes: [
      ...(account === undefined
        ? [{ subject: subjectOf(args), summary: 'absent → user' }]
        : settings.changes),
      ...plans.map((plan) => privilegeChange(args, plan)),
    ],
    result: resultOf(args, { password: settings.password, privileges: privilegesAfter(account, plans) }),
    state: [
      ...(needsAccount ? [accountStatement(verb, writer, settings)] : []),
      ...plans.flatMap((plan) => levelStatements(writer, plan)),
    ],
    ...(settings.warnings.length === 0 ? {} : { warnings: settings.warnings }),
  };
}

function absent(writer: Writer, account: Account | undefined): Check<Result, State> {
  const result = resultOf(writer.args, { password: false, privileges: new Map() });
  if (account === undefined) return { changes: [], result };
  const changes = [{ subject: subjectOf(writer.args), summary: 'user → absent' }];
  return { changes, result, state: [dropStatement(writer)] };
}

interface Settings {
  readonly changes: readonly Change[];
  readonly password: boolean;
  readonly tls: string | undefined;
  readonly warnings: readonly string[];
}

/** What of password and TLS is to be set; of a new user, all. */
function settingsOf(args: UserArgs, account: Account | undefined): Settings {
  const wanted = wantedTls(args.tls_requires);
  if (account === undefined) return { changes: [], password: true, tls: wanted, warnings: [] };
  const tls = wanted === undefined || wanted === account.tls ? undefined : wanted;
  const same = args.update_password === 'always' ? comparesPassword(args, account) : true;
  const rows = tls === undefined ? [] : [{ name: 'tls_requires', before: account.tls, after: tls }];
  const subject = subjectOf(args);
  const warnings =
    same === undefined
      ? [`how ${subject} keeps its password (${account.password.plugin}) cannot be compared: it is set anew`]
      : [];
  return {
    changes: [
      ...(same === true ? [] : [{ subject, summary: 'another password' }]),
      ...rows.map((row): Change => ({
        subject,
        summary: rowsInWords([row]),
        diff: { kind: 'values', rows: [row] },
      })),
    ],
    ...{ password: same !== true, tls, warnings },
  };
}

/** undefined: it cannot be told. */
function comparesPassword({ password, encrypted }: UserArgs, account: Account): boolean | undefined {
  if (password === undefined) return true;
  return encrypted ? sameHash(account.password.hash, password) : hasPassword(account.password, password);
}

async function privilegePlans(
  session: MysqlSession,
  { args, server }: Writer,
  account: Account | undefined,
): Promise<readonly LevelPlan[]> {
  if (args.priv === undefined) return [];
  const asked = wantedPrivileges(args.priv);
  const wanted = server.ignoresCase ? inSmallLetters(asked) : asked;
  const held = account?.privileges ?? new Map<string, ReadonlySet<string>>();
  const everywhere = held.get('*.*');
  const lists = wanted.get('*.*')?.has(ALL) === true && everywhere !== undefined && !everywhere.has(ALL);
  return planLevels(held, wanted, {
    mode: args.append_privs ? 'append' : args.subtract_privs ? 'subtract' : 'replace',
    known: lists ? await knownPrivileges(session) : [],
    keepsOthers: args.name === 'root',
  });
}

function inSmallLetters(privileges: Privileges): Privileges {
  const small = (level: string): string => level.replace(/`(?:[^`]|``)+`/g, (name) => name.toLowerCase());
  return new Map([...privileges].map(([level, some]) => [small(level), some]));
}

function privilegeChange(args: UserArgs, { level, before, after }: LevelPlan): Change {
  const words = (some: readonly string[]): string => (some.length === 0 ? 'none' : some.join(', '));
  const row = { name: shownLevel(level), before: words(before), after: words(after) };
  return { subject: subjectOf(args), summary: rowsInWords([row]), diff: { kind: 'values', rows: [row] } };
}

function privilegesAfter(
  account: Account | undefined,
  plans: readonly LevelPlan[],
): ReadonlyMap<string, readonly string[]> {
  const all = new Map([...(account?.privileges ?? [])].map(([level, some]) => [level, [...some].sort()]));
  for (const { level, after } of plans) all.set(level, [...after]);
  return new Map([...all].filter(([, some]) => some.length > 0));
}

function resultOf(
  args: UserArgs,
  more: { readonly password: boolean; readonly privileges: ReadonlyMap<string, readonly string[]> },
): Result {
  return {
    ...{ user: args.name, host: args.host, password_changed: more.password },
    privileges: Object.fromEntries(
      [...more.privileges].map(([level, some]) => [shownLevel(level), [...some]]),
    ),
    executed_commands: [],
  };
}

function shownPrivileges(
  privileges: ReadonlyMap<string, Iterable<string>>,
): Readonly<Record<string, string[]>> {
  return Object.fromEntries([...privileges].map(([level, some]) => [shownLevel(level), [...some].sort()]));
}

function subjectOf({ name, host }: UserArgs): string {
  return `${name === '' ? "''" : name}@${host}`;
}

async function apply(session: MysqlSession, args: UserArgs, found: Check<Result, State>): Promise<Result> {
  const statements = found.state ?? [];
  if (!args.sql_log_bin) await session.query('SET SESSION sql_log_bin = 0');
  for (const { sql, shown } of statements) await session.query(sql, undefined, shown);
  const account = await readAccount(session, args.name, args.host);
  return {
    ...found.result,
    privileges: shownPrivileges(account?.privileges ?? new Map()),
    executed_commands: statements.map(({ shown }) => shown),
  };
}
