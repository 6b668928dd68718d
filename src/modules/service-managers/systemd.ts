import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { Lines } from '../answer-lines.ts';
import { ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import { labelled, queryTool } from '../steps.ts';
import type { ServicePlan, ServiceState } from './action.ts';
import { actionChange, actionFor, enabledChange, failureOf } from './action.ts';

/** A unit as a task wants it. */
export interface WantedUnit {
  readonly name: string;
  readonly state?: ServiceState | undefined;
  readonly enabled?: boolean | undefined;
  readonly masked?: boolean | undefined;
  readonly daemon_reload: boolean;
  readonly force: boolean;
  readonly no_block: boolean;
  readonly scope: 'system' | 'user' | 'global';
}

/** A unit as systemd knows it. */
export interface SeenUnit {
  /** systemd is installed but does not run: only enabling and masking go. */
  readonly offline: boolean;
  readonly found: boolean;
  readonly running: boolean;
  /** As is-enabled says it: enabled, disabled, static, masked … */
  readonly enabled: string;
  readonly needsReload: boolean;
  /** All properties that `systemctl show` prints. */
  readonly status: Readonly<Record<string, string>>;
}

const RUNNING = ['active', 'activating', 'reloading', 'refreshing'];
/** Enabled for good: nothing has to be done for them to be enabled, and nothing can be done against it. */
const FIXED = ['static', 'indirect', 'generated', 'alias', 'transient'];

/** Asks systemd about a unit, in one request. */
export async function lookAtUnit(node: NodeReader, { name, scope }: WantedUnit): Promise<SeenUnit> {
  const script = sh`u=${name} s=${`--${scope}`}
command -v systemctl >/dev/null || { echo none; exit 0; }
systemctl "$s" show -- "$u" 2>&1 | sed 's/^/show /'
echo "enabled $(systemctl "$s" is-enabled -- "$u" 2>&1 | tail -n 1)"`;
  const done = await queryTool(node, labelled(script, `(unit ${name})`));
  const lines = new Lines(done.stdout.toString('utf8'));
  if (lines.has('none')) {
    throw new ModuleError({
      message: `there is no systemctl on ${node.name}`,
      hint: 'The module service also knows other service managers.',
    });
  }
  return seenIn(lines);
}

function seenIn(lines: Lines): SeenUnit {
  const shown = lines.all('show');
  const status = Object.fromEntries(
    shown.flatMap((line) => {
      const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, value ?? '']];
    }),
  );
  const enabled = lines.one('enabled') ?? '';
  const known = /^[a-z-]+$/.test(enabled) && enabled !== 'not-found';
  const offline = status['LoadState'] === undefined;
  return {
    offline,
    // Old versions do not load a unit that is only a script in /etc/init.d, but know whether it is enabled.
    found: offline ? known : status['LoadState'] !== 'not-found' || known,
    running: RUNNING.includes(status['ActiveState'] ?? ''),
    enabled: known ? enabled : '',
    needsReload: status['NeedDaemonReload'] === 'yes',
    status,
  };
}

/** What makes the unit as it is wanted. Throws ModuleError. */
export function unitPlan(wanted: WantedUnit, seen: SeenUnit, node: string): ServicePlan {
  const { name, state, daemon_reload } = wanted;
  refuseImpossible(wanted, seen, node);
  const reload = daemon_reload && (seen.needsReload || !seen.found);
  const parts = [
    ...(reload ? [reloadPart(wanted)] : []),
    ...maskParts(wanted, seen),
    ...enableParts(wanted, seen),
  ];
  const action = actionFor(state, seen.running);
  if (action !== undefined) {
    const block = wanted.no_block ? ['--no-block'] : [];
    parts.push({
      change: actionChange(name, action, seen.running),
      step: {
        command: sh`systemctl ${[...scopeWords(wanted), ...block, action, '--', name]}`,
        failure: failureOf(name, action),
        hint: () => `"systemctl status ${name}" and "journalctl -u ${name}" on the node say more`,
      },
    });
  }
  return { changes: parts.map((part) => part.change), steps: parts.map((part) => part.step) };
}

interface Part {
  readonly change: Change;
  readonly step: Step;
}

function refuseImpossible(wanted: WantedUnit, seen: SeenUnit, node: string): void {
  const { name, state, masked } = wanted;
  if (seen.offline && (state !== undefined || wanted.daemon_reload)) {
    throw new ModuleError({
      message: `systemd is not running on ${node}, so ${name} cannot be started, stopped or asked about`,
      hint: 'The module service finds the service manager that runs there.',
    });
  }
  // The unit may be in a file that systemd has not read yet; a mask needs no unit.
  if (!seen.found && !wanted.daemon_reload && masked !== true) {
    throw new ModuleError({
      message: `there is no unit ${name} on ${node}`,
      hint: 'Is the package installed? With a new unit file set daemon_reload: true.',
    });
  }
  const staysMasked = isMasked(seen) && masked !== false;
  if (staysMasked && (wanted.enabled === true || (state !== undefined && state !== 'stopped'))) {
    throw new ModuleError({
      message: `${name} is masked on ${node}`,
      hint: 'Set masked: false (module systemd).',
    });
  }
}

/** Tells systemd to read its files again. */
export function reloadPart({ name, scope }: Pick<WantedUnit, 'scope'> & { readonly name?: string }): Part {
  return {
    change: { subject: name ?? 'systemd', summary: 'unit files to be read again' },
    step: {
      command: sh`systemctl ${[...scopeWords({ scope }), 'daemon-reload']}`,
      failure: 'systemd could not read its files again',
    },
  };
}

/** Makes systemd start itself anew, its state kept. */
export function reexecPart({ scope }: Pick<WantedUnit, 'scope'>): Part {
  return {
    change: { subject: 'systemd', summary: 'to be executed again' },
    step: {
      command: sh`systemctl ${[...scopeWords({ scope }), 'daemon-reexec']}`,
      failure: 'systemd could not execute itself again',
    },
  };
}

function maskParts(wanted: WantedUnit, seen: SeenUnit): readonly Part[] {
  const { name, masked } = wanted;
  if (masked === undefined || masked === isMasked(seen)) return [];
  const verb = masked ? 'mask' : 'unmask';
  const force = masked && wanted.force ? ['--force'] : [];
  return [
    {
      change: { subject: name, summary: masked ? 'unmasked → masked' : 'masked → unmasked' },
      step: {
        command: sh`systemctl ${[...scopeWords(wanted), ...force, verb, '--', name]}`,
        failure: failureOf(name, verb),
      },
    },
  ];
}

function enableParts(wanted: WantedUnit, seen: SeenUnit): readonly Part[] {
  const { name, enabled } = wanted;
  if (enabled === undefined || FIXED.includes(seen.enabled)) return [];
  const now = seen.enabled === 'enabled' || (!enabled && seen.enabled === 'enabled-runtime');
  if (enabled === now) return [];
  const verb = enabled ? 'enable' : 'disable';
  const force = enabled && wanted.force ? ['--force'] : [];
  return [
    {
      change: enabledChange(name, enabled),
      step: {
        command: sh`systemctl ${[...scopeWords(wanted), ...force, verb, '--', name]}`,
        failure: failureOf(name, verb),
      },
    },
  ];
}

function isMasked(seen: SeenUnit): boolean {
  return (
    seen.status['LoadState'] === 'masked' || seen.enabled === 'masked' || seen.enabled === 'masked-runtime'
  );
}

function scopeWords({ scope }: Pick<WantedUnit, 'scope'>): readonly string[] {
  return scope === 'system' ? [] : [`--${scope}`];
}
