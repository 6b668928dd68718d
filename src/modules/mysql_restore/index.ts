import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import type { Client } from '../mysql/client.ts';
import { findClient, optionFile } from '../mysql/client.ts';
import { openMysql } from '../mysql/connection.ts';
import type { DumpContent } from '../mysql/dump-file.ts';
import { databasesOf, matchesChecksum, packingOf, readDump } from '../mysql/dump-file.ts';
import { existingDatabases, tablesOf } from '../mysql/schemas.ts';
import type { OpenMysql } from '../mysql/session.ts';
import { withSession } from '../mysql/session.ts';
import type { RestoreArgs } from './args.ts';
import { restoreArgs } from './args.ts';
import { NOT_UNPACKED, restoreCommand } from './command.ts';
import type { Place } from './plan.ts';
import { frameOf, requireFitting, UNFINISHED, whyRestore } from './plan.ts';

const returns = z.strictObject({
  target: z.string().describe('The dump.'),
  databases: z.array(z.string()).describe('The databases that it goes to.'),
  tables: z.int().describe('How many tables and views they have.'),
});

type Result = z.output<typeof returns>;

interface State {
  readonly client: Client;
  readonly dump: DumpContent;
}

/** The module, given how a server is connected to. */
export function mysqlRestore(open: OpenMysql): AnyModule {
  return defineModule<typeof restoreArgs, typeof returns, State>({
    name: 'mysql_restore',
    beyondNode: true,
    summary: 'Restore databases of a MySQL-compatible server from a dump on the node',
    args: restoreArgs,
    returns,
    notes: [
      'mariadb or mysql of the node does it, streamed through the unpacker; the password goes by a file of mode 0600 in memory, which is removed again.',
      'Before anything is written the dump is compared with target.sha256, if that is there, and read to its last line.',
      `Databases that have tables are left alone, unless force is set. A restore that was broken off leaves a table ${UNFINISHED}: the next run finds it and restores again.`,
      'In Ansible it is mysql_db with state: import. Of its arguments there are not: all, config_file, force as "go on after errors", single_transaction, use_shell.',
    ],
    examples: `- name: Databases of OMS, as they were before the upgrade
  mysql_restore:
    name: ["{{drc_rm_db}}", "{{drc_cm_db}}"]
    target: /data/backup/oms-before-4.2.11.sql.zst
    force: true
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: "{{oms_meta_user}}"
    login_password: "{{oms_meta_password}}"
  run_once: true
`,
    async check(node, args) {
      const { target } = args;
      const databases = [...databasesOf(args.name)];
      const place = await lookAt(node, args, open);
      const why = whyRestore(args, place);
      const result = resultOf(args, place);
      if (why === undefined) {
        return {
          changes: [],
          result,
          message: `${databases.join(', ')} has tables already: nothing is restored`,
        };
      }
      const state = await prepared(node, args);
      const change = { subject: databases.join(', '), summary: `${why} → restored from ${target}` };
      return { changes: [change], result, certain: { target, databases }, state };
    },
    async apply(node, args, { state }: Check<Result, State>) {
      if (state === undefined) throw new Error('mysql_restore: apply without what check found');
      const command = restoreCommand(args.target, state.client.program, frameOf(args, state.dump));
      const done = await node.run(command, { stdin: optionFile(args, false) });
      if (done.exitCode !== 0) {
        const why = done.exitCode === NOT_UNPACKED ? ': it cannot be unpacked to its end' : '';
        throw commandError(
          `${args.target} on ${node.name} was not restored to its end${why}`,
          command,
          done,
          {
            hint: 'what came before the error is in the databases; the next run restores again from the beginning',
          },
        );
      }
      return resultOf(args, await lookAt(node, args, open));
    },
  });
}

/** Restores into databases without tables. */
export const module = mysqlRestore(openMysql);

function lookAt(node: NodeReader, args: RestoreArgs, open: OpenMysql): Promise<Place> {
  const names = databasesOf(args.name);
  return withSession(open({ ...args, via: node }), async (session) => ({
    existing: await existingDatabases(session, names),
    tables: await tablesOf(session, names),
  }));
}

async function prepared(node: NodeReader, args: RestoreArgs): Promise<State> {
  const { target } = args;
  const file = await node.stat(target, { follow: true });
  if (file?.type !== 'file') {
    const message = `${target} on ${node.name} ${file === undefined ? 'is not there' : 'is no file'}`;
    throw new ModuleError({ message, hint: 'the dump must be on the node: copy brings it there' });
  }
  const client = await findClient(node, ['mariadb', 'mysql'], packingOf(target).program);
  await matchesChecksum(node, target);
  const dump = await readDump(node, target);
  requireFitting(args, node.name, dump);
  return { client, dump };
}

function resultOf(args: RestoreArgs, { tables }: Place): Result {
  const databases = [...databasesOf(args.name)];
  const count = databases.flatMap((name) => tables.get(name.toLowerCase()) ?? []).length;
  return { target: args.target, databases, tables: count };
}
