import type { NodeReader } from '../../transport/node.ts';
import { accepted, influxAnswer, influxName, influxQuery } from '../influxdb/query.ts';
import type { UserArgs } from './args.ts';

/** A user as it is. */
export interface Account {
  readonly admin: boolean;
  /** Database → READ, WRITE or ALL. */
  readonly grants: ReadonlyMap<string, string>;
}

/** undefined: there is no such user. */
export async function readAccount(node: NodeReader, args: UserArgs): Promise<Account | undefined> {
  const answer = await influxAnswer(node, args, 'SHOW USERS');
  // A server that wants logins and has nobody yet: it takes nothing but the first administrator.
  if (/create admin user first/i.test(answer.refusal ?? '')) return undefined;
  const users = accepted(node, args, answer, 'SHOW USERS');
  const user = users.find((row) => row['user'] === args.user_name);
  if (user === undefined) return undefined;
  const rows = await influxQuery(node, args, `SHOW GRANTS FOR ${influxName(args.user_name)}`);
  const grants = rows.map((row) => [String(row['database']), String(row['privilege'])] as const);
  return {
    admin: user['admin'] === true,
    grants: new Map(
      grants
        .filter(([, privilege]) => privilege !== 'NO PRIVILEGES')
        .map(([database, privilege]) => [database, privilege.replace(/ PRIVILEGES$/, '')]),
    ),
  };
}

/** Whether the user can log in with the password; undefined: the server takes everybody, so that it cannot be told. */
export async function hasPassword(
  node: NodeReader,
  args: UserArgs,
  password: string,
): Promise<boolean | undefined> {
  const [nobody, user] = await Promise.all([
    influxAnswer(node, { ...args, username: '', password: '' }, 'SHOW DATABASES'),
    influxAnswer(node, { ...args, username: args.user_name, password }, 'SHOW DATABASES'),
  ]);
  if (nobody.status !== 401) return undefined;
  return user.status !== 401;
}
