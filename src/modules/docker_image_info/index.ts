import * as z from 'zod';
import { script } from '../../transport/command.ts';
import { anyData } from '../data.ts';
import { defineModule } from '../define.ts';
import { IMAGE_REFERENCE } from '../docker/names.ts';
import { inspectListed, inspectObjects } from '../docker/objects.ts';

const image = z
  .string()
  .regex(IMAGE_REFERENCE, { error: 'not an image name; write REPOSITORY:TAG or an image ID' });

const args = z.strictObject({
  name: z
    .union([image, z.array(image)], { error: 'must be the name of an image or a list of them' })
    .optional()
    .describe('Image by REPOSITORY:TAG or ID, or a list of them; without it, all images of the node.'),
});

const returns = z.strictObject({
  images: z
    .array(z.record(z.string(), anyData))
    .describe('The images that are there, each in the words of docker image inspect.'),
});

/** Reads only. */
export const module = defineModule({
  name: 'docker_image_info',
  summary: 'Look at Docker images',
  args,
  returns,
  examples: `- name: Which OMS image is there?
  docker_image_info: { name: "oms:4.2" }
  register: oms

- name: It is there
  assert: { that: size(oms.images) == 1 }
`,
  async check(node, { name }) {
    const names = typeof name === 'string' ? [name] : name;
    // An image with two names is listed twice.
    const all = script('docker images -q --no-trunc | sort -u');
    const images =
      names === undefined
        ? await inspectListed(node, 'image', all)
        : names.length === 0
          ? []
          : await inspectObjects(node, 'image', names);
    return { changes: [], result: { images: [...images] } };
  },
  apply: (_node, _given, found) => Promise.resolve(found.result),
});
