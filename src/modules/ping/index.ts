import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import { mustQuery } from '../attributes.ts';
import { defineModule } from '../define.ts';

/** Whether the node answers. */
export const module = defineModule({
  name: 'ping',
  summary: 'See whether the node answers',
  args: z.strictObject({
    data: z.string().default('pong').describe('What the node has to say.'),
  }),
  returns: z.strictObject({ ping: z.string().describe('What the node said.') }),
  examples: `- ping:
`,
  async check(node, { data }) {
    const ping = await mustQuery(node, sh`printf %s ${data}`, `${node.name} does not answer as it should`);
    return { changes: [], result: { ping } };
  },
  apply: () => Promise.reject(new Error('ping changes nothing')),
});
