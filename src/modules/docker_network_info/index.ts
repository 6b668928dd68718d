import * as z from 'zod';
import { anyData } from '../data.ts';
import { defineModule } from '../define.ts';
import { CONTAINER_NAME } from '../docker/names.ts';
import { exactly, inspectObjects } from '../docker/objects.ts';

const args = z.strictObject({
  name: z
    .string()
    .regex(CONTAINER_NAME, { error: 'not a name or ID of a network' })
    .describe('Name of the network, or its ID of at least twelve digits.'),
});

const returns = z.strictObject({
  exists: z.boolean().describe('Whether there is such a network.'),
  network: z
    .record(z.string(), anyData)
    .nullable()
    .describe('The network, in the words of docker network inspect; null: there is none.'),
});

/** Reads only. */
export const module = defineModule({
  name: 'docker_network_info',
  summary: 'Look at a Docker network',
  args,
  returns,
  examples: `- name: Who is in the network?
  docker_network_info: { name: oms }
  register: oms
`,
  async check(node, { name }) {
    const network = exactly(await inspectObjects(node, 'network', [name]), name);
    return { changes: [], result: { exists: network !== undefined, network: network ?? null } };
  },
  apply: (_node, _given, found) => Promise.resolve(found.result),
});
