import { setTimeout as pause } from 'node:timers/promises';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { inspectContainer } from '../docker/inspect.ts';
import { tail } from '../failure.ts';
import type { InitArgs } from './args.ts';
import { initLog } from './log.ts';
import { stepsIn } from './steps.ts';

const STARTED = 'OMS service start successfully';
const GAVE_UP = /OMS service start failed|OMS does not start|initialization was not completed/;
const SINCE = [4, 2, 7] as const;
const LOG_LINES = 400;

/** Whether images of these names initialise themselves, by the version in the tag; undefined: none has one. */
export function initialisesItself(names: readonly string[]): boolean | undefined {
  for (const name of names) {
    const tag = /:([^/:]*)$/.exec(name.startsWith('sha256:') ? '' : name)?.[1] ?? '';
    const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(tag);
    if (found) return atLeast(found.slice(1).map((part) => Number(part ?? 0)));
  }
  return undefined;
}

function atLeast(version: readonly number[]): boolean {
  for (const [i, wanted] of SINCE.entries()) {
    const part = version[i] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** True when the container has logged, since its last start, that OMS is up. */
export async function hasStarted(node: NodeReader, container: string, since: string): Promise<boolean> {
  const seen = await node.query(sh`docker logs --since ${since} ${container} 2>&1 | grep -qF -e ${STARTED}`);
  return seen.exitCode === 0;
}

/** True when the container has logged, since its last start, that it could not initialise itself. */
export async function hasGivenUp(node: NodeReader, container: string, since: string): Promise<boolean> {
  const seen = await node.query(sh`docker logs --since ${since} --tail ${LOG_LINES} ${container} 2>&1`);
  return GAVE_UP.test(seen.stdout.toString('utf8'));
}

/** Watches the container's log until it says that OMS is up. Throws as soon as that cannot happen any more. */
export async function waitForItself(
  node: NodeWriter,
  given: InitArgs,
  since: string,
): Promise<readonly string[]> {
  const { container, timeout, interval } = given;
  const end = performance.now() + timeout * 1000;
  for (let told = 0; ;) {
    const [seen, info] = await Promise.all([
      node.query(sh`docker logs --since ${since} --tail ${LOG_LINES} ${container} 2>&1`),
      inspectContainer(node, container),
    ]);
    const log = seen.stdout.toString('utf8');
    const steps = stepsIn(log);
    if (steps.done > told) node.progress('initialisation', steps.done - 1, steps.total, 'steps');
    told = Math.max(told, steps.done);
    if (log.includes(STARTED)) return steps.names;
    if (info?.State.Running !== true) throw await failed(node, given, { what: 'ended', log });
    if (GAVE_UP.test(log)) throw await failed(node, given, { what: 'could not initialise itself', log });
    if (performance.now() >= end) {
      throw await failed(node, given, { what: `did not say "${STARTED}" within ${timeout} s`, log });
    }
    await pause(interval * 1000);
  }
}

async function failed(
  node: NodeReader,
  given: InitArgs,
  found: { readonly what: string; readonly log: string },
): Promise<ModuleError> {
  const log = await initLog(node, given.container, given.log_dir);
  return new ModuleError({
    message: `container ${given.container} on ${node.name} ${found.what}`,
    hint: `The end of docker_init.log, or of "docker logs ${given.container}", says why. Mend the cause, then run again.`,
    stdout: log ?? tail(found.log),
  });
}
