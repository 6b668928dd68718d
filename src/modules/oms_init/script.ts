import { sh } from '../../transport/command.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { TaskTimeoutError } from '../../transport/contract.ts';
import type { ExecResult } from '../../transport/contract.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { tail } from '../failure.ts';
import type { InitArgs } from './args.ts';
import { initLog } from './log.ts';
import { saysCompleted, stepsIn } from './steps.ts';

const LABEL = 'initialisation';

/** Runs docker_init.sh in the container and answers with the names of its steps. Throws ModuleError with its log. */
export async function runScript(node: NodeWriter, given: InitArgs): Promise<readonly string[]> {
  // No -t: without a terminal on this side it would hang.
  const command = sh`docker exec ${given.container} bash ${given.script}`;
  const done = await run(node, given, command);
  const output = done.stdout.toString('utf8');
  const steps = stepsIn(output);
  const flag = await node.query(sh`docker exec ${given.container} test -s ${given.flag_file}`);
  // Old scripts leave no flag and newer ones swallow exit codes: each sign alone would be wrong for some.
  if (done.exitCode === 0 && (saysCompleted(output) || flag.exitCode === 0)) {
    node.progress(LABEL, steps.done, steps.total, 'steps');
    return steps.names;
  }
  const last = steps.names.at(-1);
  const where = last === undefined ? '' : ` in step ${steps.done} of ${steps.total}, "${last}"`;
  throw await failed(node, given, {
    message: `${given.script} in container ${given.container} on ${node.name} failed${where}`,
    command: command.shown,
    exitCode: done.exitCode,
    stdout: tail(output),
    ...(done.stderr.length === 0 ? {} : { stderr: tail(done.stderr.toString('utf8')) }),
  });
}

async function run(node: NodeWriter, given: InitArgs, command: ShellCommand): Promise<ExecResult> {
  let seen = '';
  let told = 0;
  const onOutput = (_stream: 'stdout' | 'stderr', text: string): void => {
    seen += text;
    const { done, total } = stepsIn(seen);
    // A step that has begun is not done.
    if (done > told) node.progress(LABEL, done - 1, total, 'steps');
    told = done;
  };
  try {
    return await node.run(command, { timeoutMs: given.timeout * 1000, onOutput });
  } catch (error) {
    if (!(error instanceof TaskTimeoutError)) throw error;
    throw await failed(node, given, {
      message: `${given.script} in container ${given.container} on ${node.name} did not end within ${given.timeout} s`,
      command: command.shown,
      stdout: tail(error.stdout.toString('utf8')),
    });
  }
}

async function failed(
  node: NodeWriter,
  given: InitArgs,
  failure: ModuleError['failure'],
): Promise<ModuleError> {
  const log = await initLog(node, given.container, given.log_dir);
  return new ModuleError({
    ...failure,
    hint: 'Its log (/home/admin/logs/docker_init.log.* in the container) ends as shown. Mend the cause, then run the playbook again.',
    ...(log === undefined ? {} : { stdout: log }),
  });
}
