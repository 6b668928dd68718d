import type { ShellCommand } from '../transport/command.ts';
import type { ExecResult } from '../transport/contract.ts';
import type { CommandOptions, NodeReader, NodeWriter } from '../transport/node.ts';
import { commandError } from './failure.ts';

/** One command of a plan, and what could not be done when it fails. */
export interface Step {
  readonly command: ShellCommand;
  /** "could not make the user deploy" */
  readonly failure: string;
  /** For its standard input, where secrets go. */
  readonly stdin?: string;
  /** How to mend a failure, by what the command said. */
  readonly hint?: (said: string) => string | undefined;
}

/** Does the steps in order; the first that fails ends them with a ModuleError. */
export async function runSteps(node: NodeWriter, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await runStep(node, step);
}

/** Does one step and gives what it printed. */
export async function runStep(node: NodeWriter, step: Step): Promise<string> {
  const options = step.stdin === undefined ? {} : { stdin: step.stdin };
  const done = await node.run(administered(step.command), { brief: 'script', ...options });
  if (done.exitCode === 0) return done.stdout.toString('utf8');
  const said = done.stderr.toString('utf8').trim() || done.stdout.toString('utf8').trim();
  const reason = said.split('\n').at(-1) ?? '';
  const hint = step.hint?.(said);
  throw commandError(
    reason === '' ? step.failure : `${step.failure}: ${reason}`,
    step.command,
    done,
    hint === undefined ? {} : { hint },
  );
}

/** Asks something of the administrator's tools. */
export function queryTool(
  node: NodeReader,
  command: ShellCommand,
  options: CommandOptions = {},
): Promise<ExecResult> {
  return node.query(administered(command), options);
}

/** The command under a short name, for scripts that nobody wants to read in a message. */
export function labelled(command: ShellCommand, shown: string): ShellCommand {
  return { text: command.text, shown };
}

/** The tools of administrators are in folders that the PATH of plain users, and of some sudos, does not have. */
function administered(command: ShellCommand): ShellCommand {
  return {
    text: `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C; export PATH LC_ALL\n${command.text}`,
    shown: command.shown,
  };
}
