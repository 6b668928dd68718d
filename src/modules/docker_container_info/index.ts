import * as z from 'zod';
import { anyData } from '../data.ts';
import { defineModule } from '../define.ts';
import { CONTAINER_NAME } from '../docker/names.ts';
import { exactly, inspectObjects } from '../docker/objects.ts';

const args = z.strictObject({
  name: z
    .string()
    .regex(CONTAINER_NAME, { error: 'not a name or ID of a container' })
    .describe('Name of the container, or its ID of at least twelve digits.'),
});

const returns = z.strictObject({
  exists: z.boolean().describe('Whether there is such a container.'),
  container: z
    .record(z.string(), anyData)
    .nullable()
    .describe('The container, in the words of docker inspect; null: there is none.'),
});

/** Reads only. */
export const module = defineModule({
  name: 'docker_container_info',
  summary: 'Look at a Docker container',
  args,
  returns,
  notes: ['The values of its environment are part of the result: print it with care.'],
  examples: `- name: Which image does OMS run?
  docker_container_info: { name: oms }
  register: oms

- name: Say it
  debug: { msg: "{{oms.container.Config.Image}}" }
  when: oms.exists
`,
  async check(node, { name }) {
    const container = exactly(await inspectObjects(node, 'container', [name]), name);
    return { changes: [], result: { exists: container !== undefined, container: container ?? null } };
  },
  apply: (_node, _given, found) => Promise.resolve(found.result),
});
