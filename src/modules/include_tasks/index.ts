import * as z from 'zod';
import { defineModule } from '../define.ts';

/** The runner does it: there is no work on a node. */
export const module = defineModule({
  name: 'include_tasks',
  summary: 'Take in the tasks of a file, on the nodes and for the items that it is asked for',
  freeForm: 'file',
  includes: 'tasks',
  args: z.strictObject({
    file: z
      .string()
      .describe(
        'The file of tasks: beside the file that names it, in the role’s tasks, or beside the playbook.',
      ),
    apply: z
      .looseObject({})
      .optional()
      .describe('Keywords for every task inside: tags, when, become, environment and the like.'),
  }),
  returns: z.strictObject({
    include: z.string().describe('The file.'),
  }),
  notes: [
    'A name without a template is read before the run: all mistakes in the file are told before anything is connected. A name with a template is read when the run comes to it.',
    'when, tags, loop and run_once beside it count for the include itself; vars are seen by the tasks inside; everything else for them stands below apply. import_tasks is the static form: there all keywords reach into every task.',
    'Nodes with the same file and the same item go through it together, one item after the other.',
  ],
  examples: `- include_tasks: install-{{ansible_facts.os_family}}.yml

- include_tasks:
    file: drain.yml
    apply:
      become: true
      tags: [drain]
  tags: [drain]
  loop: "{{pools}}"
  loop_control:
    loop_var: pool
`,
  check: () => Promise.resolve({ changes: [], result: { include: '' } }),
  apply: () => Promise.reject(new Error('include_tasks changes nothing')),
});
