import * as z from 'zod';
import { CONTAINER_NAME, IMAGE_REFERENCE } from '../docker/names.ts';

const SIZE_HINT = { error: 'give bytes, or a number with a unit such as "8g" or "512m"' };
const size = z
  .union([z.int().nonnegative(), z.string().regex(/^\d+(\.\d+)?\s*([bkmgt]i?b?)?$/i, SIZE_HINT)], SIZE_HINT)
  .transform(bytesOf);

const env = z.record(
  z.string().regex(/^[A-Za-z_][\w.-]*$/, { error: 'not a name of an environment variable' }),
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
);

const volume = z.string().regex(/^(\/[^:]*|[A-Za-z0-9][\w.-]*):\/[^:]*(:[\w,]+)?$/, {
  error: 'write SOURCE:PATH or SOURCE:PATH:ro; SOURCE is an absolute path or a volume’s name',
});

const port = z
  .union([z.string(), z.int().transform(String)])
  .refine((text) => /^((\d+\.){3}\d+:)?\d+:\d+(\/(tcp|udp))?$/.test(text), {
    error: 'write HOST_PORT:PORT, [ADDRESS:]HOST_PORT:PORT or …/udp',
  });

const health = z.strictObject({
  command: z
    .string()
    .min(1)
    .optional()
    .describe('Shell text that is run in the container; exit code 0 is healthy.'),
  log_line: z
    .string()
    .min(1)
    .optional()
    .describe('Text that the container must have logged since it was started.'),
  timeout: z.number().positive().default(300).describe('Seconds until it must be healthy.'),
  interval: z.number().positive().default(5).describe('Seconds between two looks.'),
});

/** Arguments of docker_container. */
export const containerArgs = z.strictObject({
  name: z
    .string()
    .regex(CONTAINER_NAME, { error: 'not a name for a container' })
    .describe('Name of the container.'),
  image: z
    .string()
    .regex(IMAGE_REFERENCE, { error: 'not an image name; write REPOSITORY:TAG or an image ID' })
    .optional()
    .describe('Image by REPOSITORY:TAG or ID; it must be on the node. Compared by its ID.'),
  state: z
    .enum(['started', 'stopped', 'present', 'absent'])
    .default('started')
    .describe(
      'started: exists as described and runs. stopped, present: exists as described. absent: removed.',
    ),
  command: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Command and its arguments, as one line or as a list, in the place of the image’s own.'),
  env: env
    .optional()
    .describe(
      'Environment variables that it must have. Values of names like PASSWORD or TOKEN are kept secret.',
    ),
  volumes: z.array(volume).optional().describe('All its binds, SOURCE:PATH[:ro]; others are removed.'),
  network_mode: z
    .string()
    .min(1)
    .optional()
    .describe('host, bridge, none, container:NAME or a network’s name.'),
  privileged: z.boolean().optional().describe('Whether it gets all capabilities and devices.'),
  pids_limit: z.int().min(-1).optional().describe('How many processes it may have; -1: without limit.'),
  ulimits: z
    .array(
      z.string().regex(/^[a-z]+:-?\d+(:-?\d+)?$/, { error: 'write NAME:SOFT:HARD, e.g. nproc:65535:65535' }),
    )
    .optional()
    .describe('Limits of its processes, NAME:SOFT[:HARD].'),
  detach: z
    .boolean()
    .default(true)
    .describe('false: wait until it has ended; a non-zero exit code fails the task.'),
  interactive: z.boolean().optional().describe('Keep its standard input open (docker run -i).'),
  tty: z.boolean().optional().describe('Give it a terminal (docker run -t).'),
  restart_policy: z
    .string()
    .regex(/^(no|always|unless-stopped|on-failure(:\d+)?)$/, {
      error: 'one of no, always, unless-stopped, on-failure, on-failure:RETRIES',
    })
    .optional()
    .describe('no, always, unless-stopped, on-failure or on-failure:RETRIES. Changed while it runs.'),
  memory: size.optional().describe('Memory limit, e.g. 8g; 0: without limit. Changed while it runs.'),
  cpus: z
    .number()
    .nonnegative()
    .optional()
    .describe('How many CPUs it may use, e.g. 1.5. Changed while it runs.'),
  hostname: z.string().min(1).optional().describe('Host name inside; not with network_mode host.'),
  labels: z.record(z.string(), z.string()).optional().describe('Labels that it must have.'),
  user: z.string().min(1).optional().describe('User, or user:group, that its command runs as.'),
  published_ports: z.array(port).optional().describe('Ports, [ADDRESS:]HOST_PORT:PORT[/udp].'),
  stop_timeout: z.int().nonnegative().optional().describe('Seconds it gets to end before it is killed.'),
  recreate: z.boolean().default(false).describe('Replace it even when nothing differs.'),
  restart: z.boolean().default(false).describe('Restart it when it runs already.'),
  health: health
    .optional()
    .describe('When a started container counts as well. Until then a replaced one is kept, to go back to.'),
});

export type ContainerArgs = z.output<typeof containerArgs>;
export type Health = z.output<typeof health>;

function bytesOf(given: number | string): number {
  if (typeof given === 'number') return given;
  const unit = /[bkmgt]/i.exec(given)?.[0].toLowerCase() ?? 'b';
  return Math.round(Number.parseFloat(given) * 1024 ** 'bkmgt'.indexOf(unit));
}
