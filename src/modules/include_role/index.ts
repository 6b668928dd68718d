import * as z from 'zod';
import { defineModule } from '../define.ts';

const from = (what: string) =>
  z.string().optional().describe(`The file of the role’s ${what}, in the place of main.`);

/** The runner does it: there is no work on a node. */
export const module = defineModule({
  name: 'include_role',
  summary: 'Take in a role, on the nodes and for the items that it is asked for',
  includes: 'role',
  args: z.strictObject({
    name: z.string().describe('The role.'),
    tasks_from: from('tasks'),
    vars_from: from('vars'),
    defaults_from: from('defaults'),
    handlers_from: from('handlers'),
    public: z
      .boolean()
      .default(false)
      .describe('The rest of the play sees its defaults and vars too, on the nodes that took it in.'),
    allow_duplicates: z
      .boolean()
      .default(true)
      .describe('Whether it runs again on a node where it has run already.'),
    rolespec_validate: z.boolean().default(true).describe('Whether its argument_specs are checked.'),
    apply: z
      .looseObject({})
      .optional()
      .describe('Keywords for every task inside: tags, when, become, environment and the like.'),
  }),
  returns: z.strictObject({
    include_role: z.string().describe('The role.'),
  }),
  notes: [
    'A name without a template is read before the run, and so are the role’s mistakes. Its handlers can be notified from the whole play; those of a role that a template names, from then on.',
    'when, tags, loop and run_once beside it count for the include itself; vars are parameters of the role; everything else for its tasks stands below apply. import_role is the static form.',
  ],
  examples: `- include_role:
    name: drain
    tasks_from: ready
  vars:
    pool: oms
  when: serving.rc == 0
`,
  check: () => Promise.resolve({ changes: [], result: { include_role: '' } }),
  apply: () => Promise.reject(new Error('include_role changes nothing')),
});
