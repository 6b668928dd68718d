import * as z from 'zod';
import { distributionArgs } from '../distribution/args.ts';
import { IMAGE_REFERENCE } from '../docker/names.ts';

const reference = z.string().regex(IMAGE_REFERENCE, {
  error: 'not an image name; write REPOSITORY:TAG or an image ID',
});

/** Arguments of docker_image. */
export const imageArgs = z
  .strictObject({
    name: reference
      .optional()
      .describe('REPOSITORY:TAG, or an image ID. With load_path it may be left out: the package says it.'),
    source: z
      .enum(['load', 'pull', 'local'])
      .optional()
      .describe(
        'Where the image comes from: load a package (the default with load_path), pull from a registry, or local: it must be there already.',
      ),
    load_path: z
      .string()
      .min(1)
      .optional()
      .describe('Package on the controller, made by docker save: .tar or .tar.gz; searched in files/.'),
    image_id: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, { error: 'an image ID is sha256: and 64 digits' })
      .optional()
      .describe('The ID that the image must have; another one is refused.'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('Whether the image should be on the node.'),
    force_source: z
      .boolean()
      .default(false)
      .describe('Load or pull again even when the image is there; the task then always counts as changed.'),
    force_absent: z
      .boolean()
      .default(false)
      .describe('With state absent: remove it even where it has other names.'),
    dest_dir: z
      .string()
      .startsWith('/', { error: 'give an absolute path' })
      .default('/var/tmp/oms-play')
      .describe('Folder on the node for the package while it is loaded; made when missing.'),
    keep_package: z.boolean().default(false).describe('Leave the package in dest_dir after loading.'),
    ...distributionArgs,
  })
  .superRefine((args, context) => {
    const wrong = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (args.state === 'absent' || sourceOf(args) !== 'load') {
      if (args.name === undefined) wrong('name', 'missing key');
    } else if (args.load_path === undefined) wrong('load_path', 'source "load" needs it');
    if (args.load_path !== undefined && sourceOf(args) !== 'load') {
      wrong('load_path', `is for source "load", not "${sourceOf(args)}"`);
    }
  });

export type ImageArgs = z.output<typeof imageArgs>;

/** The source that counts, when none is said too. */
export function sourceOf(args: {
  readonly source?: 'load' | 'pull' | 'local' | undefined;
  readonly load_path?: string | undefined;
}): 'load' | 'pull' | 'local' {
  return args.source ?? (args.load_path === undefined ? 'local' : 'load');
}
