import * as z from 'zod';
import { anyData } from '../data.ts';
import { defineModule } from '../define.ts';

const texts = z.union([z.string(), z.array(z.string())]);

/** The runner does it: there is no work on a node. */
export const module = defineModule({
  name: 'include_vars',
  summary: 'Take in the variables of a file or a folder for the rest of the run',
  freeForm: 'file',
  includes: 'vars',
  args: z.strictObject({
    file: z
      .string()
      .optional()
      .describe('The file: in the role’s vars, beside the file that names it, or beside the playbook.'),
    dir: z.string().optional().describe('A folder, all of its files in the order of their names.'),
    name: z.string().optional().describe('The variables become members of this one.'),
    depth: z.int().min(0).optional().describe('How many levels of folders are read; 0 is all of them.'),
    files_matching: z.string().optional().describe('Only files whose name fits this regular expression.'),
    ignore_files: texts.optional().describe('Files whose name ends with one of these are left out.'),
    extensions: texts.optional().describe('Endings of files that are read; yaml, yml and json unless said.'),
    ignore_unknown_extensions: z
      .boolean()
      .default(false)
      .describe('Files of other endings are left out; otherwise they are an error.'),
    hash_behaviour: z.enum(['replace']).optional().describe('A later map replaces an earlier one.'),
  }),
  returns: z.strictObject({
    ansible_included_var_files: z.array(z.string()).describe('The files that were read.'),
    ansible_facts: z.record(z.string(), anyData).describe('The variables as they are written.'),
  }),
  notes: [
    'The variables are above those of plays, roles, blocks and tasks, and below set_fact and -e. Templates in them are rendered where they are used.',
    'A name without a template is read before the run. Encrypted files are decrypted.',
  ],
  examples: `- include_vars: "{{ansible_facts.os_family}}.yml"

- include_vars:
    dir: tuning
    extensions: [yml]
    name: tuning
`,
  check: () =>
    Promise.resolve({ changes: [], result: { ansible_included_var_files: [], ansible_facts: {} } }),
  apply: () => Promise.reject(new Error('include_vars changes nothing')),
});
