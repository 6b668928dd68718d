import { sh } from '../../transport/command.ts';
import { TaskTimeoutError } from '../../transport/contract.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import type { Finding, HealthArgs } from './args.ts';

const ANSWER_MS = 20_000;
const STATE = /^(\S+)\s+(RUNNING|STARTING|STOPPED|STOPPING|BACKOFF|EXITED|FATAL|UNKNOWN)\b/;
const HINT =
  'Their logs are in the logs folder (oms_console_stderr.log …). oms_drc_supervisor STARTING for long: the time-series database cannot be reached; others: the MetaDB.';

/** Are the programs RUNNING? supervisorctl's exit code says nothing of use, so its words are read. */
export async function lookAtPrograms(node: NodeReader, given: HealthArgs): Promise<Finding> {
  const command = sh`docker exec ${given.container} supervisorctl status`;
  try {
    const done = await node.query(command, { timeoutMs: ANSWER_MS });
    const output = done.stdout.toString('utf8');
    const states = statesIn(output);
    if (states.size > 0) return judge(states, given.programs);
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
function statesIn(output: string): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const line of output.split(/\r?\n/)) {
    const [, name, state] = STATE.exec(line) ?? [];
    if (name !== undefined && state !== undefined) states.set(name.slice(name.indexOf(':') + 1), state);
  }
  return states;
}

function judge(states: ReadonlyMap<string, string>, programs: readonly string[]): Finding {
  const bad = programs.filter((name) => states.get(name) !== 'RUNNING');
  if (bad.length === 0) return { well: true, state: `${programs.length} RUNNING` };
  const state = bad.map((name) => `${name} ${states.get(name) ?? 'is missing'}`).join(', ');
  return { well: false, state, hint: HINT };
}
