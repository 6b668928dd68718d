import * as z from 'zod';
import type { DataMap } from '../../model/data.ts';
import { anyData } from '../data.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { rowsInWords } from '../attributes.ts';
import { Lines } from '../answer-lines.ts';
import { defineModule, ModuleError } from '../define.ts';
import { labelled, queryTool, runSteps } from '../steps.ts';

const HOSTNAME = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

const args = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(HOSTNAME, { error: 'not a host name: letters, digits and -, parts joined by dots' })
    .describe('The name.'),
  use: z
    .enum(['auto', 'systemd', 'file', 'debian', 'redhat', 'sles', 'alpine', 'openrc', 'generic'])
    .default('auto')
    .describe(
      'systemd: hostnamectl keeps it. All others: /etc/hostname does. auto: hostnamectl where systemd runs.',
    ),
});

const returns = z.strictObject({
  name: z.string().describe('The name.'),
  ansible_facts: z
    .record(z.string(), anyData)
    .describe(
      'ansible_hostname and ansible_nodename by the new name; of one with dots ansible_fqdn and ansible_domain.',
    ),
});

interface Now {
  readonly live: string;
  readonly kept: string;
  readonly systemd: boolean;
}

/** The node's name for itself. */
export const module = defineModule({
  name: 'hostname',
  summary: 'The host name of the node, now and after a restart',
  args,
  returns,
  gathersFacts: {
    names: ['ansible_facts', 'ansible_hostname', 'ansible_nodename', 'ansible_fqdn', 'ansible_domain'],
    subsetOf: () => undefined,
  },
  notes: ['It does not touch /etc/hosts: use lineinfile for that.'],
  examples: `- hostname: { name: "{{inventory_hostname}}" }
`,
  async check(node, { name, use }) {
    const now = await look(node, use);
    const rows = [
      ...(now.live === name ? [] : [{ name: 'hostname', before: now.live, after: name }]),
      ...(now.kept === name
        ? []
        : [{ name: 'kept', before: now.kept === '' ? 'none' : now.kept, after: name }]),
    ];
    const diff = { kind: 'values', rows } as const;
    const subject = now.systemd ? 'hostnamectl' : '/etc/hostname';
    const changes = rows.length === 0 ? [] : [{ subject, summary: rowsInWords(rows), diff }];
    return { changes, result: resultOf(name), state: now };
  },
  async apply(node, { name }, { state }: { readonly state?: Now }) {
    if (state === undefined) throw new Error('hostname: apply without what check found');
    const failure = `could not set the host name of ${node.name}`;
    if (state.systemd) {
      await runSteps(node, [{ command: sh`hostnamectl set-hostname ${name}`, failure }]);
      return resultOf(name);
    }
    // First what may be refused: a container may not set its name.
    if (state.live !== name) await runSteps(node, [{ command: sh`hostname ${name}`, failure }]);
    if (state.kept !== name) await node.writeFile('/etc/hostname', `${name}\n`);
    return resultOf(name);
  },
});

async function look(node: NodeReader, use: string): Promise<Now> {
  const script = sh`echo "live $(cat /proc/sys/kernel/hostname)"
[ -d /run/systemd/system ] && command -v hostnamectl >/dev/null && echo systemd
[ -r /etc/hostname ] && echo "kept $(grep -v '^#' /etc/hostname | grep -m 1 .)"
true`;
  const done = await queryTool(node, labelled(script, '(host name)'));
  const lines = new Lines(done.stdout.toString('utf8'));
  const hasSystemd = lines.has('systemd');
  if (use === 'systemd' && !hasSystemd) {
    throw new ModuleError({
      message: `systemd does not run on ${node.name}, so hostnamectl cannot be used`,
      hint: 'Leave use away.',
    });
  }
  return {
    live: (lines.one('live') ?? '').trim(),
    kept: (lines.one('kept') ?? '').trim(),
    systemd: hasSystemd && (use === 'auto' || use === 'systemd'),
  };
}

function resultOf(name: string): { name: string; ansible_facts: DataMap & Record<string, string> } {
  const [hostname = name, ...domain] = name.split('.');
  return {
    name,
    ansible_facts: {
      ansible_hostname: hostname,
      ansible_nodename: name,
      // Of a short name only the name service of the node knows the rest.
      ...(domain.length === 0 ? {} : { ansible_fqdn: name, ansible_domain: domain.join('.') }),
    },
  };
}
