import { posix } from 'node:path';
import * as z from 'zod';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { mustRun } from '../attributes.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { sizeText } from '../docker/names.ts';
import { commandError } from '../failure.ts';
import type { Client } from '../mysql/client.ts';
import { findClient, optionFile } from '../mysql/client.ts';
import { openMysql } from '../mysql/connection.ts';
import { checksumPath, databasesOf, matchesChecksum, packingOf, readDump } from '../mysql/dump-file.ts';
import { existingDatabases } from '../mysql/schemas.ts';
import type { OpenMysql } from '../mysql/session.ts';
import { withSession } from '../mysql/session.ts';
import type { DumpArgs } from './args.ts';
import { dumpArgs } from './args.ts';
import { checksumCommand, dumpCommand, NOT_WHOLE } from './command.ts';

const returns = z.strictObject({
  target: z.string().describe('The file.'),
  databases: z.array(z.string()).describe('The databases that are in it.'),
  checksum: z.string().nullable().describe('SHA-256 of the file; null: there is none yet.'),
  size: z.int().nullable().describe('Bytes of the file; null: there is none yet.'),
});

type Result = z.output<typeof returns>;

/** Dump with a program, or only write the checksum. */
type State = { readonly client: Client } | { readonly client: undefined };

/** The module, given how a server is connected to. */
export function mysqlDump(open: OpenMysql): AnyModule {
  return defineModule<typeof dumpArgs, typeof returns, State>({
    name: 'mysql_dump',
    beyondNode: true,
    summary: 'Dump databases of a MySQL-compatible server into a file on the node',
    args: dumpArgs,
    returns,
    notes: [
      'mariadb-dump or mysqldump of the node does it, streamed through the packer; the password goes by a file of mode 0600 in memory, which is removed again.',
      'The dump is written beside target, read to its last line, and put there whole or not at all; target.sha256 holds its checksum. A dump that is there and matches its checksum is left alone, whatever has become of the databases since: give each dump a name of its own, or set force.',
      'In Ansible it is mysql_db with state: dump. Of its arguments there are not: all databases at once, config_file, master_data, pipefail (a failure always counts), quick (always), skip_lock_tables, use_shell, encoding (always utf8mb4).',
    ],
    examples: `- name: Databases of OMS, before the upgrade
  mysql_dump:
    name: ["{{drc_rm_db}}", "{{drc_cm_db}}"]
    target: /data/backup/oms-before-4.2.11.sql.zst
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: "{{oms_meta_user}}"
    login_password: "{{oms_meta_password}}"
  run_once: true
`,
    check: (node, args) => check(node, args, open),
    apply: (node, args, found) => apply(node, args, found),
  });
}

/** Dumps what is not dumped yet. */
export const module = mysqlDump(openMysql);

async function check(node: NodeReader, args: DumpArgs, open: OpenMysql): Promise<Check<Result, State>> {
  const { target } = args;
  const databases = [...databasesOf(args.name)];
  const file = await node.stat(target, { follow: true });
  if (file !== undefined && file.type !== 'file') {
    throw new ModuleError({ message: `${target} on ${node.name} is there and is no file` });
  }
  const result = { target, databases, checksum: null, size: file?.size ?? null };
  if (file !== undefined && !args.force) return existing(node, args, result);
  await requireFolder(node, posix.dirname(target));
  const client = await findClient(node, ['mariadb-dump', 'mysqldump'], packingOf(target).program);
  await requireDatabases(node, args, open);
  const before = file === undefined ? 'absent' : `dump of ${sizeText(file.size)}`;
  const summary = `${before} → dump of ${databases.join(', ')}`;
  return {
    changes: [{ subject: target, summary }],
    result,
    certain: { target, databases },
    state: { client },
  };
}

async function existing(
  node: NodeReader,
  { target }: DumpArgs,
  result: Result,
): Promise<Check<Result, State>> {
  if (await matchesChecksum(node, target)) {
    return { changes: [], result: { ...result, checksum: (await node.checksum(target)) ?? null } };
  }
  const { isComplete } = await readDump(node, target);
  if (!isComplete) {
    throw new ModuleError({
      message: `${target} on ${node.name} is there and is no whole dump`,
      hint: 'move it away, or set force: true, which replaces it',
    });
  }
  const subject = checksumPath(target);
  return { changes: [{ subject, summary: 'absent → checksum' }], result, state: { client: undefined } };
}

async function requireFolder(node: NodeReader, folder: string): Promise<void> {
  const there = await node.stat(folder, { follow: true });
  if (there?.type === 'directory') return;
  throw new ModuleError({
    message: `there is no folder ${folder} on ${node.name}`,
    hint: 'make it first (file with state: directory)',
  });
}

async function requireDatabases(node: NodeReader, args: DumpArgs, open: OpenMysql): Promise<void> {
  const names = databasesOf(args.name);
  const there = await withSession(open({ ...args, via: node }), (session) =>
    existingDatabases(session, names),
  );
  const missing = names.filter((name) => !there.has(name));
  if (missing.length === 0) return;
  throw new ModuleError({ message: `there is no database ${missing.join(', ')} on ${args.login_host}` });
}

async function apply(
  node: NodeWriter,
  args: DumpArgs,
  { state, result }: Check<Result, State>,
): Promise<Result> {
  if (state?.client === undefined) {
    await mustRun(node, checksumCommand(args), `the checksum of ${args.target} cannot be written`);
    return { ...result, checksum: (await node.checksum(args.target)) ?? null };
  }
  const command = dumpCommand(args, state.client.program);
  const stdin = optionFile(args, state.client.hasColumnStatistics);
  const done = await node.run(command, { stdin });
  if (done.exitCode !== 0) {
    const why = done.exitCode === NOT_WHOLE ? ': it ended before its last line' : '';
    throw commandError(`${args.target} on ${node.name} cannot be dumped${why}`, command, done, {
      hint: 'what was there before is as it was',
    });
  }
  const [checksum = '', size = '0'] = done.stdout.toString('utf8').trim().split(/\s+/);
  return { ...result, checksum, size: Number(size) };
}
