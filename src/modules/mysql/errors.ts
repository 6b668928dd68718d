import type { Failure } from '../../model/result.ts';
import { ModuleError } from '../define.ts';
import { shownLogin } from './login.ts';
import type { Login } from './login.ts';

/** What MySQL or the way to it refused; `code` is the client's word for it, e.g. ER_NO_SUCH_TABLE. */
export class MysqlError extends ModuleError {
  readonly code: string;

  constructor(code: string, failure: Failure) {
    super(failure);
    this.name = 'MysqlError';
    this.code = code;
  }
}

interface ServerError {
  readonly code: string;
  /** What the server said; undefined when it was not the server that complained. */
  readonly sqlMessage: string | undefined;
  readonly message: string;
}

/** Our own code: the way from the node `via` to the server did not open. */
export const TUNNEL_CLOSED = 'OMS_PLAY_TUNNEL';

/** `what` undefined: the error's own words. */
type Explain = (login: Login) => readonly [what: string | undefined, hint: string];

const CONNECTING: Readonly<Record<string, Explain>> = {
  ECONNREFUSED: ({ login_host, login_port }) => [
    'nothing listens there',
    `Check that the server runs on ${login_host} and that ${login_port} is its port.`,
  ],
  ETIMEDOUT: ({ connect_timeout }) => [
    `no answer within ${connect_timeout} s`,
    'Check the address, and firewalls between the two machines.',
  ],
  [TUNNEL_CLOSED]: ({ login_host, login_port, via }) => [
    undefined,
    `Check that the server runs at ${login_host}:${login_port}, and firewalls between it and ${via?.name ?? 'the node'}.`,
  ],
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  ECONNRESET: closed,
  EPIPE: closed,
  PROTOCOL_CONNECTION_LOST: closed,
  ER_ACCESS_DENIED_ERROR: ({ login_password }) => [
    `the server refuses the user or the password${login_password === '' ? ' (no password was given)' : ''}`,
    'Check login_user and login_password, and that the user may log in from there. With OceanBase the user is user@tenant#cluster.',
  ],
  ER_DBACCESS_DENIED_ERROR: () => [
    'the user may not use that database',
    'Grant the user the privileges on it.',
  ],
  ER_BAD_DB_ERROR: () => ['there is no such database', 'Check its name, or create it first (mysql_db).'],
  ER_HOST_NOT_PRIVILEGED: () => [
    'the server lets nobody in from that address',
    "Create the user for that address, or for '%'.",
  ],
  ER_CON_COUNT_ERROR: () => ['the server has too many connections', 'Raise its max_connections.'],
  ER_NOT_SUPPORTED_AUTH_MODE: badPlugin,
  AUTH_SWITCH_PLUGIN_ERROR: badPlugin,
  MYSQL_CLEAR_PASSWORD_NOT_ENABLED: badPlugin,
  HANDSHAKE_UNKNOWN_ERROR: badPlugin,
};

function unknownHost({ login_host }: Login): readonly [string, string] {
  return [`the name ${login_host} is not known there`, 'Check login_host; OMS wants an IP address.'];
}

function noRoute(): readonly [string, string] {
  return ['there is no route to that address', 'Check the address and the network.'];
}

function closed(): readonly [string, string] {
  return ['the server closed the connection', 'Check that it is a MySQL server, and its error log.'];
}

function badPlugin(): readonly [string, string] {
  return [
    'the user logs in by a plugin that is not supported',
    "Make it mysql_native_password: ALTER USER … IDENTIFIED WITH mysql_native_password BY '…'.",
  ];
}

/** Why connecting failed, with user, address and where from; never the password. */
export function connectError(error: unknown, login: Login): MysqlError {
  const { code, sqlMessage, message } = read(error);
  const known = CONNECTING[code]?.(login);
  const what = known?.[0] ?? sqlMessage ?? (message === '' ? code : message);
  return new MysqlError(code, {
    message: `cannot log in to MySQL as ${shownLogin(login)}: ${what}`,
    ...(known ? { hint: known[1] } : {}),
    ...(sqlMessage === undefined ? {} : { stderr: `${code}: ${sqlMessage}` }),
  });
}

const LOST = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
const LACKS_PRIVILEGE = new Set([
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_ERROR',
]);

/** Why a statement failed; `shown` is the statement as it may be printed. */
export function queryError(error: unknown, login: Login, shown: string): MysqlError {
  const { code, sqlMessage, message } = read(error);
  const lost = LOST.has(code);
  const what = lost ? 'the connection was lost' : (sqlMessage ?? message);
  const hint = hintFor(code);
  return new MysqlError(code, {
    message: `MySQL ${shownLogin(login)}: ${what}${sqlMessage === undefined ? '' : ` (${code})`}`,
    ...(hint === undefined ? {} : { hint }),
    command: shown,
  });
}

function hintFor(code: string): string | undefined {
  if (LOST.has(code)) return 'The statement may or may not have been carried out: look before you repeat it.';
  if (LACKS_PRIVILEGE.has(code)) return 'Grant the user the privilege that the message names.';
  if (code === 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION') {
    return 'It looks like a statement that only reads, and so it is run as one. Put what writes into a statement of its own.';
  }
  return undefined;
}

/** True when the statement failed because a database or table is not there. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof MysqlError && (error.code === 'ER_BAD_DB_ERROR' || error.code === 'ER_NO_SUCH_TABLE')
  );
}

function read(error: unknown): ServerError {
  const { code, sqlMessage, message } = error as Partial<ServerError>;
  return {
    code: typeof code === 'string' ? code : '',
    sqlMessage: typeof sqlMessage === 'string' ? sqlMessage : undefined,
    message: typeof message === 'string' ? message : String(error),
  };
}
