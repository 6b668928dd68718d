import * as z from 'zod';
import { script, sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { defineModule } from '../define.ts';
import { docker } from '../docker/act.ts';
import { requireDocker } from '../docker/engine.ts';
import type { Filters, PruneArgs } from './args.ts';
import { pruneArgs } from './args.ts';
import type { Candidate } from './candidates.ts';
import {
  buildCacheToPrune,
  containersToPrune,
  imagesToPrune,
  networksToPrune,
  volumesToPrune,
} from './candidates.ts';
import { requireKnown } from './filters.ts';
import { prunedOf } from './outcome.ts';

const list = (what: string): z.ZodArray<z.ZodString> =>
  z.array(z.string()).describe(`${what} that were removed.`);
const space = z.int().describe('Bytes that they took, as exactly as docker says it.');

const returns = z.strictObject({
  containers: list('IDs of the containers'),
  containers_space_reclaimed: space,
  images: list('Names and layers of the images'),
  images_space_reclaimed: space,
  networks: list('Names of the networks'),
  volumes: list('Names of the volumes'),
  volumes_space_reclaimed: space,
  builder_cache_caches_deleted: list('Records of the builder cache'),
  builder_cache_space_reclaimed: space,
});

type Result = z.output<typeof returns>;

const NOTHING: Result = {
  ...{ containers: [], images: [], networks: [], volumes: [], builder_cache_caches_deleted: [] },
  ...{ containers_space_reclaimed: 0, images_space_reclaimed: 0, volumes_space_reclaimed: 0 },
  builder_cache_space_reclaimed: 0,
};

type Kind = 'containers' | 'networks' | 'images' | 'volumes' | 'builder_cache';

/** What to prune, in docker's order, and whether its volumes need to be told "all". */
interface State {
  readonly kinds: readonly Kind[];
  readonly tellsAll: boolean;
}

/** Removes what is not used, as `docker … prune` does; check lists what would go. */
export const module = defineModule<typeof pruneArgs, typeof returns, State>({
  name: 'docker_prune',
  summary: 'Remove what Docker does not use any more',
  args: pruneArgs,
  returns,
  notes: [
    'Arguments of Ansible’s about the way to the engine (docker_host, tls …) do not exist: it is the one of the node.',
    'What would go is listed by looking at each object; images that only these would set free, e.g. those of a removed container, are found by the next run.',
  ],
  examples: `- name: Old containers, and images that lost their name
  docker_prune:
    containers: true
    containers_filters: { until: 24h, "label!": keep }
    images: true
`,
  async check(node, args) {
    requireFilters(args);
    const { now, tellsAll } = await engine(node);
    const found = await candidates(node, args, { now, tellsAll });
    const changes = found.flatMap(([, some]) =>
      some.map(({ subject, about }) => ({ subject, summary: `${about} → absent` })),
    );
    const kinds = found.filter(([, some]) => some.length > 0).map(([kind]) => kind);
    return { changes, result: NOTHING, state: { kinds, tellsAll } };
  },
  async apply(node, args, { state }) {
    let result = NOTHING;
    for (const kind of state?.kinds ?? []) {
      result = { ...result, ...(await prune(node, kind, args, state?.tellsAll === true)) };
    }
    return result;
  },
});

function requireFilters(args: PruneArgs): void {
  const labels = ['label', 'label!'];
  requireKnown('containers_filters', args.containers_filters, ['until', ...labels]);
  requireKnown('images_filters', args.images_filters, ['until', 'dangling', ...labels]);
  requireKnown('networks_filters', args.networks_filters, ['until', ...labels]);
  requireKnown('volumes_filters', args.volumes_filters, ['all', ...labels]);
  requireKnown('builder_cache_filters', args.builder_cache_filters, ['until', 'id', 'parent', 'type']);
}

/** The node's clock, and whether its engine leaves volumes with a name alone unless told (API 1.42). */
async function engine(node: NodeReader): Promise<{ readonly now: number; readonly tellsAll: boolean }> {
  const seen = await node.query(script("date +%s && docker version --format '{{.Server.APIVersion}}'"));
  if (seen.exitCode !== 0) await requireDocker(node);
  const [now = '0', version = ''] = seen.stdout.toString('utf8').trim().split('\n');
  const [major = 1, minor = 0] = version.split('.').map(Number);
  return { now: Number(now), tellsAll: major > 1 || minor >= 42 };
}

function candidates(
  node: NodeReader,
  args: PruneArgs,
  { now, tellsAll }: { readonly now: number; readonly tellsAll: boolean },
): Promise<(readonly [Kind, readonly Candidate[]])[]> {
  const all = args.volumes_filters['all']?.some((one) => /^(true|1)$/i.test(one)) === true;
  const looks: Readonly<Record<Kind, () => Promise<readonly Candidate[]>>> = {
    containers: () => containersToPrune(node, args.containers_filters, now),
    networks: () => networksToPrune(node, args.networks_filters, now),
    images: () => imagesToPrune(node, args.images_filters, now),
    volumes: () => volumesToPrune(node, args.volumes_filters, !tellsAll || all),
    builder_cache: () => buildCacheToPrune(node, args, now),
  };
  const asked = (Object.keys(looks) as Kind[]).filter((kind) => args[kind]);
  return Promise.all(asked.map(async (kind) => [kind, await looks[kind]()] as const));
}

const COMMANDS: Readonly<Record<Kind, string>> = {
  containers: 'container',
  networks: 'network',
  images: 'image',
  volumes: 'volume',
  builder_cache: 'builder',
};

async function prune(
  node: NodeWriter,
  kind: Kind,
  args: PruneArgs,
  tellsAll: boolean,
): Promise<Partial<Result>> {
  const words = [COMMANDS[kind], 'prune', '--force', ...optionsOf(kind, args, tellsAll)];
  const said = await docker(node, sh`docker ${words}`, `unused ${kind.replace('_', ' ')} cannot be removed`);
  const { removed, bytes } = prunedOf(said);
  if (kind === 'networks') return { networks: [...removed] };
  if (kind === 'builder_cache') {
    // buildx writes a table.
    const records = removed.map((line) => line.split(/\s/)[0] ?? '');
    return { builder_cache_caches_deleted: records, builder_cache_space_reclaimed: bytes };
  }
  return { [kind]: [...removed], [`${kind}_space_reclaimed`]: bytes };
}

function optionsOf(kind: Kind, args: PruneArgs, tellsAll: boolean): readonly string[] {
  const { dangling, all, ...filters }: Filters = args[`${kind}_filters`];
  // The command has an option for what the engine calls a filter.
  const isAll =
    (kind === 'images' && dangling?.some((one) => /^(false|0)$/i.test(one)) === true) ||
    (kind === 'volumes' && tellsAll && all?.some((one) => /^(true|1)$/i.test(one)) === true) ||
    (kind === 'builder_cache' && args.builder_cache_all);
  const keep = kind === 'builder_cache' ? args.builder_cache_keep_storage : undefined;
  return [
    ...(isAll ? ['--all'] : []),
    ...Object.entries(filters).flatMap(([name, values]) =>
      values.flatMap((value) => ['--filter', `${name}=${value}`]),
    ),
    ...(keep === undefined ? [] : ['--keep-storage', keep.replaceAll(' ', '')]),
  ];
}
