import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { openMysql } from '../mysql/connection.ts';
import { LOGIN_INPUTS, shownLogin } from '../mysql/login.ts';
import { withSession } from '../mysql/session.ts';
import type { OpenMysql } from '../mysql/session.ts';
import type { MetadbArgs, MetadbResult } from './args.ts';
import { metadbArgs, metadbReturns } from './args.ts';
import { strangeness } from './owner.ts';
import { readCluster } from './read.ts';

/** The module, given how the MetaDB is connected to. */
export function omsMetadb(open: OpenMysql): AnyModule {
  return defineModule<typeof metadbArgs, typeof metadbReturns>({
    name: 'oms_metadb',
    beyondNode: true,
    summary: "Look at OMS's databases in the MetaDB, and refuse those of another cluster",
    args: metadbArgs,
    returns: metadbReturns,
    inputs: LOGIN_INPUTS,
    examples: `- name: The MetaDB is new, or ours
  oms_metadb:
    rm_db: "{{drc_rm_db}}"
    cm_db: "{{drc_cm_db}}"
    heartbeat_dbs: [oms_cm_heartbeat, oms_cm_heartbeat_1]
    regions:
      - { region: cn-hangzhou, location: 1, nodes: [10.0.1.11, 10.0.1.12] }
      - { region: cn-heilongjiang, location: 2, nodes: [10.0.2.11, 10.0.2.12] }
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: "{{oms_meta_user}}"
    login_password: "{{oms_meta_password}}"
  run_once: true
`,
    check: (_node, given) => check(given, open),
    apply: (_node, _given, found) => Promise.resolve(found.result),
  });
}

/** Reads only. */
export const module = omsMetadb(openMysql);

async function check(given: MetadbArgs, open: OpenMysql): Promise<Check<MetadbResult>> {
  const cluster = await withSession(open(given), (session) => readCluster(session, given));
  const foreign = strangeness(cluster, given);
  const { strangers: _, ...known } = cluster;
  const result: MetadbResult = { ...known, foreign: [...foreign] };
  if (foreign.length === 0) return { changes: [], result };
  if (given.reuse) return { changes: [], result, warnings: foreign };
  throw new ModuleError(
    {
      message: `the databases in the MetaDB ${shownLogin(given)} belong to another cluster:${foreign.map((why) => `\n  - ${why}`).join('')}`,
      hint: 'Choose other database names (drc_rm_db, drc_cm_db, drc_cm_heartbeat_db) or another MetaDB. If it really is to be used, set metadb_reuse: true.',
    },
    result,
  );
}
