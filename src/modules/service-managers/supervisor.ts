import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import { queryTool } from '../steps.ts';
import type { Action, ServicePlan, ServiceState } from './action.ts';
import { actionChange, actionFor, failureOf } from './action.ts';

/** Programs of supervisord, on the node or in a container there. */
export interface WantedProgram {
  /** A program, `group:*` or `all`. */
  readonly name: string;
  readonly state?: ServiceState | undefined;
  readonly enabled?: boolean | undefined;
  readonly container?: string | undefined;
}

/** Programs as supervisorctl tells about them. */
export interface SeenPrograms {
  readonly running: boolean;
  /** By the name: RUNNING, STOPPED, FATAL … */
  readonly programs: Readonly<Record<string, string>>;
}

const RUNNING = ['RUNNING', 'STARTING'];
const STATE = 'STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN';

/** Asks supervisord; its exit code says something else in each version, so the text is read. */
export async function lookAtPrograms(node: NodeReader, wanted: WantedProgram): Promise<SeenPrograms> {
  const command = supervisorctl(wanted, wanted.name === 'all' ? ['status'] : ['status', wanted.name]);
  const done = await queryTool(node, command);
  const text = done.stdout.toString('utf8');
  const found = [...text.matchAll(new RegExp(`^(\\S+)\\s+(${STATE})\\b`, 'gm'))];
  if (found.length > 0) {
    const programs = Object.fromEntries(found.map(([, name = '', state = '']) => [name, state]));
    return { programs, running: Object.values(programs).every((state) => RUNNING.includes(state)) };
  }
  const where = wanted.container === undefined ? node.name : `${node.name}, container ${wanted.container}`;
  if (/no such (process|group)/i.test(text)) {
    throw new ModuleError({
      message: `supervisord has no program ${wanted.name} on ${where}`,
      hint: '"supervisorctl status" lists those that it has.',
    });
  }
  throw commandError(`supervisord cannot be asked on ${where}`, command, done, {
    hint:
      wanted.container === undefined
        ? 'Is it running there? For one in a container give container.'
        : 'Is the container running, and supervisord in it?',
  });
}

/** What brings the programs to the state. */
export function programPlan(wanted: WantedProgram, seen: SeenPrograms): ServicePlan {
  const { name, state, enabled } = wanted;
  if (enabled !== undefined) {
    throw new ModuleError({
      message: 'enabled does not go with supervisord',
      hint: 'Whether a program starts by itself says autostart in supervisord’s configuration.',
    });
  }
  // Of several some may run: what is to be stopped is not stopped yet then.
  const some = Object.values(seen.programs).some((one) => RUNNING.includes(one));
  const running = state === 'stopped' ? some : seen.running;
  const action = actionFor(state, running);
  if (action === undefined) return { changes: [], steps: [] };
  const command = supervisorctl(wanted, wordsOf(action, name));
  return {
    changes: [actionChange(name, action, running)],
    steps: [{ command, failure: failureOf(name, action) }],
  };
}

/** Throws ModuleError when the programs are not as they were told to be: supervisorctl’s exit code does not say it. */
export function requireReached(wanted: WantedProgram, seen: SeenPrograms, node: string): void {
  const { name, state } = wanted;
  const wrong = Object.entries(seen.programs).filter(
    ([, one]) => RUNNING.includes(one) === (state === 'stopped'),
  );
  if (state === undefined || wrong.length === 0) return;
  const words = wrong.map(([program, one]) => `${program} is ${one}`).join(', ');
  throw new ModuleError({
    message: `${name} was told to be ${state} on ${node}, but ${words}`,
    hint: `"supervisorctl tail ${wrong[0]?.[0] ?? name}" says why.`,
  });
}

function wordsOf(action: Action, name: string): readonly string[] {
  return action === 'reload' ? ['signal', 'HUP', name] : [action, name];
}

function supervisorctl({ container }: WantedProgram, words: readonly string[]): ShellCommand {
  const inside = container === undefined ? [] : ['docker', 'exec', container];
  return sh`${[...inside, 'supervisorctl', ...words]}`;
}
