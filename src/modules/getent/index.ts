import * as z from 'zod';
import type { Data } from '../../model/data.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { anyData } from '../data.ts';
import { defineModule, ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import { queryTool } from '../steps.ts';

const COLONS = ['passwd', 'shadow', 'group', 'gshadow'];
const DATABASES = [
  ...[...COLONS, 'ahosts', 'ahostsv4', 'ahostsv6', 'aliases', 'ethers', 'hosts', 'initgroups'],
  ...['netgroup', 'networks', 'protocols', 'rpc', 'services'],
];
/** Of busybox systems these files are all that there is. */
const FILES = [...COLONS, 'aliases', 'ethers', 'hosts', 'networks', 'protocols', 'rpc', 'services'];

const args = z.strictObject({
  database: z
    .string()
    .regex(/^[a-z]\w*$/, { error: 'not a name of a database' })
    .describe('The database, as in passwd, group, hosts or services.'),
  key: z
    .string()
    .regex(/^[^-]|^$/, { error: 'begins with -' })
    .default('')
    .describe('What is looked up; without it, all of the database.'),
  fail_key: z.boolean().default(true).describe('Whether the task fails when there is no such key.'),
  split: z
    .string()
    .min(1)
    .optional()
    .describe('What parts the values of a line. Without it ":" for passwd, shadow and group, else blanks.'),
  service: z
    .string()
    .min(1)
    .optional()
    .describe('Ask this source only (files, ldap …), where the node’s getent can.'),
});

type Args = z.output<typeof args>;

/** Entries of the system's databases. */
export const module = defineModule({
  name: 'getent',
  summary: 'Look up users, groups, hosts and the like as the node knows them',
  args,
  returns: z.strictObject({
    ansible_facts: z
      .record(z.string(), anyData)
      .describe(
        'getent_DATABASE: a map from each key to the list of its values, null for one that is not there.',
      ),
  }),
  gathersFacts: {
    names: ['ansible_facts', ...DATABASES.map((name) => `getent_${name}`)],
    subsetOf: () => undefined,
  },
  notes: [
    'A key that is there several times has a list of lists. Where the node has no getent, the files of /etc are read.',
    'shadow and gshadow hold the hashes of passwords: set no_log: true with them.',
  ],
  examples: `- getent: { database: passwd, key: oms }

- debug: { msg: "{{getent_passwd.oms}}" }
`,
  async check(node, given) {
    const lines = await linesOf(node, given);
    const entries = lines === undefined ? { [given.key]: null } : entriesOf(lines, given);
    return { changes: [], result: { ansible_facts: { [`getent_${given.database}`]: entries } } };
  },
  apply: () => Promise.reject(new Error('getent changes nothing')),
});

/** undefined: there is no such key, and that is no failure. */
async function linesOf(node: NodeReader, given: Args): Promise<readonly string[] | undefined> {
  const { database, key, service, fail_key } = given;
  const words = [...(service === undefined ? [] : ['-s', service]), database, ...(key === '' ? [] : [key])];
  const command = sh`getent ${words}`;
  const done = await queryTool(node, command);
  if (done.exitCode === 0) return done.stdout.toString('utf8').split('\n').filter(Boolean);
  const found = done.exitCode === 127 ? await fromFile(node, given) : undefined;
  if (found !== undefined && (key === '' || found.length > 0)) return found;
  const missing = done.exitCode === 2 || found !== undefined;
  if (missing && !fail_key) return undefined;
  if (missing) throw commandError(`there is no "${key}" in ${database} on ${node.name}`, command, done);
  const reasons: Readonly<Record<number, string>> = {
    1: `${node.name} knows no database "${database}"`,
    3: `the database ${database} cannot be listed on ${node.name}: give a key`,
  };
  throw commandError(reasons[done.exitCode] ?? 'getent failed', command, done);
}

async function fromFile(
  node: NodeReader,
  { database, key, service }: Args,
): Promise<readonly string[] | undefined> {
  if (!FILES.includes(database) || (service !== undefined && service !== 'files')) {
    throw new ModuleError({ message: `${node.name} has no getent, and ${database} is no file of its /etc` });
  }
  const text = (await node.readFile(`/etc/${database}`))?.toString('utf8') ?? '';
  const lines = text
    .split('\n')
    .map((line) => (COLONS.includes(database) ? line : line.replace(/#.*/, '').trim()))
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (key === '') return lines;
  const parts = COLONS.includes(database) ? /:/ : /[\s/]+/;
  return lines.filter((line) => {
    const words = line.split(parts);
    // A number is looked up among the numbers; a name may stand behind others (hosts).
    return COLONS.includes(database) ? words[0] === key || words[2] === key : words.includes(key);
  });
}

function entriesOf(lines: readonly string[], { database, split }: Args): Record<string, Data> {
  const separator = split ?? (COLONS.includes(database) ? ':' : /\s+/);
  const found = new Map<string, string[][]>();
  for (const line of lines) {
    const [name = '', ...values] = line.split(separator);
    found.set(name, [...(found.get(name) ?? []), values]);
  }
  return Object.fromEntries(
    [...found].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? []) : values]),
  );
}
