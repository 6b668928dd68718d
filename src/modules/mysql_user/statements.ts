import type { Quote } from '../mysql/statements.ts';
import type { Server } from './account.ts';
import type { UserArgs } from './args.ts';
import type { LevelPlan } from './compare.ts';
import { ALL, GRANT } from './privileges.ts';

/** A statement, and the form of it that may be printed. */
export interface Statement {
  readonly sql: string;
  readonly shown: string;
}

/** How statements about an account are written: for whom, and mysql2's quoting. */
export interface Writer {
  readonly args: UserArgs;
  readonly server: Server;
  readonly quote: Quote;
}

/** `verb` … account, the password if there is one, and what TLS it requires. */
export function accountStatement(
  verb: 'CREATE USER IF NOT EXISTS' | 'ALTER USER',
  writer: Writer,
  more: { readonly password: boolean; readonly tls: string | undefined },
): Statement {
  const { args, quote } = writer;
  const start = `${verb} ${account(writer)}`;
  const end = more.tls === undefined ? '' : ` REQUIRE ${more.tls}`;
  if (!more.password || args.password === undefined) return plain(start + end);
  const identified = ` IDENTIFIED ${identifiedBy(writer)} `;
  return {
    sql: `${start}${identified}${quote(args.password)}${end}`,
    shown: `${start}${identified}***${end}`,
  };
}

function identifiedBy({ args: { encrypted, password = '' }, server }: Writer): string {
  if (!encrypted) return 'BY';
  if (server.hashSyntax === 'by password') return 'BY PASSWORD';
  return `WITH ${password.startsWith('$A$') ? 'caching_sha2_password' : 'mysql_native_password'} AS`;
}

/** DROP USER. */
export function dropStatement(writer: Writer): Statement {
  return plain(`DROP USER IF EXISTS ${account(writer)}`);
}

/** GRANT and REVOKE for a level; first what is granted, so that nothing is missing in between. */
export function levelStatements(writer: Writer, { level, grant, revoke }: LevelPlan): readonly Statement[] {
  const who = account(writer);
  const granted = grant.filter((one) => one !== GRANT);
  const words = granted.length === 0 ? 'USAGE' : granted.join(', ');
  const option = grant.includes(GRANT) ? ' WITH GRANT OPTION' : '';
  const grants = grant.length === 0 ? [] : [plain(`GRANT ${words} ON ${level} TO ${who}${option}`)];
  const revoked = revoke.filter((one) => one !== GRANT);
  const revokes = [
    ...(revoked.length === 0 ? [] : [plain(`REVOKE ${revoked.join(', ')} ON ${level} FROM ${who}`)]),
    ...(revoke.includes(GRANT) ? [plain(`REVOKE GRANT OPTION ON ${level} FROM ${who}`)] : []),
  ];
  return revoke.includes(ALL) ? [...revokes, ...grants] : [...grants, ...revokes];
}

function account({ args: { name, host }, quote }: Writer): string {
  return `${quote(name)}@${quote(host)}`;
}

function plain(sql: string): Statement {
  return { sql, shown: sql };
}
