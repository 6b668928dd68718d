import type { Data, DataMap } from '../model/data.ts';
import type { BackgroundPlan } from '../model/plan.ts';
import type { Lookup } from '../model/rendering.ts';
import { ModuleError } from '../modules/define.ts';
import type { ShellCommand } from '../transport/command.ts';
import type { ExecResult } from '../transport/contract.ts';
import { TransportError } from '../transport/contract.ts';
import { lookAtJob, newJobId, readJob, removeJobCommand, startJob, type JobState } from '../transport/job.ts';
import type { CommandOptions, NodeWriter } from '../transport/node.ts';
import type { Interruption } from './interruption.ts';

/** A node that cannot be reached while its job runs is waited for so much longer than the job may take. */
const GRACE_MS = 60_000;
/** As in Ansible. */
const POLL_SECONDS = 15;

/** `async` and `poll` of a task, in seconds. */
export interface Background {
  readonly seconds: number;
  /** 0: the task only starts it. */
  readonly pollSeconds: number;
}

/** The seconds of a task on a node. Throws ModuleError, TemplateError. */
export function backgroundOf({ seconds, poll }: BackgroundPlan, scope: Lookup): Background {
  return {
    seconds: secondsOf('async', seconds.render(scope)),
    pollSeconds: poll === undefined ? POLL_SECONDS : secondsOf('poll', poll.render(scope)),
  };
}

function secondsOf(keyword: string, value: Data): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= 0 && Number.isFinite(number)) return number;
  throw new ModuleError({
    message: `"${keyword}" must be a number of seconds, not ${JSON.stringify(value)}`,
  });
}

/** Thrown through a module's apply when its command has been started and nobody waits for it. */
export class StartedJob extends Error {
  readonly result: DataMap;

  constructor(id: string) {
    super(`started as job ${id}`);
    this.result = {
      ansible_job_id: id,
      started: true,
      finished: false,
      results_file: `~/.oms-play-async/${id}`,
    };
  }
}

export interface DetachedServices {
  readonly interruption: Interruption;
  readonly signal: AbortSignal;
  /** Called when the run ends before the job does. */
  readonly onEnd: (cleanup: () => Promise<void>) => void;
}

/** Runs a command that outlives the connection, and waits for it as the task says. Throws StartedJob, ModuleError. */
export async function runDetached(
  node: NodeWriter,
  command: ShellCommand,
  options: CommandOptions,
  { background, services }: { readonly background: Background; readonly services: DetachedServices },
): Promise<ExecResult> {
  const { stdin, environment } = options;
  const id = newJobId();
  const limitSeconds = Math.max(1, Math.ceil(background.seconds));
  let running = true;
  services.onEnd(async () => {
    if (running) await node.query(removeJobCommand(id));
  });
  await startJob(node, id, command, {
    limitSeconds,
    ...(stdin === undefined ? {} : { stdin }),
    ...(environment === undefined ? {} : { environment }),
  });
  if (background.pollSeconds === 0) {
    running = false;
    throw new StartedJob(id);
  }
  const state = await finished(node, id, background, services);
  running = false;
  const said = state.kind === 'unknown' ? undefined : await readJob(node, id);
  await node.run(removeJobCommand(id), { brief: 'script' });
  return answerOf(state, said, background);
}

async function finished(
  node: NodeWriter,
  id: string,
  { seconds, pollSeconds }: Background,
  { interruption, signal }: DetachedServices,
): Promise<JobState> {
  const until = Date.now() + seconds * 1000 + GRACE_MS;
  for (;;) {
    await interruption.pause(pollSeconds * 1000);
    if (signal.aborted) throw new TransportError('interrupted', `${node.name}: interrupted`);
    const state = await stateOf(node, id, until);
    if (state.kind !== 'running') return state;
    if (Date.now() > until) return { kind: 'lost' };
  }
}

/** A connection that breaks meanwhile is opened anew: the job goes on without it. */
async function stateOf(node: NodeWriter, id: string, until: number): Promise<JobState> {
  try {
    return await lookAtJob(node, id);
  } catch (error) {
    if (!(error instanceof TransportError) || error.kind === 'interrupted') throw error;
    await node.reconnect({ timeoutMs: Math.max(GRACE_MS, until - Date.now()) });
    return lookAtJob(node, id);
  }
}

function answerOf(state: JobState, said: ExecResult | undefined, { seconds }: Background): ExecResult {
  const output = { stdout: said?.stdout.toString('utf8') ?? '', stderr: said?.stderr.toString('utf8') ?? '' };
  if (state.kind === 'finished' && !state.late && said !== undefined) {
    return { ...said, exitCode: state.exitCode };
  }
  const message =
    state.kind === 'finished'
      ? `the command was not through within async: ${seconds} s; its processes were ended`
      : 'the command ended without an exit code: it was killed, or the node was started anew';
  throw new ModuleError({ message, ...output }, { ...output });
}
