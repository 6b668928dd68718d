import * as z from 'zod';
import { CONTAINER_NAME } from '../docker/names.ts';

const entries = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]).transform(String));
const address = z.string().regex(/^[0-9A-Fa-f.:]+$/, { error: 'not an IP address' });
const range = z.string().regex(/^[0-9A-Fa-f.:]+\/\d{1,3}$/, { error: 'not a range such as 172.28.0.0/16' });

/** Arguments of docker_network. */
export const networkArgs = z.strictObject({
  name: z
    .string()
    .regex(CONTAINER_NAME, { error: 'not a name for a network' })
    .describe('Name of the network.'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent: its containers are disconnected, and it is removed.'),
  driver: z.string().min(1).default('bridge').describe('Driver of the network.'),
  driver_options: entries.optional().describe('Options of the driver that it must have.'),
  ipam_driver: z.string().min(1).optional().describe('Driver that gives out addresses.'),
  ipam_driver_options: entries.optional().describe('Options of that driver that it must have.'),
  ipam_config: z
    .array(
      z.strictObject({
        subnet: range.optional().describe('Range of addresses.'),
        iprange: range.optional().describe('Part of it that containers get theirs from.'),
        gateway: address.optional().describe('Address of the gateway.'),
        aux_addresses: z
          .record(z.string(), address)
          .optional()
          .describe('Addresses that are taken, by name.'),
      }),
    )
    .optional()
    .describe('Ranges of addresses: maps with subnet, iprange, gateway, aux_addresses.'),
  enable_ipv6: z.boolean().optional().describe('Whether it has IPv6.'),
  internal: z.boolean().optional().describe('Whether nothing leaves it.'),
  attachable: z.boolean().optional().describe('Whether plain containers may join a network of a swarm.'),
  scope: z.enum(['local', 'global', 'swarm']).optional().describe('Where it is known.'),
  labels: entries.optional().describe('Labels that it must have.'),
  connected: z
    .array(z.string().regex(CONTAINER_NAME, { error: 'not a name or ID of a container' }))
    .optional()
    .describe('Containers that are in it, by name or ID. Without it, they are left as they are.'),
  appends: z.boolean().default(false).describe('Whether containers that connected does not name stay in it.'),
  force: z.boolean().default(false).describe('Remove it and make it anew even when nothing differs.'),
});

export type NetworkArgs = z.output<typeof networkArgs>;
