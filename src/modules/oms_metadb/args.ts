import * as z from 'zod';
import { loginShape } from '../mysql/login.ts';

const regionShape = z.strictObject({
  region: z.string().min(1),
  location: z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value),
    z.int().min(0).max(127),
  ),
  nodes: z.array(z.string().min(1)),
});

/** Arguments of oms_metadb. */
export const metadbArgs = z.strictObject({
  rm_db: z.string().min(1).describe('drc_rm_db.'),
  cm_db: z.string().min(1).describe('drc_cm_db.'),
  heartbeat_dbs: z.array(z.string().min(1)).default([]).describe('drc_cm_heartbeat_db of every region.'),
  regions: z
    .array(regionShape)
    .min(1)
    .describe('The regions of this cluster: cm_region, cm_location and the addresses of their nodes.'),
  reuse: z.boolean().default(false).describe('true: a MetaDB that another cluster uses is not refused.'),
  ...loginShape,
});

export const metadbReturns = z.strictObject({
  databases: z.array(z.string()).describe('Those of the databases that are there.'),
  version: z.string().nullable().describe('OMS version that the MetaDB is of; null: none.'),
  regions: z
    .array(
      z.strictObject({
        region: z.string(),
        location: z.int(),
        cm_url: z.string().nullable(),
        default: z.boolean(),
      }),
    )
    .describe('Rows of cluster_info.'),
  hosts: z
    .array(z.strictObject({ ip: z.string(), status: z.string(), location: z.string().nullable() }))
    .describe('Rows of host, with the code of their region.'),
  foreign: z.array(z.string()).describe('Why it looks like another cluster’s; empty: it is new or ours.'),
});

export type MetadbArgs = z.output<typeof metadbArgs>;
export type MetadbResult = z.output<typeof metadbReturns>;
