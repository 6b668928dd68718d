import * as z from 'zod';
import type { Data } from '../../model/data.ts';
import type { NodeReader } from '../../transport/node.ts';
import { oneOf } from '../aliases.ts';
import { anyData } from '../data.ts';
import { defineModule, ModuleError } from '../define.ts';
import { CONTAINER_NAME } from '../docker/names.ts';
import type { ServicePlan } from '../service-managers/action.ts';
import { serviceState } from '../service-managers/action.ts';
import type { Manager } from '../service-managers/init.ts';
import { lookAtService, managerOf, servicePlan } from '../service-managers/init.ts';
import { lookAtPrograms, programPlan, requireReached } from '../service-managers/supervisor.ts';
import { lookAtUnit, unitPlan } from '../service-managers/systemd.ts';
import { runSteps } from '../steps.ts';
import { splitWords } from '../words.ts';

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[\w@:.*\\+][\w@:.*\\+-]*$/, { error: 'not a name of a service' })
    .describe('Name of the service; with supervisord a program, GROUP:* or all.'),
  state: serviceState
    .optional()
    .describe(
      'started, stopped: where it is not yet. restarted: always. reloaded: always, and started if it is stopped.',
    ),
  enabled: z
    .boolean()
    .optional()
    .describe('Whether it starts with the node. One of state and enabled is required.'),
  use: z
    .enum(['auto', 'systemd', 'sysvinit', 'service', 'openrc', 'supervisord'])
    .default('auto')
    .describe('What looks after the service. auto: what runs on the node; service means sysvinit.'),
  container: z
    .string()
    .regex(CONTAINER_NAME, { error: 'not a name or ID of a container' })
    .optional()
    .describe('Running container whose supervisord it is; use is supervisord then.'),
  arguments: z.string().optional().describe('More words for the script of the service (not systemd).'),
  args: z.string().optional().describe('Another name of arguments.'),
  pattern: z
    .string()
    .min(1)
    .optional()
    .describe('Where a script has no status: text in the command line of the process (not systemd).'),
  sleep: z.int().min(0).optional().describe('For restarted: seconds between stop and start (not systemd).'),
  runlevel: z.string().regex(/^\w+$/).default('default').describe('Runlevel of OpenRC that it belongs to.'),
});

type Args = z.output<typeof args>;

const returns = z.strictObject({
  name: z.string().describe('The name.'),
  use: z.string().describe('What looks after it.'),
  state: z.enum(['started', 'stopped', 'unknown']).describe('Whether it runs.'),
  enabled: z.boolean().optional().describe('Whether it starts with the node, where that can be told.'),
  status: z
    .record(z.string(), anyData)
    .describe('What the manager says: properties of systemd, states of supervisord’s programs.'),
});

type Result = z.output<typeof returns>;
type Kind = Manager | 'supervisord';

/** Services, whatever looks after them. */
export const module = defineModule({
  name: 'service',
  summary: 'A service: started or stopped, and whether it starts with the node',
  args,
  returns,
  notes: [
    'It knows systemd, OpenRC, scripts of /etc/init.d, and the programs of supervisord, also in a container: there ' +
      'reloaded sends HUP, and enabled is refused.',
  ],
  examples: `- service: { name: docker, state: started, enabled: true }

- name: One of the programs in the OMS container
  service: { name: oms_console, state: restarted, container: oms }
`,
  async check(node, given) {
    refuseNonsense(given);
    const kind = await kindOf(node, given);
    const { plan, result } = await lookAndPlan(node, given, kind);
    return { changes: plan.changes, result, state: { kind, plan } };
  },
  async apply(
    node,
    given,
    { state }: { readonly state?: { readonly kind: Kind; readonly plan: ServicePlan } },
  ) {
    if (state === undefined) throw new Error('service: apply without what check found');
    await runSteps(node, state.plan.steps);
    if (state.kind === 'supervisord') requireReached(given, await lookAtPrograms(node, given), node.name);
    return (await lookAndPlan(node, { ...given, state: undefined, enabled: undefined }, state.kind)).result;
  },
});

async function kindOf(node: NodeReader, { use, container }: Args): Promise<Kind> {
  if (container !== undefined) return 'supervisord';
  if (use === 'auto') return managerOf(node);
  return use === 'service' ? 'sysvinit' : use;
}

async function lookAndPlan(
  node: NodeReader,
  given: Args,
  kind: Kind,
): Promise<{ readonly plan: ServicePlan; readonly result: Result }> {
  const { name } = given;
  if (kind === 'supervisord') {
    const seen = await lookAtPrograms(node, given);
    const result = resultOf(name, kind, { running: seen.running, status: seen.programs });
    return { plan: programPlan(given, seen), result };
  }
  if (kind === 'systemd') {
    const unit = {
      ...given,
      masked: undefined,
      daemon_reload: false,
      force: false,
      no_block: false,
      scope: 'system',
    } as const;
    const seen = await lookAtUnit(node, unit);
    const enabled = seen.enabled === 'enabled';
    const result = resultOf(name, kind, { running: seen.running, enabled, status: seen.status });
    return { plan: unitPlan(unit, seen, node.name), result };
  }
  const words = oneOf({ arguments: given.arguments, args: given.args });
  const service = { ...given, arguments: splitWords(words ?? '') };
  const seen = await lookAtService(node, service, kind);
  const status = { said: seen.said };
  const result = resultOf(name, kind, { running: seen.running, enabled: seen.enabled, status });
  return { plan: servicePlan(service, seen, node.name), result };
}

function resultOf(
  name: string,
  use: Kind,
  seen: {
    readonly running: boolean | undefined;
    readonly enabled?: boolean;
    readonly status: Readonly<Record<string, Data>>;
  },
): Result {
  const { running, enabled, status } = seen;
  const state = running === undefined ? 'unknown' : running ? 'started' : 'stopped';
  return { name, use, state, ...(enabled === undefined ? {} : { enabled }), status: { ...status } };
}

function refuseNonsense({ state, enabled, use, container }: Args): void {
  if (state === undefined && enabled === undefined) {
    throw new ModuleError({
      message: 'neither state nor enabled is given',
      hint: 'Give at least one of them.',
    });
  }
  if (container !== undefined && use !== 'auto' && use !== 'supervisord') {
    throw new ModuleError({
      message: `container goes with supervisord, not with ${use}`,
      hint: 'Leave use away.',
    });
  }
}
