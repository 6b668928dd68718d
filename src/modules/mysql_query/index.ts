import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import { anyData } from '../data.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { openMysql } from '../mysql/connection.ts';
import { LOGIN_INPUTS, loginShape } from '../mysql/login.ts';
import { withSession } from '../mysql/session.ts';
import type { MysqlSession, OpenMysql } from '../mysql/session.ts';
import { bind, loadQuote, onlyReads } from '../mysql/statements.ts';

const SHOWN_LENGTH = 80;

const args = z.strictObject({
  query: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
      error: 'must be an SQL statement or a list of them',
    })
    .describe('One SQL statement, or a list of them. Those that only read run in check mode too.'),
  positional_args: z.array(anyData).optional().describe('Values for %s in the statement, in order.'),
  named_args: z.record(z.string(), anyData).optional().describe('Values for %(name)s in the statement.'),
  login_db: z.string().min(1).optional().describe('Database to work in.'),
  single_transaction: z
    .boolean()
    .default(false)
    .describe('All statements take effect together or not at all.'),
  ...loginShape,
});

const returns = z.strictObject({
  query_result: z
    .array(z.array(z.record(z.string(), anyData)))
    .describe('For each statement its rows, each a map from column to value.'),
  rowcount: z.array(z.int()).describe('For each statement how many rows it read or changed.'),
  executed_queries: z.array(z.string()).describe('The statements as they were written, without the values.'),
});

type Args = z.output<typeof args>;
type Result = z.output<typeof returns>;

const NOTHING: Result = { query_result: [], rowcount: [], executed_queries: [] };

/** The module, given how a server is connected to. */
export function mysqlQuery(open: OpenMysql): AnyModule {
  return defineModule<typeof args, typeof returns>({
    name: 'mysql_query',
    beyondNode: true,
    summary: 'Run SQL statements on a MySQL-compatible server',
    args,
    returns,
    inputs: LOGIN_INPUTS,
    examples: `- name: Which regions does OMS know?
  mysql_query:
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: "{{oms_meta_user}}"
    login_password: "{{oms_meta_password}}"
    login_db: "{{drc_rm_db}}"
    query: SELECT region, code FROM cluster_info WHERE code = %s
    positional_args: ["{{cm_location}}"]
  register: known_regions

- name: Reach the server through a node
  mysql_query:
    login_host: 10.0.0.5
    login_user: oms
    login_password: "{{oms_meta_password}}"
    query: SELECT 1
    via: hz-1
`,
    check: (_node, given) => check(given, open),
    apply: (_node, given) => inSession(given, open, (session) => runAll(session, given)),
  });
}

/** Statements that only read run in check; with others in the list, all wait for apply. */
export const module = mysqlQuery(openMysql);

async function check(given: Args, open: OpenMysql): Promise<Check<Result>> {
  const statements = statementsOf(given);
  const writing = statements.filter((sql) => !onlyReads(sql));
  if (writing.length > 0) return { changes: writing.map((sql) => changeOf(sql, given)), result: NOTHING };
  const result = await inSession(given, open, async (session) => {
    await readOnly(session);
    return runAll(session, given);
  });
  return { changes: [], result };
}

function statementsOf({ query, positional_args, named_args }: Args): readonly string[] {
  if (positional_args !== undefined && named_args !== undefined) {
    throw new ModuleError({ message: 'positional_args and named_args exclude each other: give one of them' });
  }
  return typeof query === 'string' ? [query] : query;
}

function changeOf(sql: string, given: Args): Change {
  const line = sql.trim().replace(/\s+/g, ' ');
  const shown = line.length > SHOWN_LENGTH ? `${cutBetweenWords(line)}…` : line;
  return { subject: given.login_db ?? given.login_host, summary: `run ${shown}` };
}

/** The half of a secret would be recognised by nobody. */
function cutBetweenWords(line: string): string {
  return line.slice(0, SHOWN_LENGTH).replace(/\s?\S*$/, '');
}

function inSession<T>(given: Args, open: OpenMysql, use: (session: MysqlSession) => Promise<T>): Promise<T> {
  return withSession(open(given, given.login_db), use);
}

/** The server itself holds a statement that looks harmless to its word; servers without the mode are let be. */
async function readOnly(session: MysqlSession): Promise<void> {
  await session.query('SET SESSION TRANSACTION READ ONLY').catch(() => undefined);
}

async function runAll(session: MysqlSession, given: Args): Promise<Result> {
  const statements = statementsOf(given);
  const bound = { positional: given.positional_args, named: given.named_args };
  const answers = [];
  if (given.single_transaction) await session.query('START TRANSACTION');
  // A failure ends the session, and with it the transaction is rolled back.
  const quote = await loadQuote();
  for (const sql of statements) answers.push(await session.query(bind(sql, bound, quote), undefined, sql));
  if (given.single_transaction) await session.query('COMMIT');
  return {
    query_result: answers.map((answer) => [...answer.rows]),
    rowcount: answers.map((answer) => answer.count),
    executed_queries: [...statements],
  };
}
