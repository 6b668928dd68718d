import type * as z from 'zod';
import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import type { ContainerInfo } from '../docker/inspect.ts';
import { inspectContainer, inspectImage } from '../docker/inspect.ts';
import { openMysql } from '../mysql/connection.ts';
import { LOGIN_INPUTS } from '../mysql/login.ts';
import type { OpenMysql } from '../mysql/session.ts';
import type { InitArgs } from './args.ts';
import { initArgs, initReturns } from './args.ts';
import { regionIsThere } from './region.ts';
import { runScript } from './script.ts';
import { hasGivenUp, hasStarted, initialisesItself, waitForItself } from './self.ts';

type Result = z.output<typeof initReturns>;

interface Found {
  readonly way: 'script' | 'itself';
  /** Since when the container runs; only what it logged since then counts. */
  readonly startedAt: string;
  /** An image that has tried by itself and failed does not try again: its script does. */
  readonly gaveUp: boolean;
}

/** The module, given how the MetaDB is connected to. */
export function omsInit(open: OpenMysql): AnyModule {
  return defineModule<typeof initArgs, typeof initReturns, Found>({
    name: 'oms_init',
    beyondNode: true,
    summary: 'Initialise OMS in its container: run docker_init.sh, or wait for an image that does it itself',
    args: initArgs,
    returns: initReturns,
    inputs: LOGIN_INPUTS,
    examples: `- name: Initialise the region
  oms_init:
    container: "{{oms_container}}"
    log_dir: "{{oms_mount_dir}}/oms_logs"
    region: "{{cm_region}}"
    location: "{{cm_location}}"
    rm_db: "{{drc_rm_db}}"
    login_host: "{{oms_meta_host}}"
    login_port: "{{oms_meta_port}}"
    login_user: "{{oms_meta_user}}"
    login_password: "{{oms_meta_password}}"
`,
    check: (node, given) => check(node, given, open),
    async apply(node, given, found) {
      if (found.state === undefined) throw new Error('oms_init: apply without what check found');
      const { way, startedAt, gaveUp } = found.state;
      const waits = way === 'itself' && !gaveUp;
      const steps = waits ? await waitForItself(node, given, startedAt) : await runScript(node, given);
      return { initialised: true, way, known_by: waits ? 'log' : 'script', steps: [...steps] };
    },
  });
}

/** Initialised is what has the flag file, or has logged its start, or whose region is in the MetaDB. */
export const module = omsInit(openMysql);

async function check(node: NodeReader, given: InitArgs, open: OpenMysql): Promise<Check<Result, Found>> {
  const [container, flag] = await Promise.all([
    inspectContainer(node, given.container),
    node.query(sh`docker exec ${given.container} test -s ${given.flag_file}`),
  ]);
  const running = requireRunning(node, given, container);
  const way = (await isItself(node, given, running)) ? 'itself' : 'script';
  const { StartedAt: startedAt } = running.State;
  const known = flag.exitCode === 0 ? 'flag' : await otherSign(node, given, { way, startedAt, open });
  const gaveUp = known === null && way === 'itself' && (await hasGivenUp(node, given.container, startedAt));
  const state: Found = { way, startedAt, gaveUp };
  const result: Result = { initialised: known !== null, way, known_by: known, steps: [] };
  return { changes: known === null ? [changeOf(given, state)] : [], result, state };
}

function changeOf(given: InitArgs, { way, gaveUp }: Found): Change {
  const summary =
    way === 'itself' && !gaveUp
      ? 'not initialised → wait until it has initialised itself'
      : `not initialised → run ${given.script}`;
  return { subject: given.container, summary };
}

function requireRunning(
  node: NodeReader,
  given: InitArgs,
  container: ContainerInfo | undefined,
): ContainerInfo {
  if (container?.State.Running === true && !container.State.Paused) return container;
  const state = container?.State.Paused === true ? 'paused' : container?.State.Status;
  throw new ModuleError({
    message:
      container === undefined
        ? `there is no container ${given.container} on ${node.name}`
        : `container ${given.container} on ${node.name} is not running: it is ${state}, exit code ${container.State.ExitCode}`,
    hint: `Start it first (docker_container).${container === undefined ? '' : ` "docker logs ${given.container}" says why it ended.`}`,
  });
}

async function isItself(node: NodeReader, given: InitArgs, container: ContainerInfo): Promise<boolean> {
  if (given.self_init !== 'auto') return given.self_init;
  const named = initialisesItself([container.Config.Image]);
  if (named !== undefined) return named;
  // Started by its ID: the names of the image tell.
  const image = await inspectImage(node, container.Image);
  return initialisesItself(image?.RepoTags ?? []) ?? false;
}

async function otherSign(
  node: NodeReader,
  given: InitArgs,
  more: { readonly way: Found['way']; readonly startedAt: string; readonly open: OpenMysql },
): Promise<Result['known_by']> {
  // The row says nothing of this node while an image is still at work by itself.
  if (more.way === 'itself') {
    return (await hasStarted(node, given.container, more.startedAt)) ? 'log' : null;
  }
  return (await regionIsThere(given, more.open)) ? 'metadb' : null;
}
