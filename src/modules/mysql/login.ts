import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';

const portArgument = z.preprocess(
  // Inventories and OMS's own files write ports as text too.
  (value) => (typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value),
  z.int().min(1).max(65535),
);

/** Arguments that say which server to log in to, and from where; Ansible's names, and `via`. */
export const loginShape = {
  login_host: z.string().min(1).describe('Address of the server, as the machine that connects sees it.'),
  login_port: portArgument.default(3306).describe('Port of the server.'),
  login_user: z.string().min(1).describe('User to log in as; user@tenant#cluster with OceanBase.'),
  login_password: z.string().default('').describe('Password of that user.').meta({ secret: true }),
  connect_timeout: z.number().positive().default(10).describe('Seconds that connecting may take.'),
  via: z
    .custom<NodeReader>((value) => typeof value === 'object' && value !== null, {
      error: 'must be the name of a node',
    })
    .optional()
    .describe('Node that the connection starts from; without it, the controller.')
    .meta({ type: 'string' }),
};

/** For modules whose look at the MetaDB is optional: without login_host there is none. */
export const optionalLoginShape = {
  ...loginShape,
  login_host: loginShape.login_host.optional(),
  login_user: loginShape.login_user.optional(),
};

/** What the runner must put in place for {@link loginShape}. */
export const LOGIN_INPUTS = { via: 'node' } as const;

/** Where to log in; the arguments of {@link loginShape} have this form. */
export interface Login {
  readonly login_host: string;
  readonly login_port: number;
  readonly login_user: string;
  readonly login_password: string;
  readonly connect_timeout: number;
  readonly via?: NodeReader | undefined;
}

/** The arguments of {@link optionalLoginShape}. */
export interface OptionalLogin extends Omit<Login, 'login_host' | 'login_user'> {
  readonly login_host?: string | undefined;
  readonly login_user?: string | undefined;
}

/** The login of {@link optionalLoginShape}; undefined when no server was named. */
export function loginOf(args: OptionalLogin): Login | undefined {
  const { login_host, login_user } = args;
  if (login_host === undefined || login_user === undefined) return undefined;
  const { login_port, login_password, connect_timeout, via } = args;
  return { login_host, login_port, login_user, login_password, connect_timeout, via };
}

/** "oms@10.0.0.5:2883 from node hz-1": what every message about a connection says; no password. */
export function shownLogin(login: Login): string {
  const { login_user, login_host, login_port, via } = login;
  const host = login_host.includes(':') ? `[${login_host}]` : login_host;
  return `${login_user}@${host}:${login_port} from ${via ? `node ${via.name}` : 'the controller'}`;
}
