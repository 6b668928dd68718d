import * as z from 'zod';
import { defineModule, ModuleError } from '../define.ts';

/** An error of the user's own. */
export const module = defineModule({
  name: 'fail',
  summary: 'Fail with a message',
  args: z.strictObject({
    msg: z.string().default('Failed as requested from task').describe('What is to be said.'),
  }),
  returns: z.strictObject({ msg: z.string().describe('The message.') }),
  examples: `- fail: { msg: "{{oms_mount_path}} holds the data of another cluster" }
  when: marker.stat.exists
`,
  check: (_node, { msg }) => Promise.reject(new ModuleError({ message: msg }, { msg })),
  apply: () => Promise.reject(new Error('fail changes nothing')),
});
