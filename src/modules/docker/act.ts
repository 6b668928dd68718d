import type { ShellCommand } from '../../transport/command.ts';
import type { CommandOptions, NodeWriter } from '../../transport/node.ts';
import { commandError } from '../failure.ts';
import { requireDocker } from './engine.ts';

/** Runs a docker command and gives what it printed; throws ModuleError with `message` when it fails. */
export async function docker(
  node: NodeWriter,
  command: ShellCommand,
  message: string,
  options: CommandOptions = {},
): Promise<string> {
  const done = await node.run(command, options);
  if (done.exitCode === 0) return done.stdout.toString('utf8');
  await requireDocker(node);
  throw commandError(`${message} on ${node.name}`, command, done);
}
