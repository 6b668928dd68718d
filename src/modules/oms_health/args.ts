import * as z from 'zod';
import { CONTAINER_NAME } from '../docker/names.ts';
import { optionalLoginShape } from '../mysql/login.ts';

/** The programs that supervisord runs in the container. */
export const PROGRAMS = ['nginx', 'oms_console', 'oms_drc_cm', 'oms_drc_supervisor', 'sshd'];

const port = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value),
  z.int().min(1).max(65535),
);

/** Arguments of oms_health. */
export const healthArgs = z.strictObject({
  container: z
    .string()
    .regex(CONTAINER_NAME, { error: 'not a name of a container' })
    .describe('The container of OMS.'),
  address: z.string().min(1).optional().describe("OMS_HOST_IP; without it the node's address."),
  scheme: z
    .enum(['auto', 'http', 'https'])
    .default('auto')
    .describe('How the console is served; auto finds out. The certificate is not verified here.'),
  port: port.default(8089).describe('Port of the console (nginx_server_port).'),
  timeout: z.number().min(0).default(300).describe('Seconds until it must be healthy; 0: one look.'),
  interval: z.number().min(0).default(2).describe('Seconds between two looks.'),
  vip: z.string().min(1).optional().describe('cm_url: its CM and the console behind it must answer too.'),
  programs: z.array(z.string().min(1)).default(PROGRAMS).describe('Programs that must be RUNNING.'),
  min_uptime: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'Seconds that each program must have been running: one that ends again and again is RUNNING too, for moments.',
    ),
  rm_db: z.string().min(1).optional().describe('drc_rm_db: the region must be in its cluster_info.'),
  location: z
    .preprocess(
      (value) => (typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value),
      z.int().min(0).max(127).optional(),
    )
    .describe('cm_location of the region, for rm_db.'),
  cm_db: z.string().min(1).optional().describe('drc_cm_db: the hosts must be ONLINE in it.'),
  heartbeat_db: z
    .string()
    .min(1)
    .optional()
    .describe('drc_cm_heartbeat_db: the hosts must have fresh heartbeats in it.'),
  max_heartbeat_age: z
    .number()
    .positive()
    .default(30)
    .describe("Seconds that a heartbeat may be old, by the MetaDB's own clock."),
  expect_hosts: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Addresses that must be ONLINE; without it the address alone.'),
  ...optionalLoginShape,
});

export const healthReturns = z.strictObject({
  elapsed: z.number().describe('Seconds that it took.'),
  checks: z
    .record(z.string(), z.string())
    .describe('State of each check: programs, console, vip cm, vip console, metadb.'),
});

export type HealthArgs = z.output<typeof healthArgs>;
export type HealthResult = z.output<typeof healthReturns>;

/** What one look at one thing found. */
export interface Finding {
  readonly well: boolean;
  /** "all RUNNING", "oms_console STARTING", "no connection (refused)" … */
  readonly state: string;
  /** What to look at when it stays so. */
  readonly hint?: string;
}
