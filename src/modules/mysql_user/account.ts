import * as z from 'zod';
import { parseVersion } from '../mysql_info/version.ts';
import type { MysqlSession } from '../mysql/session.ts';
import type { KeptPassword } from './password.ts';
import type { Privileges } from './privileges.ts';
import { heldPrivileges } from './privileges.ts';
import { tlsOf } from './tls.ts';

/** An account as it is. */
export interface Account {
  readonly password: KeptPassword;
  /** As it stands behind REQUIRE. */
  readonly tls: string;
  readonly privileges: Privileges;
}

/** What of the server matters for the statements. */
export interface Server {
  readonly hashSyntax: 'by password' | 'with plugin';
  /** It keeps the names of databases in small letters. */
  readonly ignoresCase: boolean;
}

const serverRow = z.object({ version: z.string(), comment: z.string(), names: z.coerce.number() });

/** Asks for the version and how names are kept. */
export async function readServer(session: MysqlSession): Promise<Server> {
  const { rows } = await session.query(
    'SELECT @@version AS version, @@version_comment AS comment, @@lower_case_table_names AS names',
  );
  const { version, comment, names } = serverRow.parse(rows[0]);
  const { mariadb, oceanbase } = parseVersion(version, comment);
  return { hashSyntax: mariadb || oceanbase ? 'by password' : 'with plugin', ignoresCase: names !== 0 };
}

/** undefined: there is no such account. The columns differ between servers, so all are asked for. */
export async function readAccount(
  session: MysqlSession,
  name: string,
  host: string,
): Promise<Account | undefined> {
  const { rows } = await session.query('SELECT * FROM mysql.user WHERE User = ? AND Host = ?', [name, host]);
  const row = rows[0];
  if (row === undefined) return undefined;
  const columns = new Map(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value]));
  const column = (key: string): string => {
    const value = columns.get(key);
    return typeof value === 'string' ? value : '';
  };
  const grants = await session.query('SHOW GRANTS FOR ?@?', [name, host]);
  const hash = column('authentication_string');
  return {
    password: { plugin: column('plugin'), hash: hash === '' ? column('password') : hash },
    tls: tlsOf(column('ssl_type'), {
      CIPHER: column('ssl_cipher'),
      ISSUER: column('x509_issuer'),
      SUBJECT: column('x509_subject'),
    }),
    privileges: heldPrivileges(grants.rows.map((line) => String(Object.values(line)[0] as string))),
  };
}

const privilegeRow = z.object({ Privilege: z.string() });

/** All privileges that the server knows, for those that list them where others say ALL PRIVILEGES. */
export async function knownPrivileges(session: MysqlSession): Promise<readonly string[]> {
  const { rows } = await session.query('SHOW PRIVILEGES');
  return rows
    .map((row) => privilegeRow.parse(row).Privilege.toUpperCase())
    .filter((name) => !['GRANT OPTION', 'USAGE', 'PROXY'].includes(name));
}
