import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import type { Answer } from '../uri/wire.ts';
import { AnswerError, roundTrip } from '../uri/wire.ts';
import type { InfluxLogin } from './login.ts';
import { shownInflux } from './login.ts';

/** A row: column → value. */
export type InfluxRow = Readonly<Record<string, unknown>>;

const answerSchema = z.object({
  error: z.string().optional(),
  results: z
    .array(
      z.object({
        error: z.string().optional(),
        series: z
          .array(z.object({ columns: z.array(z.string()), values: z.array(z.array(z.unknown())).optional() }))
          .optional(),
      }),
    )
    .optional(),
});

/** What the server said to a statement. */
export interface InfluxAnswer {
  readonly status: number;
  /** Why it refused; undefined: it did not. */
  readonly refusal: string | undefined;
  readonly rows: readonly InfluxRow[];
}

/**
 * One InfluxQL statement over HTTP from the node, the statement in the body and the login in a header: neither stands
 * in an address, which servers write to their logs. Throws ModuleError when there is no usable answer.
 */
export async function influxAnswer(
  node: NodeReader,
  login: InfluxLogin,
  statement: string,
): Promise<InfluxAnswer> {
  const answer = await send(node, login, statement);
  const parsed = answerSchema.safeParse(jsonOf(answer.body));
  if (!parsed.success) throw notInflux(node, login, answer);
  const { error, results = [] } = parsed.data;
  return {
    status: answer.status,
    refusal: error ?? results.find((one) => one.error !== undefined)?.error,
    rows: results
      .flatMap(({ series = [] }) => series)
      .flatMap(({ columns, values = [] }) =>
        values.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]]))),
      ),
  };
}

/** The same where a refusal is an error; `shown`: the statement as it may be printed. */
export async function influxQuery(
  node: NodeReader,
  login: InfluxLogin,
  statement: string,
  shown: string = statement,
): Promise<readonly InfluxRow[]> {
  return accepted(node, login, await influxAnswer(node, login, statement), shown);
}

/** The rows of an answer; throws ModuleError when the server refused. */
export function accepted(
  node: NodeReader,
  login: InfluxLogin,
  { status, refusal, rows }: InfluxAnswer,
  shown: string,
): readonly InfluxRow[] {
  if (refusal === undefined) return rows;
  throw new ModuleError({
    message: `InfluxDB ${shownInflux(login)}, seen from ${node.name}: ${refusal}`,
    command: shown,
    ...(status === 401
      ? { hint: 'check username and password: an administrator of InfluxDB is needed' }
      : {}),
    ...(status === 403 ? { hint: 'the user lacks the right: an administrator of InfluxDB is needed' } : {}),
  });
}

async function send(node: NodeReader, login: InfluxLogin, statement: string): Promise<Answer> {
  const { hostname, port, username, password, ssl, path } = login;
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  const body = Buffer.from(new URLSearchParams({ q: statement }).toString());
  const url = new URL(`${ssl ? 'https' : 'http'}://${host}:${port}${path.replace(/\/*$/, '')}/query`);
  try {
    return await roundTrip(node, {
      ...{ url, method: 'POST', body, ca: undefined, followRedirects: false },
      headers: {
        'user-agent': 'oms-play',
        connection: 'close',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(body.length),
        ...(username === ''
          ? {}
          : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }),
      },
      validateCerts: login.validate_certs,
      timeoutMs: login.timeout * 1000,
    });
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    throw new ModuleError({
      message: `InfluxDB ${shownInflux(login)}, seen from ${node.name}: ${error.message}`,
      hint: error.hint ?? 'check hostname and port, and that InfluxDB runs there',
    });
  }
}

function notInflux(node: NodeReader, login: InfluxLogin, { status, body }: Answer): ModuleError {
  return new ModuleError({
    message: `${shownInflux(login)}, seen from ${node.name}, answered ${status}, not as InfluxDB 1.x does`,
    hint: 'check hostname, port, ssl and path; InfluxDB 2 is not supported',
    stdout: body.toString('utf8').slice(0, 1000),
  });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A name of a database or user, quoted. */
export function influxName(name: string): string {
  return `"${name.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** A text, quoted. */
export function influxText(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
}
