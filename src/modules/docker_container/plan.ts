import type { Change, ValueRow } from '../../model/result.ts';
import type { Data } from '../../model/data.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import type { ContainerInfo, ImageInfo } from '../docker/inspect.ts';
import { inspectContainer, inspectImage, listContainers, shortId } from '../docker/inspect.ts';
import { CONTAINER_NAME } from '../docker/names.ts';
import type { ContainerArgs } from './args.ts';
import { aspectsOf, differences } from './aspects.ts';

/** The old container of a replacement that did not come to its end. */
export interface Leftover {
  readonly id: string;
  readonly name: string;
}

/** What is there on the node. */
export interface Seen {
  readonly current: ContainerInfo | undefined;
  readonly leftover: Leftover | undefined;
  readonly image: ImageInfo | undefined;
}

export type Action =
  'remove' | 'heal' | 'create' | 'replace' | 'update' | 'start' | 'unpause' | 'restart' | 'stop';

/** One thing to do and how it is told. */
export interface Step {
  readonly action: Action;
  readonly summary: string;
  readonly rows: readonly ValueRow[];
}

/** Name that the old container has while its successor is tried. */
export function oldName(name: string, id: string): string {
  return `${name}-old-${shortId(id)}`;
}

/** Looks at everything at once. */
export async function look(node: NodeReader, args: ContainerArgs): Promise<Seen> {
  const [current, others, image] = await Promise.all([
    inspectContainer(node, args.name),
    listContainers(node, `${args.name}-old-`),
    args.image === undefined || args.state === 'absent' ? undefined : inspectImage(node, args.image),
  ]);
  // A container that a user named so does not carry its own ID in its name.
  const leftover = others.find(([id, name]) => name === oldName(args.name, id));
  return {
    current: await withPeersName(node, args, current),
    image,
    leftover: leftover && { id: leftover[0], name: leftover[1] },
  };
}

/** Docker may keep the ID of a container whose network it shares, where its name was given. */
async function withPeersName(
  node: NodeReader,
  { network_mode: wanted }: ContainerArgs,
  current: ContainerInfo | undefined,
): Promise<ContainerInfo | undefined> {
  const [, peer = ''] = /^container:(.+)$/.exec(wanted ?? '') ?? [];
  if (wanted === undefined || current === undefined || !CONTAINER_NAME.test(peer)) return current;
  const { HostConfig } = current;
  if (HostConfig.NetworkMode === wanted || !HostConfig.NetworkMode.startsWith('container:')) return current;
  const { Id } = (await inspectContainer(node, peer)) ?? {};
  const same = Id !== undefined && HostConfig.NetworkMode === `container:${Id}`;
  return same ? { ...current, HostConfig: { ...HostConfig, NetworkMode: wanted } } : current;
}

/** What is to be done about what was seen, in order. */
export function planSteps(args: ContainerArgs, seen: Seen): readonly Step[] {
  const { current, leftover } = seen;
  if (args.state === 'absent') {
    return current || leftover
      ? [{ action: 'remove', summary: `${stateOf(current)} → absent`, rows: [] }]
      : [];
  }
  const rows = differences(aspectsOf(args, seen.image), current);
  if (leftover !== undefined) return [healStep(leftover, rows)];
  if (current === undefined) {
    requireImage(args);
    return [{ action: 'create', summary: `absent → ${starts(args) ? 'started' : 'created'}`, rows }];
  }
  if (args.recreate || rows.some((row) => !row.live)) {
    const why = rows.length === 0 ? 'asked for' : rows.map(rowText).join('; ');
    return [{ action: 'replace', summary: `recreate: ${why}`, rows }];
  }
  return [...updateStep(rows), ...runningStep(args, current)];
}

/** The steps as the runner shows them. */
export function changesOf(args: ContainerArgs, steps: readonly Step[]): readonly Change[] {
  return steps.map(({ summary, rows }) => ({
    subject: args.name,
    summary,
    ...(rows.length === 0
      ? {}
      : {
          diff: {
            kind: 'values' as const,
            rows: rows.map(({ name, before, after }) => ({ name, before, after })),
          },
        }),
  }));
}

/** Whether a new container is to run at once. */
export function starts(args: ContainerArgs, before?: ContainerInfo): boolean {
  return args.state === 'started' || (args.state === 'present' && before?.State.Running === true);
}

function requireImage(args: ContainerArgs): void {
  if (args.image !== undefined) return;
  throw new ModuleError({
    message: `there is no container ${args.name}, and no image is given to make it from`,
    hint: 'correct the name, or give image',
  });
}

function healStep(leftover: Leftover, rows: readonly ValueRow[]): Step {
  const summary = `a replacement was interrupted (${leftover.name} is still there) → finished, or begun anew`;
  return { action: 'heal', summary, rows };
}

function updateStep(rows: readonly ValueRow[]): readonly Step[] {
  return rows.length === 0 ? [] : [{ action: 'update', summary: rows.map(rowText).join('; '), rows }];
}

function runningStep(args: ContainerArgs, current: ContainerInfo): readonly Step[] {
  const { Running, Paused } = current.State;
  const step = (action: Action, summary: string): readonly Step[] => [{ action, summary, rows: [] }];
  if (args.state === 'stopped') return Running ? step('stop', 'started → stopped') : [];
  if (args.state === 'started' && !Running) return step('start', `${stateOf(current)} → started`);
  if (args.state === 'started' && Paused && !args.restart) return step('unpause', 'paused → started');
  return args.restart && Running ? step('restart', 'started → restarted') : [];
}

function stateOf(container: ContainerInfo | undefined): string {
  if (container === undefined) return 'left over';
  if (container.State.Running) return container.State.Paused ? 'paused' : 'started';
  return container.State.Status === 'created' ? 'created' : 'stopped';
}

function rowText(row: ValueRow): string {
  if (row.before === '***' && row.after === '***') return `${row.name} changed`;
  if (!Array.isArray(row.before) || !Array.isArray(row.after) || row.name === 'command') {
    return `${row.name} ${show(row.before)} → ${show(row.after)}`;
  }
  const [before, after] = [row.before as readonly Data[], row.after as readonly Data[]];
  const gone = before.filter((item) => !after.includes(item)).map((item) => `−${show(item)}`);
  const come = after.filter((item) => !before.includes(item)).map((item) => `+${show(item)}`);
  return [row.name, ...gone, ...come].join(' ');
}

function show(value: Data): string {
  if (value === null) return 'unset';
  if (Array.isArray(value)) return `"${value.join(' ')}"`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
