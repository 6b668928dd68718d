import * as z from 'zod';
import type { MysqlSession } from './session.ts';

const nameRow = z.object({ name: z.string() });

/** Those of the databases that are there, under the names that were asked for: a server may ignore case. */
export async function existingDatabases(
  session: MysqlSession,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await session.query(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name IN (?)',
    [names],
  );
  const there = rows.map((row) => nameRow.parse(row).name.toLowerCase());
  return new Set(names.filter((name) => there.includes(name.toLowerCase())));
}

const tableRow = z.object({ name: z.string(), tab: z.string() });

/** Tables and views of the databases, database in small letters → names. */
export async function tablesOf(
  session: MysqlSession,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await session.query(
    'SELECT table_schema AS name, table_name AS tab FROM information_schema.tables WHERE table_schema IN (?)',
    [names],
  );
  const tables = new Map<string, string[]>();
  for (const row of rows) {
    const { name, tab } = tableRow.parse(row);
    const key = name.toLowerCase();
    tables.set(key, [...(tables.get(key) ?? []), tab]);
  }
  return tables;
}
