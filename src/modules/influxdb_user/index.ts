import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import type { NodeReader } from '../../transport/node.ts';
import { rowsInWords } from '../attributes.ts';
import type { Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { influxName, influxQuery, influxText } from '../influxdb/query.ts';
import type { Account } from './account.ts';
import { hasPassword, readAccount } from './account.ts';
import type { UserArgs } from './args.ts';
import { userArgs } from './args.ts';

const returns = z.strictObject({
  user_name: z.string().describe('The user.'),
  executed_commands: z.array(z.string()).describe('The statements that were run, the password as ***.'),
});

type Result = z.output<typeof returns>;

/** A change, and the statement that makes it; `shown`: as it may be printed. */
interface Step {
  readonly change?: Change;
  readonly sql: string;
  readonly shown: string;
}

/** Compares with SHOW USERS and SHOW GRANTS; the password, by logging in with it. */
export const module = defineModule<typeof userArgs, typeof returns, readonly Step[]>({
  name: 'influxdb_user',
  summary: 'Create or drop a user of InfluxDB 1.x, with password, administration and grants',
  args: userArgs,
  returns,
  beyondNode: true,
  notes: [
    'The node of the task talks to InfluxDB; delegate_to lets another one do it. Statements go in the body of requests, logins in a header.',
    'Whether the password is the right one is found out by logging in with it. A server without auth-enabled takes everybody: there an existing user’s password is left as it is, with a warning.',
    'Of Ansible’s arguments there are not: retries, proxies, use_udp, udp_port.',
  ],
  examples: `- name: User for the metrics of OMS
  influxdb_user:
    user_name: "{{tsdb_username}}"
    user_password: "{{tsdb_password}}"
    grants: [{ database: oms, privilege: ALL }]
    hostname: 10.0.0.6
    username: admin
    password: "{{influxdb_admin_password}}"
  run_once: true
`,
  async check(node, args) {
    const account = await readAccount(node, args);
    const { steps, warnings } = await planned(node, args, account);
    return {
      changes: steps.flatMap(({ change }) => (change === undefined ? [] : [change])),
      result: { user_name: args.user_name, executed_commands: [] },
      state: steps,
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  },
  async apply(node, args, { state = [], result }: Check<Result, readonly Step[]>) {
    for (const { sql, shown } of state) await influxQuery(node, args, sql, shown);
    return { ...result, executed_commands: state.map(({ shown }) => shown) };
  },
});

interface Planned {
  readonly steps: readonly Step[];
  readonly warnings: readonly string[];
}

async function planned(node: NodeReader, args: UserArgs, account: Account | undefined): Promise<Planned> {
  const subject = args.user_name;
  if (args.state === 'absent') {
    const steps =
      account === undefined ? [] : [step(subject, 'user → absent', `DROP USER ${influxName(subject)}`)];
    return { steps, warnings: [] };
  }
  if (account === undefined) return { steps: [created(args), ...grantSteps(args, new Map())], warnings: [] };
  const password = await passwordSteps(node, args);
  return {
    steps: [...password.steps, ...adminSteps(args, account), ...grantSteps(args, account.grants)],
    warnings: password.warnings,
  };
}

function step(subject: string, summary: string, sql: string, shown = sql): Step {
  return { change: { subject, summary }, sql, shown };
}

function created({ user_name, user_password, admin }: UserArgs): Step {
  if (user_password === undefined) {
    throw new ModuleError({
      message: `there is no user ${user_name} of InfluxDB yet, and no password for it`,
      hint: 'give user_password',
    });
  }
  const start = `CREATE USER ${influxName(user_name)} WITH PASSWORD `;
  const end = admin ? ' WITH ALL PRIVILEGES' : '';
  const summary = `absent → ${admin ? 'administrator' : 'user'}`;
  return step(user_name, summary, `${start}${influxText(user_password)}${end}`, `${start}***${end}`);
}

async function passwordSteps(node: NodeReader, args: UserArgs): Promise<Planned> {
  const { user_name, user_password } = args;
  if (user_password === undefined) return { steps: [], warnings: [] };
  const same = await hasPassword(node, args, user_password);
  if (same === true) return { steps: [], warnings: [] };
  if (same === undefined) {
    const warning = `InfluxDB at ${args.hostname}:${args.port} takes everybody (auth-enabled is off): the password of ${user_name} cannot be compared and is left as it is`;
    return { steps: [], warnings: [warning] };
  }
  const start = `SET PASSWORD FOR ${influxName(user_name)} = `;
  const set = step(user_name, 'another password', `${start}${influxText(user_password)}`, `${start}***`);
  return { steps: [set], warnings: [] };
}

function adminSteps({ user_name, admin }: UserArgs, account: Account): readonly Step[] {
  if (admin === account.admin) return [];
  const sql = admin
    ? `GRANT ALL PRIVILEGES TO ${influxName(user_name)}`
    : `REVOKE ALL PRIVILEGES FROM ${influxName(user_name)}`;
  return [step(user_name, admin ? 'user → administrator' : 'administrator → user', sql)];
}

function grantSteps({ user_name, grants }: UserArgs, there: ReadonlyMap<string, string>): readonly Step[] {
  if (grants === undefined) return [];
  const wanted = new Map(grants.map(({ database, privilege }) => [database, privilege]));
  const databases = [...new Set([...wanted.keys(), ...there.keys()])];
  return databases.flatMap((database) => {
    const [before, after] = [there.get(database), wanted.get(database)];
    if (before === after) return [];
    const row = { name: database, before: before ?? 'none', after: after ?? 'none' };
    const on = `ON ${influxName(database)}`;
    const name = influxName(user_name);
    // A grant takes the place of the one before.
    const sql = after === undefined ? `REVOKE ALL ${on} FROM ${name}` : `GRANT ${after} ${on} TO ${name}`;
    return [
      {
        change: {
          subject: user_name,
          summary: rowsInWords([row]),
          diff: { kind: 'values' as const, rows: [row] },
        },
        ...{ sql, shown: sql },
      },
    ];
  });
}
