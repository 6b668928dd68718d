import { sh } from '../../transport/command.ts';
import type { ShellCommand } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { Lines } from '../answer-lines.ts';
import { ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import { labelled, queryTool } from '../steps.ts';
import type { Action, ServicePlan, ServiceState } from './action.ts';
import { actionChange, actionFor, enabledChange, failureOf } from './action.ts';

export interface WantedService {
  readonly name: string;
  readonly state?: ServiceState | undefined;
  readonly enabled?: boolean | undefined;
  /** Behind the action, as words. */
  readonly arguments: readonly string[];
  readonly pattern?: string | undefined;
  readonly sleep?: number | undefined;
  readonly runlevel: string;
}

/** What looks after the services of a node. */
export type Manager = 'systemd' | 'sysvinit' | 'openrc';

/** A service with a script in /etc/init.d, as it is. */
export interface SeenService {
  readonly found: boolean;
  /** undefined: the script has no word for its state. */
  readonly running: boolean | undefined;
  readonly enabled: boolean;
  /** What enables it at start-up. */
  readonly tool: string | undefined;
  readonly said: string;
}

/** Which manager runs on the node. */
export async function managerOf(node: NodeReader): Promise<Manager> {
  const script = sh`if [ -d /run/systemd/system ]; then echo systemd
elif [ -d /run/openrc ] && command -v rc-service >/dev/null; then echo openrc
else echo sysvinit; fi`;
  const done = await queryTool(node, labelled(script, '(service manager)'));
  return done.stdout.toString('utf8').trim() as Manager;
}

/** Asks a script of /etc/init.d how its service is, in one request. */
export async function lookAtService(
  node: NodeReader,
  { name, pattern, runlevel }: WantedService,
  manager: Manager,
): Promise<SeenService> {
  const script = sh`n=${name} p=${pattern ?? ''} l=${runlevel} m=${manager}
if [ -x "/etc/init.d/$n" ]; then echo found; else exit 0; fi
if [ $m = openrc ]; then set -- rc-service "$n" status; else set -- "/etc/init.d/$n" status; fi
o=$("$@" </dev/null 2>&1); echo "code $?"
printf '%s\n' "$o" | sed 's/^/said /'
if [ "$p" ]; then if ps ax -o args 2>/dev/null | grep -F -e "$p" | grep -v grep >/dev/null; then echo "process there"; else echo "process gone"; fi; fi
if [ $m = openrc ]; then [ -e "/etc/runlevels/$l/$n" ] && echo enabled
else for f in /etc/rc[2345].d/S[0-9][0-9]"$n" /etc/rc.d/rc[2345].d/S[0-9][0-9]"$n"; do [ -e "$f" ] && { echo enabled; break; }; done; fi
for t in rc-update update-rc.d chkconfig; do command -v $t >/dev/null && { echo "tool $t"; break; }; done
true`;
  const done = await queryTool(node, labelled(script, `(service ${name})`));
  return seenIn(new Lines(done.stdout.toString('utf8')));
}

function seenIn(lines: Lines): SeenService {
  const said = lines.all('said').join('\n');
  const process = lines.one('process');
  return {
    found: lines.has('found'),
    running:
      runningBy(Number(lines.one('code') ?? NaN), said) ??
      (process === undefined ? undefined : process === 'there'),
    enabled: lines.has('enabled'),
    tool: lines.one('tool'),
    said,
  };
}

/** The Linux Standard Base gives the codes; a script that knows no status prints its usage. */
function runningBy(code: number, said: string): boolean | undefined {
  if (/usage:/i.test(said)) return undefined;
  if (code === 0) return true;
  return [1, 2, 3].includes(code) ? false : undefined;
}

/** What makes the service as it is wanted. Throws ModuleError. */
export function servicePlan(wanted: WantedService, seen: SeenService, node: string): ServicePlan {
  const { name, state, enabled } = wanted;
  if (!seen.found) {
    throw new ModuleError({
      message: `there is no service ${name} on ${node}: no script /etc/init.d/${name}`,
      hint: 'Is the package installed? Programs of supervisord need use: supervisord.',
    });
  }
  const needsStatus = state === 'started' || state === 'stopped' || state === 'reloaded';
  if (needsStatus && seen.running === undefined) {
    throw new ModuleError({
      message: `it cannot be told whether ${name} runs: its script has no status`,
      hint: 'Give pattern: a text that is in the command line of its process.',
      stdout: seen.said,
    });
  }
  const running = seen.running ?? false;
  const action = actionFor(state, running);
  const plan: { changes: ServicePlan['changes'][number][]; steps: Step[] } = { changes: [], steps: [] };
  if (enabled !== undefined && enabled !== seen.enabled) {
    plan.changes.push(enabledChange(name, enabled));
    plan.steps.push({
      command: enableCommand(wanted, seen, node),
      failure: failureOf(name, enabled ? 'enable' : 'disable'),
    });
  }
  if (action !== undefined) {
    plan.changes.push(actionChange(name, action, running));
    plan.steps.push(...actionSteps(wanted, action));
  }
  return plan;
}

function actionSteps(wanted: WantedService, action: Action): readonly Step[] {
  const { name, sleep } = wanted;
  if (action !== 'restart' || sleep === undefined) {
    return [{ command: scriptCommand(wanted, action), failure: failureOf(name, action) }];
  }
  return [
    { command: scriptCommand(wanted, 'stop'), failure: failureOf(name, 'stop') },
    { command: sh`sleep ${sleep}`, failure: failureOf(name, 'restart') },
    { command: scriptCommand(wanted, 'start'), failure: failureOf(name, 'start') },
  ];
}

/** What it prints goes to a file first: some services keep the output open that they were started with. */
function scriptCommand({ name, arguments: words }: WantedService, action: Action): ShellCommand {
  const command = sh`f=$(mktemp) || exit 1
if command -v service >/dev/null; then set -- service ${[name, action, ...words]}
elif command -v rc-service >/dev/null; then set -- rc-service ${[name, action, ...words]}
else set -- ${[`/etc/init.d/${name}`, action, ...words]}; fi
"$@" </dev/null >"$f" 2>&1; r=$?; cat "$f" >&2; rm -f "$f"; exit $r`;
  return labelled(command, `service ${[name, action, ...words].join(' ')}`);
}

function enableCommand(
  { name, enabled, runlevel }: WantedService,
  { tool }: SeenService,
  node: string,
): ShellCommand {
  switch (tool) {
    case 'rc-update':
      return sh`rc-update ${[enabled === true ? 'add' : 'del', name, runlevel]}`;
    case 'update-rc.d':
      return enabled === true
        ? sh`update-rc.d ${name} defaults && update-rc.d ${name} enable`
        : sh`update-rc.d ${name} disable`;
    case 'chkconfig':
      return enabled === true
        ? sh`chkconfig --add ${name} && chkconfig ${name} on`
        : sh`chkconfig ${name} off`;
    case undefined:
    default:
      throw new ModuleError({
        message: `${node} has neither rc-update nor update-rc.d nor chkconfig, so services cannot be enabled`,
      });
  }
}
