import { varsSchema } from './actions.ts';
import {
  DRAFT,
  either,
  mapOf,
  nothing,
  oneOrMore,
  record,
  text,
  whole,
  type JsonSchema,
} from './json-schema.ts';

const vars = (of: string): JsonSchema => ({
  description: `Variables of ${of}. How nodes are reached is said by ansible_host, ansible_user, ansible_port, ansible_password, ansible_ssh_private_key_file, ansible_become …, jump_host.`,
  ...either(varsSchema, nothing),
});

const node = either(
  nothing,
  record({
    address: {
      ...text,
      description:
        'Name or address to connect to; for a range of nodes a range of the same length: 10.0.1.[11:12].',
    },
    vars: vars('the node'),
  }),
);

const region = either(
  nothing,
  record({
    parallel: { ...whole(1), description: 'How many nodes of the region are worked on at once.' },
    vars: vars('the nodes of the region'),
    nodes: {
      description: 'Nodes by name; hz-[1:3] stands for hz-1, hz-2 and hz-3.',
      ...either(mapOf(node), nothing),
    },
  }),
);

const group = either(
  nothing,
  oneOrMore(text),
  record({
    nodes: { ...oneOrMore(text), description: 'Nodes, regions, groups, patterns.' },
    vars: vars('the group'),
  }),
);

const own = record({
  vars: vars('all nodes'),
  regions: {
    description: 'The regions, each the outer unit of parallelism.',
    ...either(mapOf(region), nothing),
  },
  groups: { description: 'Groups across regions, for patterns.', ...either(mapOf(group), nothing) },
  limits: {
    description: 'Named limits: how many at once over all regions, for tasks with "limit: name".',
    ...mapOf(whole(1)),
  },
});

const ansibleGroup: JsonSchema = either(
  nothing,
  record({
    hosts: {
      description: 'Hosts with their variables.',
      ...either(mapOf(either(varsSchema, nothing)), nothing),
    },
    children: {
      description: 'Groups in the group.',
      ...either(mapOf({ $ref: '#/definitions/group' }), nothing),
    },
    vars: vars('the group'),
  }),
);

/** An inventory: our own form, and Ansible's groups. */
export const inventorySchema: JsonSchema = {
  $schema: DRAFT,
  title: 'oms-play inventory',
  description: 'Regions and nodes, or groups in Ansible’s form. Made by "oms-play schema inventory".',
  if: { type: 'object', required: ['all'] },
  then: mapOf({ $ref: '#/definitions/group' }),
  else: own,
  definitions: { group: ansibleGroup },
};
