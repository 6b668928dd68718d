import * as z from 'zod';

const name = (what: string): z.ZodString =>
  z.string().regex(/^[A-Za-z0-9_.:-]+$/, { error: `is no name of a ${what}` });

/** The states that haproxy knows, under its own names and Ansible's. */
const STATES = {
  ready: 'ready',
  drain: 'drain',
  maint: 'maint',
  enabled: 'ready',
  disabled: 'maint',
} as const;

/** Arguments of haproxy_server; those of Ansible's haproxy. */
export const serverArgs = z.strictObject({
  host: name('server').describe('Name of the server, as it stands in the configuration of haproxy.'),
  backend: name('backend')
    .optional()
    .describe('Its backend; without it, every one that has a server of that name.'),
  state: z
    .enum(['ready', 'drain', 'maint', 'enabled', 'disabled'])
    .optional()
    .transform((given) => (given === undefined ? undefined : STATES[given]))
    .describe(
      'ready (enabled): takes part. drain: no new sessions, those that there are go on. maint (disabled): out, not ' +
        'checked either. Without it, the state is left alone.',
    ),
  weight: z
    .union([z.int().min(0).max(256), z.string().regex(/^\d{1,3}%?$/)], {
      error: 'a number from 0 to 256, or a share of the configured weight such as "50%"',
    })
    .transform(String)
    .optional()
    .describe('Weight, 0 to 256, or a share of the configured one such as "50%".'),
  drain: z
    .boolean()
    .default(false)
    .describe('Wait until it has no sessions any more; on the way to maint it is drained first.'),
  shutdown_sessions: z
    .boolean()
    .default(false)
    .describe('End the sessions that it still has: at once, or those left when waiting has taken too long.'),
  wait: z.boolean().default(false).describe('For ready: wait until its health check says that it is up.'),
  wait_retries: z.int().min(1).default(25).describe('How often to look while waiting.'),
  wait_interval: z.number().positive().default(5).describe('Seconds between two looks.'),
  socket: z
    .string()
    .regex(/^(\/[\w./@+-]+|[\w.-]+:\d{1,5}|\[[\dA-Fa-f:]+\]:\d{1,5})$/, {
      error: 'the path of a socket on the node, or ADDRESS:PORT',
    })
    .default('/var/run/haproxy.sock')
    .describe('The stats socket, of level admin: a path on the node, or ADDRESS:PORT as the node sees it.'),
});

export type ServerArgs = z.output<typeof serverArgs>;
/** A state that may be asked for. */
export type AdminState = 'ready' | 'drain' | 'maint';
