import * as z from 'zod';
import type { Data } from '../../model/data.ts';
import { anyData } from '../data.ts';
import { defineModule, ModuleError } from '../define.ts';

const words = z.union([z.string(), z.array(z.string())]);

/** A node that the inventory lacks; later plays find it. */
export const module = defineModule({
  name: 'add_host',
  summary: 'Add a node to the inventory of this run, or a node to groups',
  onlyOnce: true,
  namesVariables: true,
  args: z
    .looseObject({
      name: z.string().optional().describe('The node; also called hostname or host.'),
      hostname: z.string().optional().describe('Another word for name.'),
      host: z.string().optional().describe('Another word for name.'),
      groups: words.optional().describe('Groups that it is in: a list, or words joined by commas.'),
      group: words.optional().describe('Another word for groups.'),
      region: z
        .string()
        .optional()
        .describe('Region of a new node; a new one is made. Default: that of the node that the task is for.'),
    })
    .describe('Every other key is a variable of the node, ansible_host for its address.'),
  returns: z.strictObject({
    add_host: z
      .strictObject({
        host_name: z.string().describe('The node.'),
        region: z.string().describe('Its region.'),
        groups: z.array(z.string()).describe('Groups that were named.'),
        host_vars: z.record(z.string(), anyData).describe('Its variables.'),
      })
      .describe('What was added.'),
  }),
  notes: [
    'It runs once, for the first node that comes; with loop it adds several. It is changed when it adds anything, in check mode too; no node is touched.',
    'The node can be delegated to at once; hosts of later plays finds it, with the variables of its groups.',
  ],
  examples: `- add_host:
    name: hz-9
    groups: [fresh]
    ansible_host: 10.0.1.19

- add_host: { name: "{{item}}", groups: spare, region: cn-hangzhou }
  loop: [hz-7, hz-8]
`,
  check(node, { name, hostname, host, groups, group, region, ...vars }) {
    const named = name ?? hostname ?? host ?? '';
    const [, host_name = named, port] = /^([^:]+):(\d{1,5})$/.exec(named) ?? [];
    if (!/^\w[\w.:-]*$/.test(host_name)) {
      const message =
        named === '' ? 'add_host needs the name of a node' : `"${named}" cannot be the name of a node`;
      return Promise.reject(new ModuleError({ message }));
    }
    const given = vars as Record<string, Data>;
    const host_vars = port === undefined ? given : { ansible_port: Number(port), ...given };
    const all = [groups ?? [], group ?? []].flat().flatMap((text) => text.split(','));
    const named_groups = all.map((text) => text.trim()).filter((text) => text !== '');
    const added = { host_name, region: region ?? node.region, groups: named_groups, host_vars };
    return Promise.resolve({ changes: [], result: { add_host: added } });
  },
  addition({ add_host: { host_name, region, groups, host_vars } }) {
    const address = host_vars['ansible_host'];
    return {
      ...{ node: host_name, region, groups, vars: host_vars },
      ...(typeof address === 'string' ? { address } : {}),
    };
  },
  apply: () => Promise.reject(new Error('add_host changes nothing')),
});
