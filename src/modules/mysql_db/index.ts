import * as z from 'zod';
import type { Change, ValueRow } from '../../model/result.ts';
import { rowsInWords } from '../attributes.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule } from '../define.ts';
import { openMysql } from '../mysql/connection.ts';
import { LOGIN_INPUTS, loginShape } from '../mysql/login.ts';
import { quoteName, withSession } from '../mysql/session.ts';
import type { MysqlSession, OpenMysql } from '../mysql/session.ts';

const databaseName = z
  .string()
  .regex(/^[^\0/\\]{1,64}$/, { error: 'is no name of a database (1 to 64 characters)' })
  .regex(/\S$/, { error: 'may not end with a blank' });

// Only letters, digits and _: they stand unquoted in the statement.
const word = z.string().regex(/^[A-Za-z0-9_]+$/, { error: 'must be a name such as utf8mb4' });

const args = z.strictObject({
  name: z
    .union([databaseName, z.array(databaseName).min(1)], {
      error: 'must be the name of a database or a list of them',
    })
    .describe('Database, or a list of them.'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent drops the database with all its data.'),
  encoding: word.optional().describe("Character set of the database; without it the server's for a new one."),
  collation: word.optional().describe('Collation of the database.'),
  ...loginShape,
});

const returns = z.strictObject({
  db_list: z.array(z.string()).describe('The databases that the task is about.'),
  existing: z.array(z.string()).describe('Those of them that were there before.'),
  executed_commands: z.array(z.string()).describe('The SQL statements that were run.'),
});

type Args = z.output<typeof args>;
type Result = z.output<typeof returns>;

interface Database {
  readonly name: string;
  readonly encoding: string;
  readonly collation: string;
}

/** The statements that are needed. */
type Found = readonly string[];

/** The module, given how a server is connected to. */
export function mysqlDb(open: OpenMysql): AnyModule {
  return defineModule<typeof args, typeof returns, Found>({
    name: 'mysql_db',
    beyondNode: true,
    summary: 'Create or drop databases on a MySQL-compatible server',
    args,
    returns,
    inputs: LOGIN_INPUTS,
    examples: `- name: Databases of OMS
  mysql_db:
    name: ["{{drc_rm_db}}", "{{drc_cm_db}}"]
    encoding: utf8mb4
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: "{{oms_meta_user}}"
    login_password: "{{oms_meta_password}}"
  run_once: true
`,
    check: (_node, given) => withSession(open(given), (session) => check(session, given)),
    apply: (_node, given, found) => withSession(open(given), (session) => apply(session, found)),
  });
}

/** Compares with information_schema; creates what is missing, alters what differs, drops what must go. */
export const module = mysqlDb(openMysql);

async function check(session: MysqlSession, given: Args): Promise<Check<Result, Found>> {
  const names = [...new Set(typeof given.name === 'string' ? [given.name] : given.name)];
  const there = await databases(session, names);
  const needed = names.flatMap((name) => needs(name, there.get(name), given));
  return {
    changes: needed.map(([change]) => change),
    result: { db_list: names, existing: names.filter((name) => there.has(name)), executed_commands: [] },
    state: needed.map(([, sql]) => sql),
  };
}

async function databases(
  session: MysqlSession,
  names: readonly string[],
): Promise<ReadonlyMap<string, Database>> {
  const { rows } = await session.query(
    'SELECT schema_name AS name, default_character_set_name AS encoding, default_collation_name AS collation ' +
      'FROM information_schema.schemata WHERE schema_name IN (?)',
    [names],
  );
  const found = rows.map((row) =>
    z.object({ name: z.string(), encoding: z.string(), collation: z.string() }).parse(row),
  );
  // A server that ignores case answers in its own spelling.
  return new Map(
    names.flatMap((name) => {
      const exact = found.find((one) => one.name === name);
      const near = exact ?? found.find((one) => one.name.toLowerCase() === name.toLowerCase());
      return near ? [[name, near] as const] : [];
    }),
  );
}

function needs(name: string, there: Database | undefined, given: Args): (readonly [Change, string])[] {
  const quoted = quoteName(name);
  if (given.state === 'absent') {
    if (!there) return [];
    return [[{ subject: name, summary: 'database → absent' }, `DROP DATABASE IF EXISTS ${quoted}`]];
  }
  const options = optionsOf(given);
  if (!there) {
    const encoding = given.encoding ?? given.collation;
    const summary = `absent → database${encoding === undefined ? '' : ` ${encoding}`}`;
    // Another region's run may create it at the same moment.
    return [[{ subject: name, summary }, `CREATE DATABASE IF NOT EXISTS ${quoted}${options}`]];
  }
  const rows = differences(there, given);
  if (rows.length === 0) return [];
  return [
    [
      { subject: name, summary: rowsInWords(rows), diff: { kind: 'values', rows } },
      `ALTER DATABASE ${quoted}${options}`,
    ],
  ];
}

function optionsOf({ encoding, collation }: Args): string {
  const set = encoding === undefined ? '' : ` CHARACTER SET ${encoding}`;
  return collation === undefined ? set : `${set} COLLATE ${collation}`;
}

function differences(there: Database, { encoding, collation }: Args): ValueRow[] {
  const rows: ValueRow[] = [];
  if (encoding !== undefined && canonical(encoding) !== canonical(there.encoding)) {
    rows.push({ name: 'encoding', before: there.encoding, after: encoding });
  }
  if (collation !== undefined && canonical(collation) !== canonical(there.collation)) {
    rows.push({ name: 'collation', before: there.collation, after: collation });
  }
  return rows;
}

/** Newer servers say utf8mb3 for what everyone writes as utf8. */
function canonical(word: string): string {
  return word.toLowerCase().replace(/^utf8(?=_|$)/, 'utf8mb3');
}

async function apply(session: MysqlSession, found: Check<Result, Found>): Promise<Result> {
  const statements = found.state ?? [];
  for (const sql of statements) await session.query(sql);
  return { ...found.result, executed_commands: [...statements] };
}
