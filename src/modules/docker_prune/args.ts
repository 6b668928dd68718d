import * as z from 'zod';

const value = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const filterMap = z
  .record(z.string(), z.union([value.transform((one) => [one]), z.array(value)]))
  .default({});

const filters = (what: string, names: string): typeof filterMap =>
  filterMap.describe(`Which ${what}: ${names}. A value or a list of them for each.`);

const LABELS = 'label (KEY or KEY=VALUE), label!';
const UNTIL = 'until (older than 24h, or than a time)';

/** Arguments of docker_prune; Ansible's. */
export const pruneArgs = z.strictObject({
  containers: z.boolean().default(false).describe('Remove stopped containers.'),
  containers_filters: filters('containers', `${UNTIL}, ${LABELS}`),
  images: z.boolean().default(false).describe('Remove images that no container uses and that have no name.'),
  images_filters: filters('images', `${UNTIL}, ${LABELS}, dangling (false: those with a name as well)`),
  networks: z.boolean().default(false).describe('Remove networks that no running container is in.'),
  networks_filters: filters('networks', `${UNTIL}, ${LABELS}`),
  volumes: z
    .boolean()
    .default(false)
    .describe(
      'Remove volumes that no container uses, with their data; from Docker 23 on those without a name.',
    ),
  volumes_filters: filters('volumes', `${LABELS}, all (true: those with a name as well)`),
  builder_cache: z.boolean().default(false).describe('Remove what building images has left.'),
  builder_cache_all: z.boolean().default(false).describe('All of it, not only what no image refers to.'),
  builder_cache_filters: filters('records', 'until (not used since), id, parent, type'),
  builder_cache_keep_storage: z
    .string()
    .regex(/^\d+(\.\d+)?\s*([kmgt]i?)?b?$/i, { error: 'a size such as 10GB' })
    .optional()
    .describe('How much of it is kept, e.g. 10GB.'),
});

export type PruneArgs = z.output<typeof pruneArgs>;
/** Filter → its values. */
export type Filters = Readonly<Record<string, readonly string[]>>;
