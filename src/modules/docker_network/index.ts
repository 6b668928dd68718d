import * as z from 'zod';
import type { DataMap } from '../../model/data.ts';
import type { Change, ValueRow } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { rowsInWords } from '../attributes.ts';
import { anyData } from '../data.ts';
import type { Check } from '../define.ts';
import { defineModule } from '../define.ts';
import { docker } from '../docker/act.ts';
import { flagsOf } from '../docker/entries.ts';
import { exactly, inspectObjects } from '../docker/objects.ts';
import type { NetworkArgs } from './args.ts';
import { networkArgs } from './args.ts';
import { differences } from './compare.ts';
import type { Members } from './members.ts';
import { membersOf } from './members.ts';

const returns = z.strictObject({
  network: z
    .record(z.string(), anyData)
    .nullable()
    .describe('The network, in the words of docker network inspect; null: there is none.'),
});

type Result = z.output<typeof returns>;

interface State {
  readonly remove: boolean;
  readonly create: boolean;
  /** Disconnected before anything else. */
  readonly leave: readonly string[];
  /** Connected after everything else. */
  readonly join: readonly string[];
}

/** Makes, replaces and removes networks, and connects containers. */
export const module = defineModule<typeof networkArgs, typeof returns, State>({
  name: 'docker_network',
  summary: 'Create or remove a Docker network, and connect containers to it',
  args: networkArgs,
  returns,
  notes: [
    'Arguments of Ansible’s about the way to the engine (docker_host, tls …) do not exist: it is the one of the node. Nor do ingress, config_only and config_from of a swarm.',
    'Docker cannot change a network: one that differs is removed and made anew; its containers are disconnected meanwhile and connected again, by name only.',
    'In Ansible a network without `connected` loses all its containers; here they are left alone.',
  ],
  examples: `- name: Network of the metrics
  docker_network:
    name: oms-metrics
    ipam_config: [{ subnet: 172.28.0.0/16, gateway: 172.28.0.1 }]
    connected: [influxdb]
    appends: true
`,
  async check(node, args) {
    const there = await inspect(node, args.name);
    const members = await membersOf(node, args, there);
    const result: Result = { network: there ?? null };
    if (args.state === 'absent') {
      if (there === undefined) return { changes: [], result };
      const state = { remove: true, create: false, leave: idsOf(members.now), join: [] };
      return { changes: [{ subject: args.name, summary: 'network → absent' }], result, state };
    }
    const found = planned(args, there, members);
    const warnings = members.missing.map((name) => `there is no container ${name} on ${node.name} yet`);
    return { ...found, result, ...(warnings.length === 0 ? {} : { warnings }) };
  },
  async apply(node, args, { state }) {
    if (state === undefined) throw new Error('docker_network: apply without what check found');
    await act(node, args, state);
    return { network: (await inspect(node, args.name)) ?? null };
  },
});

async function inspect(node: NodeReader, name: string): Promise<DataMap | undefined> {
  return exactly(await inspectObjects(node, 'network', [name]), name);
}

function planned(
  args: NetworkArgs,
  there: DataMap | undefined,
  members: Members,
): Pick<Check<Result, State>, 'changes' | 'state'> {
  const { name } = args;
  const rows = there === undefined ? [] : differences(args, there);
  const create = there === undefined || rows.length > 0 || args.force;
  const staying = members.now.filter((one) => !members.leave.includes(one));
  const changes: Change[] = [
    ...(create ? [networkChange(args, there, rows)] : []),
    ...members.leave.map((one) => ({ subject: name, summary: `container ${one.name}: connected → absent` })),
    ...members.join.map((one) => ({ subject: name, summary: `container ${one}: absent → connected` })),
  ];
  const remove = create && there !== undefined;
  const state = {
    ...{ remove, create },
    leave: idsOf(remove ? members.now : members.leave),
    join: [...(remove ? idsOf(staying) : []), ...members.join],
  };
  return { changes, state };
}

function networkChange(
  { name, driver }: NetworkArgs,
  there: DataMap | undefined,
  rows: readonly ValueRow[],
): Change {
  if (there === undefined) return { subject: name, summary: `absent → network ${driver}` };
  if (rows.length === 0) return { subject: name, summary: 'recreated' };
  return { subject: name, summary: `recreated: ${rowsInWords(rows)}`, diff: { kind: 'values', rows } };
}

function idsOf(members: readonly { readonly id: string }[]): readonly string[] {
  return members.map(({ id }) => id);
}

async function act(node: NodeWriter, args: NetworkArgs, state: State): Promise<void> {
  const { name } = args;
  for (const id of state.leave) {
    await docker(
      node,
      sh`docker network disconnect -f ${name} ${id}`,
      `container ${id} cannot leave network ${name}`,
    );
  }
  if (state.remove) await docker(node, sh`docker network rm ${name}`, `network ${name} cannot be removed`);
  if (state.create) {
    await docker(
      node,
      sh`docker network create ${createWords(args)} ${name}`,
      `network ${name} cannot be created`,
    );
  }
  for (const id of state.join) {
    await docker(
      node,
      sh`docker network connect ${name} ${id}`,
      `container ${id} cannot join network ${name}`,
    );
  }
}

function createWords(args: NetworkArgs): readonly string[] {
  const option = (flag: string, value: string | undefined): string[] =>
    value === undefined ? [] : [flag, value];
  const flag = (word: string, wanted: boolean | undefined): string[] => (wanted === true ? [word] : []);
  return [
    ...['--driver', args.driver],
    ...flagsOf('--opt', args.driver_options),
    ...option('--ipam-driver', args.ipam_driver),
    ...flagsOf('--ipam-opt', args.ipam_driver_options),
    ...(args.ipam_config ?? []).flatMap((one) => [
      ...option('--subnet', one.subnet),
      ...option('--ip-range', one.iprange),
      ...option('--gateway', one.gateway),
      ...flagsOf('--aux-address', one.aux_addresses),
    ]),
    ...flag('--ipv6', args.enable_ipv6),
    ...flag('--internal', args.internal),
    ...flag('--attachable', args.attachable),
    ...option('--scope', args.scope),
    ...flagsOf('--label', args.labels),
  ];
}
