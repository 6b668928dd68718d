import type { DataMap } from '../../model/data.ts';
import { script, sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { shortId } from '../docker/inspect.ts';
import { sizeText } from '../docker/names.ts';
import { inspectListed, mapOf, textOf } from '../docker/objects.ts';
import type { Filters, PruneArgs } from './args.ts';
import { passes, until } from './filters.ts';
import { bytesOf } from './outcome.ts';

/** Something that docker would remove. */
export interface Candidate {
  readonly subject: string;
  readonly about: string;
}

/** Stopped containers that the filters let through. */
export async function containersToPrune(
  node: NodeReader,
  filters: Filters,
  now: number,
): Promise<Candidate[]> {
  const stopped = sh`docker ps -aq --no-trunc ${['created', 'exited', 'dead'].flatMap((status) => ['--filter', `status=${status}`])}`;
  const found = await inspectListed(node, 'container', stopped);
  return found
    .filter((one) => passes(filters, filtered(one, mapOf(mapOf(one['Config'])['Labels'])), now))
    .map((one) => ({
      subject: `container ${textOf(one['Name']).replace(/^\//, '')}`,
      about: textOf(mapOf(one['State'])['Status']),
    }));
}

/** Images that no container uses; those with a name only where `dangling` is false. */
export async function imagesToPrune(node: NodeReader, filters: Filters, now: number): Promise<Candidate[]> {
  const named = isFalse(filters['dangling']);
  const listed = named
    ? script('docker images -q --no-trunc | sort -u')
    : script('docker images -q --no-trunc --filter dangling=true');
  const [images, containers] = await Promise.all([
    inspectListed(node, 'image', listed),
    inspectListed(node, 'container', script('docker ps -aq --no-trunc')),
  ]);
  const used = new Set(containers.map((one) => textOf(one['Image'])));
  return images
    .filter((one) => !used.has(textOf(one['Id'])))
    .filter((one) => passes(filters, filtered(one, mapOf(mapOf(one['Config'])['Labels'])), now))
    .map((one) => ({
      subject: `image ${namesOf(one) ?? shortId(textOf(one['Id']))}`,
      about: typeof one['Size'] === 'number' ? sizeText(one['Size']) : 'unused',
    }));
}

function namesOf(image: DataMap): string | undefined {
  const tags = image['RepoTags'];
  return Array.isArray(tags) && tags.length > 0 ? tags.join(' ') : undefined;
}

const PREDEFINED = ['bridge', 'host', 'none', 'nat', 'ingress'];

/** Networks that nobody is in, without those that docker makes itself. */
export async function networksToPrune(node: NodeReader, filters: Filters, now: number): Promise<Candidate[]> {
  const found = await inspectListed(
    node,
    'network',
    script('docker network ls -q --no-trunc --filter type=custom'),
  );
  return found
    .filter((one) => !PREDEFINED.includes(textOf(one['Name'])) && one['Ingress'] !== true)
    .filter((one) => Object.keys(mapOf(one['Containers'])).length === 0)
    .filter((one) => passes(filters, filtered(one, mapOf(one['Labels'])), now))
    .map((one) => ({ subject: `network ${textOf(one['Name'])}`, about: 'unused' }));
}

const ANONYMOUS = 'com.docker.volume.anonymous';

/** Volumes that no container uses; `all`: those with a name as well, as engines before 23 do. */
export async function volumesToPrune(node: NodeReader, filters: Filters, all: boolean): Promise<Candidate[]> {
  const found = await inspectListed(
    node,
    'volume',
    script('docker volume ls -q --filter dangling=true --filter driver=local'),
  );
  return found
    .filter((one) => all || Object.hasOwn(mapOf(one['Labels']), ANONYMOUS))
    .filter((one) => passes(filters, { labels: mapOf(one['Labels']), created: 0 }, 0))
    .map((one) => ({ subject: `volume ${textOf(one['Name'])}`, about: 'unused' }));
}

/** What building has left and nothing uses now; its sizes and times are as docker writes them for people. */
export async function buildCacheToPrune(
  node: NodeReader,
  args: PruneArgs,
  now: number,
): Promise<Candidate[]> {
  const done = await node.query(
    sh`docker system df -v --format ${'{{range .BuildCache}}{{json .}}\n{{end}}'}`,
  );
  const records = done.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as DataMap);
  const sizes = records.map((one) => bytesOf(textOf(one['Size'])));
  const keep = args.builder_cache_keep_storage;
  if (keep !== undefined && sizes.reduce((sum, one) => sum + one, 0) <= bytesOf(keep)) return [];
  const found = records
    .filter((one) => !isTrue(one['InUse']) && (args.builder_cache_all || !isTrue(one['Shared'])))
    .filter((one) => passesCache(args.builder_cache_filters, one, now));
  if (found.length === 0) return [];
  return [{ subject: 'builder cache', about: `${found.length} records` }];
}

const CACHE_FILTERS: Readonly<Record<string, string>> = { id: 'ID', parent: 'Parent', type: 'CacheType' };

function passesCache(filters: Filters, one: DataMap, now: number): boolean {
  // "2026-11-23 00:31:35.33 +0000 UTC"; what was never used counts from its making.
  const [, day = '', time = ''] =
    /^(\S+) (\S+) \+0000/.exec(textOf(one['LastUsedAt'])) ??
    /^(\S+) (\S+)/.exec(textOf(one['CreatedAt'])) ??
    [];
  const used = Date.parse(`${day}T${time}Z`) / 1000;
  const old = (filters['until'] ?? []).every((text) => used < until(text, now));
  return (
    old &&
    Object.entries(CACHE_FILTERS).every(([name, key]) =>
      (filters[name] ?? []).every((value) => textOf(one[key]) === value),
    )
  );
}

function filtered(one: DataMap, labels: DataMap): Parameters<typeof passes>[1] {
  return { labels, created: Date.parse(textOf(one['Created'])) / 1000 };
}

function isTrue(value: DataMap[string] | undefined): boolean {
  return value === true || value === 'true';
}

function isFalse(values: readonly string[] | undefined): boolean {
  return values?.some((one) => /^(false|0)$/i.test(one)) === true;
}
