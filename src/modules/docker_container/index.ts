import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import type { Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { docker } from '../docker/act.ts';
import type { ContainerInfo } from '../docker/inspect.ts';
import { inspectContainer } from '../docker/inspect.ts';
import type { ContainerArgs } from './args.ts';
import { containerArgs } from './args.ts';
import { aspectsOf, differences } from './aspects.ts';
import type { Seen, Step } from './plan.ts';
import { changesOf, look, planSteps, starts } from './plan.ts';
import { finishReplacement, replace, takeBack } from './replace.ts';
import { create, requireHealthyOrStop, restart, stop, update } from './steps.ts';

const returns = z.strictObject({
  container: z
    .strictObject({
      Id: z.string(),
      Name: z.string().describe('With a slash before it, as docker inspect says it.'),
      Image: z.string().describe('ID of its image.'),
      Created: z.string(),
      State: z.strictObject({
        Status: z.string(),
        Running: z.boolean(),
        ExitCode: z.int(),
        StartedAt: z.string(),
      }),
      Config: z.strictObject({ Image: z.string().describe('Its image as it was named.') }),
    })
    .nullable()
    .describe('The container, in the words of docker inspect; null: there is none.'),
});

type Result = z.output<typeof returns>;

interface State {
  readonly seen: Seen;
  readonly steps: readonly Step[];
}

/** Makes, replaces, starts, stops and removes containers, compared with `docker inspect`. */
export const module = defineModule<typeof containerArgs, typeof returns, State>({
  name: 'docker_container',
  summary: 'Bring a Docker container to the described state',
  args: containerArgs,
  returns,
  examples: `- name: OMS runs
  docker_container:
    name: oms
    image: work.oceanbase-dev.com/obartifact-store/oms:feature_4.2.11-ce
    network_mode: host
    interactive: true
    tty: true
    volumes:
      - /data/oms/config.yaml:/home/admin/conf/config.yaml
      - /data/oms/oms_logs:/home/admin/logs
      - /data/oms/oms_store:/home/ds/store
      - /data/oms/oms_run:/home/ds/run
    env: { OMS_HOST_IP: "10.0.1.11" }
    privileged: true
    pids_limit: -1
    ulimits: ["nproc:65535:65535"]
    stop_timeout: 60
    health:
      log_line: OMS service start successfully
      timeout: 900
`,
  async check(node, args) {
    const seen = await look(node, args);
    const steps = planSteps(args, seen);
    const makes = steps.some(({ action }) => ['create', 'replace', 'heal'].includes(action));
    const missing = makes && args.image !== undefined && seen.image === undefined;
    return {
      changes: changesOf(args, steps),
      result: resultOf(seen.current),
      state: { seen, steps },
      // No error yet: in check mode the task that loads it has not run.
      ...(missing ? { warnings: [`image ${args.image} is not on ${node.name} yet`] } : {}),
    };
  },
  async apply(node, args, found: Check<Result, State>) {
    if (found.state === undefined) throw new Error('check has left no state');
    for (const step of found.state.steps) await act(node, args, step, found.state.seen);
    return resultOf(await inspectContainer(node, args.name));
  },
});

async function act(node: NodeWriter, args: ContainerArgs, step: Step, seen: Seen): Promise<void> {
  const { name } = args;
  switch (step.action) {
    case 'remove':
      return remove(node, args, seen);
    case 'heal':
      return heal(node, args, seen);
    case 'create':
      await create(node, args, imageFor(node, args, seen), starts(args));
      return starts(args) ? requireHealthyOrStop(node, args) : undefined;
    case 'replace':
      return replaceCurrent(node, args, seen, seen.current?.State.Running === true);
    case 'update':
      return update(
        node,
        args,
        step.rows.map((row) => row.name),
      );
    case 'start':
      await docker(node, sh`docker start ${name}`, `container ${name} cannot be started`);
      return requireHealthyOrStop(node, args);
    case 'unpause':
      await docker(node, sh`docker unpause ${name}`, `container ${name} cannot be unpaused`);
      return undefined;
    case 'restart':
      return restart(node, args);
    case 'stop':
      return stop(node, args, name);
  }
}

async function remove(node: NodeWriter, args: ContainerArgs, { current, leftover }: Seen): Promise<void> {
  if (current?.State.Running) await stop(node, args, current.Id);
  for (const id of [current?.Id, leftover?.id]) {
    if (id !== undefined)
      await docker(node, sh`docker rm -f ${id}`, `container ${args.name} cannot be removed`);
  }
}

async function replaceCurrent(
  node: NodeWriter,
  args: ContainerArgs,
  seen: Seen,
  back: boolean,
): Promise<void> {
  if (seen.current === undefined) throw new Error('there is no container to replace');
  await replace(node, args, { container: seen.current, restart: back }, imageFor(node, args, seen));
}

/** Ends what an interrupted run has begun: the new container stays if it is well, else the old one is taken back. */
async function heal(node: NodeWriter, args: ContainerArgs, seen: Seen): Promise<void> {
  const { current, leftover } = seen;
  if (leftover === undefined) return;
  const asDescribed = current !== undefined && differences(aspectsOf(args, seen.image), current).length === 0;
  if (asDescribed && current.State.Running && args.state !== 'stopped') {
    return finishReplacement(node, args, leftover);
  }
  const imageMissing = args.image !== undefined && seen.image === undefined;
  // With no way forward, the old one shall at least run again.
  await takeBack(node, args, leftover, imageMissing && args.state === 'started');
  imageFor(node, args, seen);
  const now = await look(node, args);
  for (const step of planSteps(args, now)) {
    if (step.action === 'replace') await replaceCurrent(node, args, now, args.state === 'started');
    else await act(node, args, step, now);
  }
}

/** The image to make it from; refused before anything is touched when the node does not have it. */
function imageFor(node: NodeWriter, args: ContainerArgs, seen: Seen): string {
  if (args.image === undefined) return seen.current?.Config.Image ?? '';
  if (seen.image !== undefined) return args.image;
  throw new ModuleError({
    message: `image ${args.image} is not on ${node.name}`,
    hint: 'load it first, with docker_image',
  });
}

function resultOf(container: ContainerInfo | undefined): Result {
  if (container === undefined) return { container: null };
  const { Id, Name, Image, Created, State: state, Config } = container;
  const { Status, Running, ExitCode, StartedAt } = state;
  const State = { Status, Running, ExitCode, StartedAt };
  return { container: { Id, Name, Image, Created, State, Config: { Image: Config.Image } } };
}
