import type { Data } from '../../model/data.ts';
import type { ValueRow } from '../../model/result.ts';
import type { ContainerInfo, ImageInfo } from '../docker/inspect.ts';
import { shortId } from '../docker/inspect.ts';
import { SECRET_NAME } from '../docker/names.ts';
import { splitWords } from '../words.ts';
import type { ContainerArgs } from './args.ts';

/** One thing that was asked for, and how to see it in a container. Lists compare as sets where `set` says so. */
export interface Aspect {
  readonly name: string;
  readonly wanted: Data;
  readonly actual: (container: ContainerInfo) => Data;
  readonly set?: true;
  readonly secret?: true;
  /** It can be changed without replacing the container. */
  readonly live?: true;
}

/** Everything that was asked for; what was not given is left as it is. */
export function aspectsOf(args: ContainerArgs, image: ImageInfo | undefined): readonly Aspect[] {
  return [...imageAspect(args, image), ...processAspects(args), ...maps(args), ...hostAspects(args)];
}

/** What differs, as rows of a diff; without a container all of it does. */
export function differences(
  aspects: readonly Aspect[],
  container: ContainerInfo | undefined,
): readonly (ValueRow & { readonly live: boolean })[] {
  return aspects.flatMap((aspect) => {
    const before = container === undefined ? null : aspect.actual(container);
    if (container !== undefined && same(aspect, before)) return [];
    const hide = (value: Data): Data => (aspect.secret && value !== null ? '***' : value);
    return [
      { name: aspect.name, before: hide(before), after: hide(aspect.wanted), live: aspect.live ?? false },
    ];
  });
}

/** The words of a command, given as a line or as a list. */
export function commandWords(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string' ? splitWords(command) : command;
}

/** A bind as docker compares it: no slash at the end of the source, `rw` unsaid. */
export function bindOf(volume: string): string {
  const [source = '', target = '', mode = 'rw'] = volume.split(':');
  const options = mode.split(',').filter((option) => option !== 'rw');
  const plain = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path);
  return [plain(source), plain(target), ...(options.length > 0 ? [options.join(',')] : [])].join(':');
}

function same(aspect: Aspect, actual: Data): boolean {
  const text = (value: Data): string =>
    JSON.stringify(aspect.set && Array.isArray(value) ? [...new Set(value as string[])].sort() : value);
  return text(actual) === text(aspect.wanted);
}

function imageAspect(args: ContainerArgs, image: ImageInfo | undefined): readonly Aspect[] {
  if (args.image === undefined) return [];
  const wanted =
    image === undefined ? `${args.image} (not on the node yet)` : `${args.image} (${shortId(image.Id)})`;
  const actual = (c: ContainerInfo): Data =>
    c.Image === image?.Id ? wanted : `${c.Config.Image} (${shortId(c.Image)})`;
  return [{ name: 'image', wanted, actual }];
}

function aspect<T extends Data>(
  name: string,
  wanted: T | undefined,
  actual: (container: ContainerInfo) => Data,
  more: Pick<Aspect, 'set' | 'live'> = {},
): readonly Aspect[] {
  return wanted === undefined ? [] : [{ name, wanted, actual, ...more }];
}

function processAspects(args: ContainerArgs): readonly Aspect[] {
  const words = args.command === undefined ? [] : commandWords(args.command);
  // With no word the image's own command counts.
  const command = words.length === 0 ? undefined : words;
  return [
    ...aspect('command', command, (c) => c.Config.Cmd ?? []),
    ...aspect('user', args.user, (c) => c.Config.User ?? ''),
    ...aspect('hostname', args.hostname, (c) => c.Config.Hostname ?? ''),
    ...aspect('interactive', args.interactive, (c) => c.Config.OpenStdin),
    ...aspect('tty', args.tty, (c) => c.Config.Tty),
  ];
}

function maps(args: ContainerArgs): readonly Aspect[] {
  const env = Object.entries(args.env ?? {}).map(([key, wanted]): Aspect => {
    const actual = (c: ContainerInfo): Data => valueIn(c.Config.Env ?? [], key);
    return { name: `env ${key}`, wanted, actual, ...(SECRET_NAME.test(key) ? { secret: true } : {}) };
  });
  const labels = Object.entries(args.labels ?? {}).map(([key, wanted]): Aspect => {
    return { name: `label ${key}`, wanted, actual: (c) => c.Config.Labels?.[key] ?? null };
  });
  return [...env, ...labels];
}

function valueIn(env: readonly string[], key: string): string | null {
  return env.find((entry) => entry.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
}

function hostAspects(args: ContainerArgs): readonly Aspect[] {
  const set = { set: true } as const;
  const live = { live: true } as const;
  return [
    ...aspect('volumes', args.volumes?.map(bindOf), (c) => (c.HostConfig.Binds ?? []).map(bindOf), set),
    ...aspect('network_mode', networkOf(args.network_mode), (c) => networkOf(c.HostConfig.NetworkMode) ?? ''),
    ...aspect('privileged', args.privileged, (c) => c.HostConfig.Privileged),
    ...aspect('pids_limit', pidsOf(args.pids_limit), (c) => pidsOf(c.HostConfig.PidsLimit ?? -1) ?? -1),
    ...(args.ulimits ?? []).flatMap(ulimitAspect),
    ...aspect('restart_policy', args.restart_policy?.replace(/:0+$/, ''), policyOf, live),
    ...aspect('memory', args.memory, (c) => c.HostConfig.Memory ?? 0, live),
    ...aspect('cpus', args.cpus, (c) => (c.HostConfig.NanoCpus ?? 0) / 1e9, live),
    ...aspect('published_ports', args.published_ports?.map(portOf), portsOf, set),
  ];
}

/** Docker shows no limit as -1, as 0 and as null, by its version. */
function pidsOf(limit: number | undefined): number | undefined {
  return limit === 0 ? -1 : limit;
}

function networkOf(mode: string | undefined): string | undefined {
  return mode === 'default' ? 'bridge' : mode;
}

function ulimitAspect(text: string): readonly Aspect[] {
  const [name = '', soft = '', hard = soft] = text.split(':');
  const actual = (c: ContainerInfo): Data => {
    const found = c.HostConfig.Ulimits?.find((limit) => limit.Name === name);
    return found === undefined ? null : `${found.Soft}:${found.Hard}`;
  };
  return [{ name: `ulimit ${name}`, wanted: `${soft}:${hard}`, actual }];
}

function policyOf(container: ContainerInfo): string {
  const policy = container.HostConfig.RestartPolicy;
  const name = policy?.Name === undefined || policy.Name === '' ? 'no' : policy.Name;
  const retries = policy?.MaximumRetryCount ?? 0;
  return name === 'on-failure' && retries > 0 ? `${name}:${retries}` : name;
}

function portOf(text: string): string {
  return text.includes('/') ? text : `${text}/tcp`;
}

function portsOf(container: ContainerInfo): Data {
  return Object.entries(container.HostConfig.PortBindings ?? {}).flatMap(([inside, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => {
      const address = HostIp === undefined || HostIp === null || HostIp === '' ? '' : `${HostIp}:`;
      return `${address}${HostPort ?? ''}:${inside}`;
    }),
  );
}
