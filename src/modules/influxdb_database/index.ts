import * as z from 'zod';
import { defineModule } from '../define.ts';
import { influxShape } from '../influxdb/login.ts';
import { influxName, influxQuery } from '../influxdb/query.ts';

const args = z.strictObject({
  database_name: z
    .string()
    .regex(/^[^\0/\\]{1,255}$/, { error: 'is no name of a database' })
    .describe('Name of the database.'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent drops the database with all its data.'),
  ...influxShape,
});

const returns = z.strictObject({
  database_name: z.string().describe('The database.'),
  executed_commands: z.array(z.string()).describe('The statements that were run.'),
});

/** Compares with SHOW DATABASES. */
export const module = defineModule<typeof args, typeof returns, string>({
  name: 'influxdb_database',
  summary: 'Create or drop a database of InfluxDB 1.x',
  args,
  returns,
  beyondNode: true,
  notes: [
    'The node of the task talks to InfluxDB; delegate_to lets another one do it.',
    'Of Ansible’s arguments there are not: retries, proxies, use_udp, udp_port.',
  ],
  examples: `- name: Database for the metrics of OMS
  influxdb_database:
    database_name: oms
    hostname: 10.0.0.6
    username: admin
    password: "{{influxdb_admin_password}}"
  run_once: true
`,
  async check(node, given) {
    const { database_name: name, state } = given;
    const rows = await influxQuery(node, given, 'SHOW DATABASES');
    const isThere = rows.some((row) => row['name'] === name);
    const result = { database_name: name, executed_commands: [] };
    if (isThere === (state === 'present')) return { changes: [], result };
    const summary = isThere ? 'database → absent' : 'absent → database';
    const sql = `${isThere ? 'DROP' : 'CREATE'} DATABASE ${influxName(name)}`;
    return { changes: [{ subject: name, summary }], result, state: sql };
  },
  async apply(node, given, { state, result }) {
    if (state === undefined) throw new Error('influxdb_database: apply without what check found');
    await influxQuery(node, given, state);
    return { ...result, executed_commands: [state] };
  },
});
