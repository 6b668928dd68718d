import * as z from 'zod';
import type { DataMap } from '../../model/data.ts';
import { isMissing } from '../mysql/errors.ts';
import { quoteName } from '../mysql/session.ts';
import type { MysqlSession } from '../mysql/session.ts';
import type { MetadbArgs, MetadbResult } from './args.ts';

/** What is in OMS's databases. */
export interface Cluster extends Omit<MetadbResult, 'foreign'> {
  /** Databases that hold tables, but none that OMS makes there. */
  readonly strangers: readonly string[];
}

const regionRow = z
  .object({
    region: z.string(),
    code: z.coerce.number(),
    cm_url: z.string().nullable(),
    is_default_cm: z.coerce.number().nullable(),
  })
  .transform((row) => ({
    region: row.region,
    location: row.code,
    cm_url: row.cm_url,
    default: row.is_default_cm === 1,
  }));

const hostRow = z.object({ ip: z.string(), status: z.string(), location: z.string().nullable() });

/** Reads the databases; those that are not there, or not yet filled, count as empty. */
export async function readCluster(session: MysqlSession, given: MetadbArgs): Promise<Cluster> {
  const rm = quoteName(given.rm_db);
  const cm = quoteName(given.cm_db);
  const places = await databasesOf(session, given);
  const regions = await rowsOf(
    session,
    `SELECT region, code, cm_url, is_default_cm FROM ${rm}.cluster_info ORDER BY code`,
  );
  const hosts = await rowsOf(
    session,
    'SELECT h.ip AS ip, h.host_status AS status, g.name AS location ' +
      `FROM ${cm}.host h LEFT JOIN ${cm}.resource_group g ON g.id = h.resource_group_id ORDER BY h.ip`,
  );
  const versions = await rowsOf(session, `SELECT version FROM ${rm}.oms_version ORDER BY gmt_modified DESC`);
  return {
    ...places,
    version: z
      .string()
      .nullable()
      .parse(versions[0]?.['version'] ?? null),
    regions: regions.map((row) => regionRow.parse(row)),
    hosts: hosts.map((row) => hostRow.parse(row)),
  };
}

async function rowsOf(session: MysqlSession, sql: string): Promise<readonly DataMap[]> {
  try {
    return (await session.query(sql)).rows;
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const OWN_TABLES = [
  'cluster_info',
  'oms_version',
  'host',
  'resource_group',
  'heart_beat',
  'heatbeat_sequence',
];

async function databasesOf(
  session: MysqlSession,
  given: MetadbArgs,
): Promise<Pick<Cluster, 'databases' | 'strangers'>> {
  const wanted = [given.rm_db, given.cm_db, ...given.heartbeat_dbs];
  const { rows } = await session.query(
    'SELECT s.schema_name AS name, COUNT(t.table_name) AS tables, ' +
      'COUNT(CASE WHEN t.table_name IN (?) THEN 1 END) AS own FROM information_schema.schemata s ' +
      'LEFT JOIN information_schema.tables t ON t.table_schema = s.schema_name ' +
      'WHERE s.schema_name IN (?) GROUP BY s.schema_name ORDER BY s.schema_name',
    [OWN_TABLES, wanted],
  );
  const row = z.object({ name: z.string(), tables: z.coerce.number(), own: z.coerce.number() });
  const found = rows.map((one) => row.parse(one));
  return {
    databases: found.map((one) => one.name),
    strangers: found.filter((one) => one.tables > 0 && one.own === 0).map((one) => one.name),
  };
}
