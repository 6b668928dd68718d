import * as z from 'zod';
import { CONTAINER_NAME } from '../docker/names.ts';
import { optionalLoginShape } from '../mysql/login.ts';

/** Arguments of oms_init. */
export const initArgs = z.strictObject({
  container: z
    .string()
    .regex(CONTAINER_NAME, { error: 'not a name of a container' })
    .describe('The running container of OMS.'),
  script: z
    .string()
    .min(1)
    .default('/root/docker_init.sh')
    .describe('Script in the container that initialises it.'),
  timeout: z.number().positive().default(900).describe('Seconds that the initialisation may take.'),
  interval: z
    .number()
    .min(0)
    .default(1)
    .describe('Seconds between two looks at an image that initialises itself.'),
  log_dir: z
    .string()
    .optional()
    .describe("Folder on the node that is mounted as OMS's logs, for the log of a container that has ended."),
  self_init: z
    .union([z.literal('auto'), z.boolean()], { error: 'must be auto, true or false' })
    .default('auto')
    .describe('Whether the image initialises itself at its first start; auto: from 4.2.7 on, by its tag.'),
  flag_file: z
    .string()
    .min(1)
    .default('/root/init_flag.txt')
    .describe('File in the container that is not empty once it is initialised.'),
  region: z.string().min(1).optional().describe('cm_region, to recognise the region in the MetaDB.'),
  location: z
    .preprocess(
      (value) => (typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value),
      z.int().min(0).max(127).optional(),
    )
    .describe(
      'cm_location of the region: with rm_db and a login, a region that is in the MetaDB is initialised.',
    ),
  rm_db: z.string().min(1).optional().describe('drc_rm_db, the database with cluster_info.'),
  ...optionalLoginShape,
});

export const initReturns = z.strictObject({
  initialised: z.boolean().describe('Whether OMS is initialised here.'),
  way: z.enum(['script', 'itself']).describe('Who initialises: docker_init.sh, or the image itself.'),
  known_by: z
    .enum(['flag', 'log', 'metadb', 'script'])
    .nullable()
    .describe(
      'What told so: the flag file, the log, the row in the MetaDB, the script just run; null: nothing.',
    ),
  steps: z.array(z.string()).describe('The steps that were carried out.'),
});

export type InitArgs = z.output<typeof initArgs>;
