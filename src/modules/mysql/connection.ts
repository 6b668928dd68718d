// The only folder that imports mysql2.
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, ConnectionOptions, ResultSetHeader, TypeCast } from 'mysql2/promise';
import type { NodeReader } from '../../transport/node.ts';
import { tryConnection } from '../connection.ts';
import { connectError, queryError, TUNNEL_CLOSED } from './errors.ts';
import type { Login } from './login.ts';
import type { Answer, MysqlSession } from './session.ts';
import { bitsToData, rowToData } from './values.ts';

const CLOSE_MS = 1000;

/** Logs in: from the controller, or through the SSH connection of the node `via`. */
export async function openMysql(login: Login, database?: string): Promise<MysqlSession> {
  const stream = login.via && (await tunnel(login, login.via));
  try {
    const { connect } = await import('./library.ts');
    const connection = await connect(optionsOf(login, database, stream));
    // Without a listener a connection that breaks between two statements would end the program.
    connection.on('error', () => undefined);
    return sessionOf(connection, login);
  } catch (error) {
    stream?.destroy();
    throw connectError(error, login);
  }
}

function optionsOf(
  login: Login,
  database: string | undefined,
  stream: Duplex | undefined,
): ConnectionOptions {
  return {
    host: login.login_host,
    port: login.login_port,
    user: login.login_user,
    password: login.login_password,
    connectTimeout: login.connect_timeout * 1000,
    charset: 'utf8mb4',
    multipleStatements: false,
    supportBigNumbers: true,
    bigNumberStrings: false,
    dateStrings: true,
    // The server must not read files of this machine.
    flags: ['-LOCAL_FILES'],
    typeCast,
    ...(database === undefined ? {} : { database }),
    ...(stream === undefined ? {} : { stream }),
  };
}

/** The server's own words for a time, in the form of ISO 8601: it has no zone, so none is made up. */
const typeCast: TypeCast = (field, next) => {
  if (field.type === 'DATETIME' || field.type === 'TIMESTAMP') {
    return field.string()?.replace(' ', 'T') ?? null;
  }
  if (field.type !== 'BIT') return next();
  const bits = field.buffer();
  return bits && bitsToData(bits);
};

async function tunnel(login: Login, via: NodeReader): Promise<Duplex> {
  const { login_host: host, login_port: port, connect_timeout } = login;
  const stream = await tryConnection(via, { host, port, timeoutMs: connect_timeout * 1000 });
  if (typeof stream === 'string') throw connectError({ code: TUNNEL_CLOSED, message: stream }, login);
  return stream;
}

function sessionOf(connection: Connection, login: Login): MysqlSession {
  return {
    query: async (sql, parameters, shown = sql) => {
      try {
        return answerOf(await connection.query(sql, parameters && [...parameters]));
      } catch (error) {
        throw queryError(error, login, shown);
      }
    },
    close: async () => {
      const ended = connection.end().catch(() => undefined);
      await Promise.race([ended, pause(CLOSE_MS, undefined, { ref: false })]);
      connection.destroy();
    },
  };
}

function answerOf([answer]: readonly [unknown, unknown]): Answer {
  if (!Array.isArray(answer)) return { rows: [], count: (answer as ResultSetHeader).affectedRows };
  const rows = (answer as object[]).map(rowToData);
  return { rows, count: rows.length };
}
