import { sh } from '../../transport/command.ts';
import { TaskTimeoutError } from '../../transport/contract.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import type { Finding, HealthArgs } from './args.ts';

const ANSWER_MS = 20_000;
const STATE = /^(\S+)\s+(RUNNING|STARTING|STOPPED|STOPPING|BACKOFF|EXITED|FATAL|UNKNOWN)\b(.*)$/;
const UPTIME = /uptime (?:(\d+) days?, )?(\d+):(\d+):(\d+)/;
const HINT =
  'Their logs are in the logs folder (oms_console_stderr.log …). oms_drc_supervisor STARTING for long: the time-series database cannot be reached; others: the MetaDB.';

interface Program {
  readonly state: string;
  readonly uptime: number | undefined;
}

/** Are the programs RUNNING? supervisorctl's exit code says nothing of use, so its words are read. */
export async function lookAtPrograms(node: NodeReader, given: HealthArgs): Promise<Finding> {
  const command = sh`docker exec ${given.container} supervisorctl status`;
  try {
    const done = await node.query(command, { timeoutMs: ANSWER_MS });
    const output = done.stdout.toString('utf8');
    const states = statesIn(output);
    if (states.size > 0) return judge(states, given);
    const said = (output.trim() || done.stderr.toString('utf8').trim()).split('\n')[0] ?? '';
    refuseGone(node, given, said);
    return { well: false, state: `supervisorctl says: ${said}`, hint: HINT };
  } catch (error) {
    if (!(error instanceof TaskTimeoutError)) throw error;
    return { well: false, state: 'supervisorctl does not answer', hint: HINT };
  }
}

/** Waiting does not bring such a container back. */
function refuseGone(node: NodeReader, { container }: HealthArgs, said: string): void {
  if (!/No such container|is not running|is paused/i.test(said)) return;
  const gone = /No such container/i.test(said);
  throw new ModuleError({
    message: gone
      ? `there is no container ${container} on ${node.name}`
      : `container ${container} on ${node.name} is not running`,
    hint: gone ? 'Start it first (docker_container).' : `"docker logs ${container}" says why it ended.`,
    stderr: said,
  });
}

/** Program → state; of a group's program ("oms:nginx") the name alone. */
function statesIn(output: string): ReadonlyMap<string, Program> {
  const states = new Map<string, Program>();
  for (const line of output.split(/\r?\n/)) {
    const [, name, state, rest = ''] = STATE.exec(line) ?? [];
    if (name === undefined || state === undefined) continue;
    states.set(name.slice(name.indexOf(':') + 1), { state, uptime: uptimeIn(rest) });
  }
  return states;
}

/** Seconds; undefined: the line does not say. */
function uptimeIn(text: string): number | undefined {
  const found = UPTIME.exec(text);
  if (found === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

function judge(programs: ReadonlyMap<string, Program>, given: HealthArgs): Finding {
  const bad = given.programs.flatMap((name) => {
    const program = programs.get(name);
    if (program?.state !== 'RUNNING') return [`${name} ${program?.state ?? 'is missing'}`];
    const young = program.uptime !== undefined && program.uptime < given.min_uptime;
    return young ? [`${name} RUNNING for ${program.uptime} s only`] : [];
  });
  if (bad.length === 0) return { well: true, state: `${given.programs.length} RUNNING` };
  return { well: false, state: bad.join(', '), hint: HINT };
}
