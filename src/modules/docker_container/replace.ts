import { TaskTimeoutError } from '../../transport/contract.ts';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { docker } from '../docker/act.ts';
import { commandError } from '../failure.ts';
import type { ContainerArgs } from './args.ts';
import { create, logsOf, stop, requireHealthy } from './steps.ts';
import type { Leftover } from './plan.ts';
import { oldName, starts } from './plan.ts';
import type { ContainerInfo } from '../docker/inspect.ts';

/** The container that is there before, and what is to become of it when the new one fails. */
export interface Old {
  readonly container: ContainerInfo;
  /** Start it again when going back. */
  readonly restart: boolean;
}

/**
 * Puts a new container in the place of the old one. The old one is stopped and renamed, and removed only
 * when the new one is healthy; when that fails, it comes back under its name.
 */
export async function replace(node: NodeWriter, args: ContainerArgs, old: Old, image: string): Promise<void> {
  const { Id: id, State: state } = old.container;
  const leftover = { id, name: oldName(args.name, id) };
  const wasRunning = starts(args, old.container);
  // Renamed first: from here on, its name tells the next run that a replacement is under way.
  await docker(node, sh`docker rename ${id} ${leftover.name}`, `container ${args.name} cannot be renamed`);
  await orGoBack(node, args, { leftover, restart: old.restart }, async () => {
    if (state.Running) await stop(node, args, id);
    await create(node, args, image, wasRunning);
    if (wasRunning) await requireHealthy(node, args);
  });
  await removeOld(node, leftover);
}

/** Ends an interrupted replacement whose new container is there: waits for its health, or goes back. */
export async function finishReplacement(
  node: NodeWriter,
  args: ContainerArgs,
  leftover: Leftover,
): Promise<void> {
  await orGoBack(node, args, { leftover, restart: true }, () => requireHealthy(node, args));
  await removeOld(node, leftover);
}

/** Brings the old container back under its name; the new one, if any, is removed. */
export async function takeBack(
  node: NodeWriter,
  args: ContainerArgs,
  leftover: Leftover,
  restart: boolean,
): Promise<void> {
  const name = args.name;
  // No such container is well here: the new one may never have come to be. Docker takes a name for the
  // beginning of an ID too, hence the comparison.
  await node.run(
    sh`[ "$(docker inspect --type container --format '{{.Name}}' ${name} 2>/dev/null)" != ${`/${name}`} ] || docker rm -f ${name}`,
  );
  await docker(
    node,
    sh`docker rename ${leftover.id} ${name}`,
    `${leftover.name} cannot be renamed to ${name}`,
  );
  if (restart)
    await docker(node, sh`docker start ${leftover.id}`, `the old container ${name} cannot be started`);
}

interface Back {
  readonly leftover: Leftover;
  readonly restart: boolean;
}

async function orGoBack(
  node: NodeWriter,
  args: ContainerArgs,
  back: Back,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // A lost connection cannot be answered by more commands: the next run finds the renamed one and heals.
    if (!(error instanceof ModuleError || error instanceof TaskTimeoutError)) throw error;
    const logs = await logsOf(node, args.name);
    throw failure(error, logs, await goBack(node, args, back));
  }
}

async function goBack(node: NodeWriter, args: ContainerArgs, { leftover, restart }: Back): Promise<string> {
  try {
    await takeBack(node, args, leftover, restart);
    return `The new container was removed; the old one is back${restart ? ' and started' : ', stopped as before'}.`;
  } catch (error) {
    if (!(error instanceof ModuleError || error instanceof TaskTimeoutError)) throw error;
    return `Going back failed too: ${error.message}. The old container is ${leftover.id.slice(0, 12)}; the next run tries again.`;
  }
}

function failure(error: ModuleError | TaskTimeoutError, logs: string, state: string): ModuleError {
  const first: Partial<ModuleError['failure']> = error instanceof ModuleError ? error.failure : {};
  const message = `${error.message}. ${state}`;
  return new ModuleError({ ...first, message, ...(logs === '' ? {} : { stdout: logs }) });
}

async function removeOld(node: NodeWriter, leftover: Leftover): Promise<void> {
  const command = sh`docker rm ${leftover.id}`;
  const done = await node.run(command);
  if (done.exitCode === 0) return;
  throw commandError(
    `the new container runs, but the old one, ${leftover.name}, cannot be removed`,
    command,
    done,
    {
      hint: `remove it on ${node.name} with "docker rm -f ${leftover.name}"`,
    },
  );
}
