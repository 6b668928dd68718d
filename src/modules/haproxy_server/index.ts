import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { defineModule, ModuleError } from '../define.ts';
import type { ServerArgs } from './args.ts';
import { serverArgs } from './args.ts';
import type { ServerPlan } from './plan.ts';
import { endsSessions, isUp, mustComeUp, planServer } from './plan.ts';
import type { Server } from './servers.ts';
import { readServers } from './servers.ts';
import { tell } from './socket.ts';

const returns = z.strictObject({
  servers: z
    .array(
      z.strictObject({
        backend: z.string(),
        server: z.string(),
        state: z.enum(['ready', 'drain', 'maint']),
        status: z.string(),
        weight: z.int(),
        sessions: z.int(),
      }),
    )
    .describe(
      'The server in each of its backends: state, status (UP, DOWN, MAINT, DRAIN …), weight, sessions.',
    ),
});

type Result = z.output<typeof returns>;

/** Takes a server behind a virtual IP out and in, by the socket of haproxy. */
export const module = defineModule<typeof serverArgs, typeof returns, readonly ServerPlan[]>({
  name: 'haproxy_server',
  summary: 'Drain a server behind haproxy, take it out, or put it back, and wait for it',
  args: serverArgs,
  returns,
  beyondNode: true,
  notes: [
    'The task runs on the node of haproxy (delegate_to), or on any that reaches its socket by ADDRESS:PORT. A socket that is a path needs socat, ncat, nc with -U, perl or python3 there.',
    'In Ansible it is called haproxy. Of its arguments there are not: agent, health, and fail_on_not_found: a server that is not there is always an error, so that no restart goes on behind a misspelt name.',
    'What it is told lasts until haproxy is restarted, or longer with a server state file.',
  ],
  examples: `- name: Out, when the last session has ended
  haproxy_server:
    host: hz-1
    state: maint
    drain: true
    wait_interval: 2
    socket: /run/haproxy/admin.sock
  delegate_to: vip-1

- name: In again, when it is up
  haproxy_server: { host: hz-1, state: ready, wait: true, socket: /run/haproxy/admin.sock }
  delegate_to: vip-1
`,
  async check(node, args) {
    const servers = await readServers(node, args);
    const plans = servers.map((server) => planServer(args, server));
    return { changes: plans.flatMap(({ changes }) => changes), result: resultOf(servers), state: plans };
  },
  async apply(node, args, { state }) {
    const plans = (state ?? []).filter(({ changes }) => changes.length > 0);
    await changeStates(node, args, plans);
    for (const { name, weight } of plans) {
      if (weight) await tell(node, args.socket, `set server ${name} weight ${args.weight ?? ''}`);
    }
    if (mustComeUp(args)) await waitUntilUp(node, args);
    const after = await readServers(node, args);
    requireState(node, args, after);
    return resultOf(after);
  },
});

async function changeStates(node: NodeWriter, args: ServerArgs, plans: readonly ServerPlan[]): Promise<void> {
  const toMaint = args.state === 'maint';
  const set = async (state: string): Promise<void> => {
    for (const plan of plans) {
      if (plan.state) await tell(node, args.socket, `set server ${plan.name} state ${state}`);
    }
  };
  if (args.state !== undefined) await set(toMaint && args.drain ? 'drain' : args.state);
  if (!endsSessions(args)) return;
  if (args.drain) await waitUntilDrained(node, args);
  if (args.shutdown_sessions) {
    for (const { name } of plans) await tell(node, args.socket, `shutdown sessions server ${name}`);
    await waitUntilDrained(node, { ...args, shutdown_sessions: false });
  }
  if (toMaint && args.drain) await set('maint');
}

async function waitUntilDrained(node: NodeReader, args: ServerArgs): Promise<void> {
  const left = await waitFor(node, args, ({ sessions }) => sessions === 0);
  // Those that are left are ended.
  if (left.length === 0 || args.shutdown_sessions) return;
  const words = left
    .map(({ backend, server, sessions }) => `${backend}/${server} has ${sessions}`)
    .join(', ');
  throw new ModuleError({
    message: `sessions did not end within ${seconds(args)} s: ${words}. New ones go elsewhere.`,
    hint: 'raise wait_retries, or set shutdown_sessions: true, which ends them; "state: ready" takes it back',
  });
}

async function waitUntilUp(node: NodeReader, args: ServerArgs): Promise<void> {
  const left = await waitFor(node, args, isUp);
  if (left.length === 0) return;
  const words = left.map(({ backend, server, status }) => `${backend}/${server} is ${status}`).join(', ');
  throw new ModuleError({
    message: `haproxy on ${node.name} did not see it up within ${seconds(args)} s: ${words}`,
    hint: 'see whether the service answers on its node, from where haproxy is',
  });
}

/** Looks until all are well; those that are not at the last look. */
async function waitFor(
  node: NodeReader,
  args: ServerArgs,
  isWell: (server: Server) => boolean,
): Promise<readonly Server[]> {
  for (let look = 1; ; look++) {
    const left = (await readServers(node, args)).filter((server) => !isWell(server));
    if (left.length === 0 || look >= args.wait_retries) return left;
    await pause(args.wait_interval * 1000);
  }
}

function seconds({ wait_interval, wait_retries }: ServerArgs): number {
  return Math.round(wait_interval * (wait_retries - 1) * 10) / 10;
}

/** What haproxy itself says at the end counts. */
function requireState(node: NodeReader, args: ServerArgs, after: readonly Server[]): void {
  const wrong = after.find(
    ({ state, heldBy }) =>
      args.state !== undefined && (state !== args.state || (args.state === 'ready' && heldBy !== undefined)),
  );
  if (wrong === undefined) return;
  const why =
    wrong.heldBy === 'track'
      ? ': it follows another server that is out'
      : wrong.heldBy === 'resolution'
        ? ': its name has no address'
        : '';
  throw new ModuleError({
    message: `${wrong.backend}/${wrong.server} of haproxy on ${node.name} is ${wrong.status}, not ${args.state}${why}`,
  });
}

function resultOf(servers: readonly Server[]): Result {
  return {
    servers: servers.map(({ backend, server, state, status, weight, sessions }) => ({
      ...{ backend, server, state, status, weight, sessions },
    })),
  };
}
