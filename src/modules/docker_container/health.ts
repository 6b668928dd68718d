import { setTimeout as sleep } from 'node:timers/promises';
import { TaskTimeoutError } from '../../transport/contract.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import type { ContainerInfo } from '../docker/inspect.ts';
import { inspectContainer } from '../docker/inspect.ts';
import { tail } from '../failure.ts';
import type { Health } from './args.ts';

/** How long a container without a health argument must survive its start, in milliseconds. */
const SETTLE_MS = 300;

/**
 * Waits until the container is healthy; without `health`, until it has survived its first moments.
 * Answers with the reason when it is not.
 */
export async function waitHealthy(
  node: NodeWriter,
  name: string,
  health: Health | undefined,
): Promise<string | undefined> {
  if (health === undefined) {
    await sleep(SETTLE_MS);
    const container = await inspectContainer(node, name);
    return container === undefined ? `it is gone` : endedBadly(container);
  }
  const start = Date.now();
  const limit = health.timeout * 1000;
  for (;;) {
    const left = limit - (Date.now() - start);
    const look = await lookOnce(node, name, health, Math.max(left, 1000));
    if (look === 'healthy') return undefined;
    if (look.final) return look.reason;
    if (left <= 0) return `after ${health.timeout} s ${look.reason}`;
    node.progress(`waiting until ${name} is healthy`, elapsed(start), health.timeout, 'steps');
    await sleep(Math.min(health.interval * 1000, left));
  }
}

interface Unhealthy {
  readonly reason: string;
  /** Waiting longer cannot help. */
  readonly final: boolean;
}

async function lookOnce(
  node: NodeReader,
  name: string,
  health: Health,
  timeoutMs: number,
): Promise<'healthy' | Unhealthy> {
  const container = await inspectContainer(node, name);
  if (container === undefined) return { reason: 'it is gone', final: true };
  if (!container.State.Running && !container.State.Restarting) {
    return { reason: `it ended with exit code ${container.State.ExitCode}`, final: true };
  }
  const own = container.State.Health?.Status;
  if (own !== undefined && own !== 'healthy' && own !== 'none') {
    return { reason: `its own health check says "${own}"`, final: false };
  }
  const reason =
    (await logReason(node, container, health.log_line)) ??
    (await commandReason(node, name, health.command, timeoutMs));
  return reason === undefined ? 'healthy' : { reason, final: false };
}

async function logReason(
  node: NodeReader,
  container: ContainerInfo,
  line: string | undefined,
): Promise<string | undefined> {
  if (line === undefined) return undefined;
  // The log keeps what earlier starts wrote; only this start counts.
  const since = container.State.StartedAt;
  const seen = await node.query(sh`docker logs --since ${since} ${container.Id} 2>&1 | grep -qF -e ${line}`);
  return seen.exitCode === 0 ? undefined : `it has not logged "${line}"`;
}

async function commandReason(
  node: NodeReader,
  name: string,
  command: string | undefined,
  timeoutMs: number,
): Promise<string | undefined> {
  if (command === undefined) return undefined;
  try {
    const done = await node.query(sh`docker exec ${name} /bin/sh -c ${command}`, { timeoutMs });
    if (done.exitCode === 0) return undefined;
    const said = tail(`${done.stdout.toString('utf8')}${done.stderr.toString('utf8')}`);
    return `the health command ended with exit code ${done.exitCode}${said === '' ? '' : `: ${said}`}`;
  } catch (error) {
    if (error instanceof TaskTimeoutError) return 'the health command did not end';
    throw error;
  }
}

/** A job that has done its work and ended with 0 is well too. */
function endedBadly(container: ContainerInfo): string | undefined {
  const { Running, Restarting, ExitCode, Error: message } = container.State;
  if (Running || (!Restarting && ExitCode === 0)) return undefined;
  return `it ended with exit code ${ExitCode}${message ? `: ${message}` : ''}`;
}

function elapsed(start: number): number {
  return Math.round((Date.now() - start) / 1000);
}
