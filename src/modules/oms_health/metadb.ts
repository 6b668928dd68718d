import * as z from 'zod';
import { isMissing, MysqlError } from '../mysql/errors.ts';
import { loginOf } from '../mysql/login.ts';
import type { Login } from '../mysql/login.ts';
import { quoteName, withSession } from '../mysql/session.ts';
import type { MysqlSession, OpenMysql } from '../mysql/session.ts';
import type { Finding, HealthArgs } from './args.ts';

const HINT =
  'A host stays Down when cm_url leads to no CM of its region, docker_init.sh has not run, or two nodes have one OMS_HOST_IP.';

/** How to look at the MetaDB; undefined: the arguments name no server, or nothing to look at. */
export function metadbLook(
  given: HealthArgs,
  hosts: readonly string[],
  open: OpenMysql,
): (() => Promise<Finding>) | undefined {
  const login = loginOf(given);
  const region = given.rm_db !== undefined && given.location !== undefined;
  if (!login || (given.cm_db === undefined && given.heartbeat_db === undefined && !region)) return undefined;
  return () => look(login, given, { hosts, open });
}

async function look(
  login: Login,
  given: HealthArgs,
  more: { readonly hosts: readonly string[]; readonly open: OpenMysql },
): Promise<Finding> {
  try {
    const troubles = await withSession(more.open(login), (session) => troublesIn(session, given, more.hosts));
    if (troubles.length > 0) return { well: false, state: troubles.join(', '), hint: HINT };
    return { well: true, state: `${more.hosts.length} ${more.hosts.length === 1 ? 'host' : 'hosts'} ONLINE` };
  } catch (error) {
    if (isMissing(error)) return { well: false, state: 'the tables of OMS are not there yet', hint: HINT };
    if (!(error instanceof MysqlError)) throw error;
    return { well: false, state: error.message, ...(error.failure.hint ? { hint: error.failure.hint } : {}) };
  }
}

async function troublesIn(
  session: MysqlSession,
  given: HealthArgs,
  hosts: readonly string[],
): Promise<string[]> {
  return [
    ...(await regionTroubles(session, given)),
    ...(await hostTroubles(session, given, hosts)),
    ...(await heartbeatTroubles(session, given, hosts)),
  ];
}

async function regionTroubles(session: MysqlSession, { rm_db, location }: HealthArgs): Promise<string[]> {
  if (rm_db === undefined || location === undefined) return [];
  const sql = `SELECT region FROM ${quoteName(rm_db)}.cluster_info WHERE code = ?`;
  const { rows } = await session.query(sql, [location]);
  return rows.length > 0 ? [] : [`region ${location} is not in ${rm_db}.cluster_info`];
}

async function hostTroubles(
  session: MysqlSession,
  { cm_db }: HealthArgs,
  hosts: readonly string[],
): Promise<string[]> {
  if (cm_db === undefined) return [];
  const sql = `SELECT ip, host_status AS status FROM ${quoteName(cm_db)}.host WHERE ip IN (?)`;
  const { rows } = await session.query(sql, [hosts]);
  const found = rows.map((row) => z.object({ ip: z.string(), status: z.string() }).parse(row));
  return hosts.flatMap((host) => {
    const status = found.find((row) => row.ip === host)?.status;
    return status === 'ONLINE' ? [] : [`${host} ${status ?? `is not in ${cm_db}.host`}`];
  });
}

/** Ages come from the server's own clock: the controller's may be wrong. */
async function heartbeatTroubles(
  session: MysqlSession,
  { heartbeat_db, max_heartbeat_age }: HealthArgs,
  hosts: readonly string[],
): Promise<string[]> {
  if (heartbeat_db === undefined) return [];
  const { rows } = await session.query(
    'SELECT host_ip AS ip, TIMESTAMPDIFF(SECOND, MAX(gmt_modified), NOW()) AS age ' +
      `FROM ${quoteName(heartbeat_db)}.heart_beat WHERE task_name = 'supervisor' AND host_ip IN (?) GROUP BY host_ip`,
    [hosts],
  );
  const found = rows.map((row) => z.object({ ip: z.string(), age: z.coerce.number() }).parse(row));
  return hosts.flatMap((host) => {
    const age = found.find((row) => row.ip === host)?.age;
    if (age === undefined) return [`${host} has no heartbeat`];
    return age <= max_heartbeat_age ? [] : [`the heartbeat of ${host} is ${age} s old`];
  });
}
