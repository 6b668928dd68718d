import * as z from 'zod';
import { defineModule, ModuleError } from '../define.ts';

const words = z.union([z.string(), z.array(z.string())]);

/** Groups that come of what a node is. */
export const module = defineModule({
  name: 'group_by',
  summary: 'Put each node into a group, by its facts or variables',
  args: z.strictObject({
    key: z.string().describe('The group; spaces become hyphens.'),
    parents: words.optional().describe('Groups that the nodes of this one are in too.'),
  }),
  returns: z.strictObject({
    node: z.string().describe('The node.'),
    add_group: z.string().describe('The group.'),
    parent_groups: z.array(z.string()).describe('The groups above it.'),
  }),
  notes: [
    'hosts of later plays finds the groups, and the nodes have their variables (group_vars/GROUP.yml) from then on.',
    'It is changed when it adds anything, in check mode too; no node is touched.',
  ],
  examples: `- group_by:
    key: os_{{ansible_distribution}}
`,
  check(node, { key, parents = [] }) {
    const add_group = key.trim().replaceAll(' ', '-');
    if (!/^\w[\w.-]*$/.test(add_group))
      return Promise.reject(new ModuleError({ message: `"${key}" cannot be the name of a group` }));
    const parent_groups = [parents]
      .flat()
      .flatMap((text) => text.split(',').map((name) => name.trim().replaceAll(' ', '-')));
    return Promise.resolve({ changes: [], result: { node: node.name, add_group, parent_groups } });
  },
  addition: ({ node, add_group, parent_groups }) => ({
    node,
    groups: [add_group, ...parent_groups.filter((name) => name !== '' && name !== 'all')],
    vars: {},
  }),
  apply: () => Promise.reject(new Error('group_by changes nothing')),
});
