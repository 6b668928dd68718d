import type { DataMap } from '../../model/data.ts';
import type { Login } from './login.ts';

/** What a statement answered. */
export interface Answer {
  readonly rows: readonly DataMap[];
  /** Rows read, or rows that were changed. */
  readonly count: number;
}

/** A value in the place of a `?`. */
export type Parameter = string | number | readonly string[];

/** An open connection to a MySQL-compatible server. */
export interface MysqlSession {
  /** Runs one statement; `?` stand for the parameters, `shown` for it in errors. Throws ModuleError. */
  query(sql: string, parameters?: readonly Parameter[], shown?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Opens a session, or throws ModuleError with the cause. Modules get it handed in, so that tests can fake it. */
export type OpenMysql = (login: Login, database?: string) => Promise<MysqlSession>;

/** Opens a session for the time of `use`; a failure to close it does not matter. */
export async function withSession<T>(
  opened: Promise<MysqlSession>,
  use: (session: MysqlSession) => Promise<T>,
): Promise<T> {
  const session = await opened;
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** A name of a database, table or user in backticks. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
