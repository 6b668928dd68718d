import * as z from 'zod';

/** Arguments that say which InfluxDB to talk to; Ansible's names. */
export const influxShape = {
  hostname: z.string().min(1).default('localhost').describe('Address of the server, as the node sees it.'),
  port: z
    .preprocess(
      (value) => (typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value),
      z.int().min(1).max(65535),
    )
    .default(8086)
    .describe('Port of its HTTP interface.'),
  username: z.string().default('root').describe('User to log in as; an administrator.'),
  password: z.string().default('root').describe('Password of that user.').meta({ secret: true }),
  ssl: z.boolean().default(false).describe('Whether it is reached by https.'),
  validate_certs: z.boolean().default(true).describe('Whether its certificate must be valid.'),
  path: z
    .string()
    .regex(/^[\w./~-]*$/, { error: 'is no path of an address' })
    .default('')
    .describe('Path before /query, behind a proxy.'),
  timeout: z.number().positive().default(30).describe('Seconds for a request.'),
};

/** Where to log in; the arguments of {@link influxShape} have this form. */
export interface InfluxLogin {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly ssl: boolean;
  readonly validate_certs: boolean;
  readonly path: string;
  readonly timeout: number;
}

/** "admin@10.0.0.6:8086" for messages. */
export function shownInflux({ username, hostname, port }: InfluxLogin): string {
  return `${username}@${hostname}:${port}`;
}
