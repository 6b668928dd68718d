import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { docker } from '../docker/act.ts';
import { requireDocker } from '../docker/engine.ts';
import { commandError, tail } from '../failure.ts';
import type { ContainerArgs } from './args.ts';
import { waitHealthy } from './health.ts';
import { runCommand, updateOptions } from './run-command.ts';

/** Makes the container, started or not. One that could not even be started is removed again. */
export async function create(
  node: NodeWriter,
  args: ContainerArgs,
  image: string,
  start: boolean,
): Promise<void> {
  const { command, options } = runCommand(args, image, start);
  const done = await node.run(command, options);
  if (done.exitCode === 0) {
    if (start && !args.detach) await waitForEnd(node, args);
    return;
  }
  await requireDocker(node);
  const name = args.name;
  await node.run(
    sh`[ "$(docker inspect --type container --format '{{.State.Status}}' ${name} 2>/dev/null)" != created ] || docker rm ${name}`,
  );
  throw commandError(
    `container ${name} cannot be ${start ? 'started' : 'created'} on ${node.name}`,
    command,
    done,
  );
}

async function waitForEnd(node: NodeWriter, args: ContainerArgs): Promise<void> {
  const done = await node.run(sh`docker wait ${args.name}`);
  const exitCode = Number(done.stdout.toString('utf8').trim());
  if (done.exitCode === 0 && exitCode === 0) return;
  const logs = await logsOf(node, args.name);
  const message = `container ${args.name} on ${node.name} ended with exit code ${exitCode}`;
  throw new ModuleError({ message, exitCode, ...(logs === '' ? {} : { stdout: logs }) });
}

/** Stops it; it has `stop_timeout` seconds to end by itself. */
export async function stop(node: NodeWriter, args: ContainerArgs, id: string): Promise<void> {
  await docker(
    node,
    sh`docker ${['stop', ...timeOption(args), id]}`,
    `container ${args.name} cannot be stopped`,
  );
}

/** Restarts it and waits for its health. */
export async function restart(node: NodeWriter, args: ContainerArgs): Promise<void> {
  const { name } = args;
  await docker(
    node,
    sh`docker ${['restart', ...timeOption(args), name]}`,
    `container ${name} cannot be restarted`,
  );
  await requireHealthyOrStop(node, args);
}

/** Changes memory, CPUs and restart policy of a container while it runs. */
export async function update(node: NodeWriter, args: ContainerArgs, names: readonly string[]): Promise<void> {
  const options = updateOptions(args, names);
  await docker(node, sh`docker update ${options} ${args.name}`, `container ${args.name} cannot be updated`);
}

/** Throws ModuleError when the container does not become healthy in time. */
export async function requireHealthy(node: NodeWriter, args: ContainerArgs): Promise<void> {
  const reason = args.detach ? await waitHealthy(node, args.name, args.health) : undefined;
  if (reason === undefined) return;
  throw new ModuleError({ message: `container ${args.name} on ${node.name} is not healthy: ${reason}` });
}

/** The same where there is no older one to go back to: it is stopped and kept, so that it can be looked at. */
export async function requireHealthyOrStop(node: NodeWriter, args: ContainerArgs): Promise<void> {
  try {
    await requireHealthy(node, args);
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    const logs = await logsOf(node, args.name);
    // Left running, the next run would find it as described and call it ok.
    await node.run(sh`docker ${['stop', ...timeOption(args), args.name]}`);
    throw new ModuleError({
      message: `${error.message}. It was stopped and kept.`,
      hint: `"docker logs ${args.name}" on ${node.name} shows its whole log; the next run starts it again`,
      ...(logs === '' ? {} : { stdout: logs }),
    });
  }
}

/** The end of what the container has logged, for a failure; empty when it cannot be had. */
export async function logsOf(node: NodeWriter, name: string): Promise<string> {
  const done = await node.query(sh`docker logs --tail 50 ${name} 2>&1`);
  return done.exitCode === 0 ? tail(done.stdout.toString('utf8')) : '';
}

function timeOption(args: ContainerArgs): readonly string[] {
  return args.stop_timeout === undefined ? [] : ['-t', `${args.stop_timeout}`];
}
