import * as z from 'zod';
import type { AnyModule } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { oneOf } from '../aliases.ts';
import { serviceState } from '../service-managers/action.ts';
import type { SeenUnit, WantedUnit } from '../service-managers/systemd.ts';
import { lookAtUnit, reexecPart, reloadPart, unitPlan } from '../service-managers/systemd.ts';
import { runSteps } from '../steps.ts';

const unitName = z.string().regex(/^[\w@:.\\+][\w@:.\\+-]*$/, { error: 'not a name of a unit' });

const args = z.strictObject({
  name: unitName.optional().describe('Name of the unit; without an ending it is a .service.'),
  service: unitName.optional().describe('Another name of name.'),
  unit: unitName.optional().describe('Another name of name.'),
  state: serviceState
    .optional()
    .describe(
      'started, stopped: where it is not yet. restarted: always. reloaded: always, and started if it is stopped.',
    ),
  enabled: z.boolean().optional().describe('Whether it starts with the node.'),
  masked: z.boolean().optional().describe('Whether it cannot be started at all.'),
  daemon_reload: z
    .boolean()
    .default(false)
    .describe(
      'Whether systemd reads its files again first. With name only where systemd says that it needs to.',
    ),
  daemon_reexec: z.boolean().default(false).describe('Whether systemd is executed again first.'),
  force: z
    .boolean()
    .default(false)
    .describe('Whether links that are in the way of enabled and masked are replaced.'),
  no_block: z.boolean().default(false).describe('Whether it is not waited for what systemd is told to do.'),
  scope: z
    .enum(['system', 'user', 'global'])
    .default('system')
    .describe('system, the manager of who the task runs as, or what holds for all users.'),
});

type Args = z.output<typeof args>;

const returns = z.strictObject({
  name: z.string().optional().describe('The name.'),
  state: z.enum(['started', 'stopped']).optional().describe('Whether it runs.'),
  enabled: z.boolean().optional().describe('Whether it starts with the node.'),
  status: z.record(z.string(), z.string()).describe('All properties that systemctl show prints.'),
});

/** The module under one of its names. */
export function systemdModule(name: 'systemd' | 'systemd_service'): AnyModule {
  return defineModule({
    name,
    summary: 'A unit of systemd: started or stopped, enabled, masked',
    args,
    returns,
    notes: [
      'daemon_reload and daemon_reexec without name are done every time, so that the task counts as changed.',
      'Where systemd does not run (a chroot, an image) only enabled and masked can be set.',
    ],
    examples: `- ${name}: { name: oms-exporter, state: restarted, enabled: true, daemon_reload: true }
`,
    async check(node, given) {
      const wanted = wantedOf(given);
      const early = earlyParts(given, wanted === undefined);
      const seen = wanted === undefined ? undefined : await lookAtUnit(node, wanted);
      const plan =
        wanted === undefined || seen === undefined
          ? { changes: [], steps: [] }
          : unitPlan(wanted, seen, node.name);
      const changes = [...early.map((part) => part.change), ...plan.changes];
      const steps = [...early.map((part) => part.step), ...plan.steps];
      return { changes, result: resultOf(wanted, seen), state: { steps, found: seen?.found ?? true } };
    },
    async apply(node, given, { state }) {
      if (state === undefined) throw new Error(`${name}: apply without what check found`);
      const wanted = wantedOf(given);
      const [first] = state.steps;
      if (wanted === undefined || state.found || first === undefined) await runSteps(node, state.steps);
      else {
        // What systemd knew about the unit was nothing: with its files read again it is looked at once more.
        await runSteps(node, state.steps.slice(0, earlyParts(given, false).length + 1));
        const fresh = { ...wanted, daemon_reload: false };
        await runSteps(node, unitPlan(fresh, await lookAtUnit(node, fresh), node.name).steps);
      }
      return resultOf(wanted, wanted === undefined ? undefined : await lookAtUnit(node, wanted));
    },
  });
}

function earlyParts(given: Args, withoutUnit: boolean): ReturnType<typeof reloadPart>[] {
  return [
    ...(given.daemon_reexec ? [reexecPart(given)] : []),
    ...(given.daemon_reload && withoutUnit ? [reloadPart({ scope: given.scope })] : []),
  ];
}

function wantedOf(given: Args): WantedUnit | undefined {
  const name = oneOf({ name: given.name, service: given.service, unit: given.unit });
  const { state, enabled, masked } = given;
  const asks = state !== undefined || enabled !== undefined || masked !== undefined;
  if (name === undefined && asks)
    throw new ModuleError({ message: 'name is missing', hint: 'Name the unit.' });
  if (name === undefined && !given.daemon_reload && !given.daemon_reexec) {
    throw new ModuleError({
      message: 'there is nothing to do',
      hint: 'Give name with state, enabled or masked.',
    });
  }
  return name === undefined ? undefined : { ...given, name };
}

function resultOf(wanted: WantedUnit | undefined, seen: SeenUnit | undefined): z.output<typeof returns> {
  if (wanted === undefined || seen === undefined) return { status: {} };
  const state = seen.running ? 'started' : 'stopped';
  const status = { ...seen.status };
  return {
    name: wanted.name,
    ...(seen.offline ? {} : { state }),
    enabled: seen.enabled === 'enabled',
    status,
  };
}
