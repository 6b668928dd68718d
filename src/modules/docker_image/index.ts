import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { requireDocker } from '../docker/engine.ts';
import type { ImageInfo } from '../docker/inspect.ts';
import { inspectImage, inspectImages, shortId } from '../docker/inspect.ts';
import { sizeText } from '../docker/names.ts';
import { leftOvers, removeLeftOvers } from '../distribution/left-overs.ts';
import { distributionOf } from '../distribution/region.ts';
import { commandError } from '../failure.ts';
import type { ImageArgs } from './args.ts';
import { imageArgs, sourceOf } from './args.ts';
import type { Wanted } from './choose.ts';
import { chooseImage, isWanted } from './choose.ts';
import { imageKey } from './image-share.ts';
import { loadPackage, packagePath } from './load.ts';
import { isTemporaryName } from './pull.ts';
import type { PackageReader } from './package-cache.ts';
import { createPackageReader } from './package-cache.ts';
import type { Package } from './package.ts';

const returns = z.strictObject({
  image: z
    .strictObject({
      Id: z.string().describe('Image ID.'),
      RepoTags: z.array(z.string()).describe('Its names, REPOSITORY:TAG.'),
    })
    .nullable()
    .describe('The image on the node; null: it is not there.'),
  package: z
    .strictObject({ sha256: z.string(), size: z.int() })
    .nullable()
    .describe('The package on the controller: its SHA-256 and its size in bytes; null without load_path.'),
});

type Result = z.output<typeof returns>;

/** What is to be done, by the source of the image. */
interface Found {
  readonly wanted: Wanted | undefined;
  readonly package: Package | undefined;
  readonly load: boolean;
}

/** The module, given how packages are read. */
export function dockerImage(read: PackageReader): AnyModule {
  return defineModule<typeof imageArgs, typeof returns, Found>({
    name: 'docker_image',
    summary: 'Bring a Docker image to the node, from a package, or remove it',
    args: imageArgs,
    returns,
    inputs: { load_path: 'file' },
    examples: `- name: Load the OMS image
  docker_image:
    name: work.oceanbase-dev.com/obartifact-store/oms:feature_4.2.11-ce
    load_path: /data/packages/oms_4.2.11-ce.tar.gz
    dest_dir: /data/oms
  register: oms

- name: Remove the old one
  docker_image:
    name: work.oceanbase-dev.com/obartifact-store/oms:feature_4.2.0
    state: absent
`,
    check: (node, args) => {
      if (args.state === 'absent') return checkAbsent(node, args);
      if (sourceOf(args) !== 'load') return checkNamed(node, args);
      return distributionOf(node).holders.looking(node.region, checkPackage(node, args, read));
    },
    apply,
  });
}

// One reader for the whole run: all nodes share one reading of a package of several gigabytes.
/** Loads, pulls, tags or removes images; an image is known by its ID. */
export const module = dockerImage(createPackageReader());

async function checkPackage(
  node: NodeReader,
  args: ImageArgs,
  read: PackageReader,
): Promise<Check<Result, Found>> {
  const found = await read(args.load_path ?? '');
  const wanted = chooseImage(args, found);
  const asked = [...wanted.ids, ...wanted.tags];
  const [images, left] = await Promise.all([inspectImages(node, asked), leftOvers(node)]);
  const there = images.find((image) => isWanted(wanted, image));
  const load = there === undefined || args.force_source;
  if (there !== undefined) rememberHolder(node, args, found, there);
  const missingTags = wanted.tags.filter((tag) => !(there?.RepoTags ?? []).includes(tag));
  const surplus = (there?.RepoTags ?? []).filter(isTemporaryName);
  const changes = [
    ...left,
    ...(load
      ? [loadChange(wanted, found, images)]
      : missingTags.map((tag) => tagChange(tag, wanted, holderOf(tag, images)))),
    ...surplus.map((name) => ({ subject: name, summary: 'name of an interrupted pull → absent' })),
  ];
  const result = resultOf(there, found);
  const state = { wanted, package: found, load };
  const [id, ...otherIds] = wanted.ids;
  if (there !== undefined || id === undefined || otherIds.length > 0) return { changes, result, state };
  return { changes, result, state, certain: { image: { Id: id, RepoTags: [...wanted.tags] } } };
}

/** The node can give its neighbours the image, and the package if that was kept. */
function rememberHolder(node: NodeReader, args: ImageArgs, found: Package, image: ImageInfo): void {
  const { holders } = distributionOf(node);
  const path = packagePath(args, found);
  holders.remember(node.region, found.sha256, node.name, async (neighbour) =>
    (await neighbour.checksum(path)) === found.sha256 ? path : undefined,
  );
  holders.remember(node.region, imageKey(image.Id), node.name, () => Promise.resolve(undefined));
}

function loadChange(wanted: Wanted, found: Package, images: readonly ImageInfo[]): Change {
  const id = wanted.ids[0] ?? '';
  const before = holderOf(wanted.name, images)?.Id;
  const loaded = `loaded ${shortId(id)} (${sizeText(found.size)})`;
  const summary = `${before === undefined ? 'absent' : shortId(before)} → ${loaded}`;
  const rows = [{ name: 'image ID', before: before ?? null, after: id }];
  return { subject: wanted.name, summary, diff: { kind: 'values', rows } };
}

function tagChange(tag: string, wanted: Wanted, holder: ImageInfo | undefined): Change {
  const after = wanted.ids[0] ?? '';
  const before = holder?.Id ?? null;
  const summary = `name ${before === null ? 'absent' : `of ${shortId(before)}`} → of ${shortId(after)}`;
  return { subject: tag, summary, diff: { kind: 'values', rows: [{ name: 'image ID', before, after }] } };
}

function holderOf(tag: string, images: readonly ImageInfo[]): ImageInfo | undefined {
  return images.find((image) => image.RepoTags?.includes(tag));
}

async function checkNamed(node: NodeReader, args: ImageArgs): Promise<Check<Result, Found>> {
  const name = args.name ?? '';
  const image = await inspectImage(node, name);
  const state = { wanted: undefined, package: undefined, load: false };
  if (sourceOf(args) === 'local') {
    if (image === undefined) {
      throw new ModuleError({
        message: `image ${name} is not on ${node.name}`,
        hint: 'load it with load_path, or pull it with source: pull',
      });
    }
    requireId(args, image, node.name);
    return { changes: [], result: resultOf(image), state };
  }
  if (image !== undefined && !args.force_source && (args.image_id ?? image.Id) === image.Id) {
    return { changes: [], result: resultOf(image), state };
  }
  const summary = `${image === undefined ? 'absent' : shortId(image.Id)} → pulled`;
  return { changes: [{ subject: name, summary }], result: resultOf(image), state };
}

async function checkAbsent(node: NodeReader, args: ImageArgs): Promise<Check<Result, Found>> {
  const name = args.name ?? '';
  const image = await inspectImage(node, name);
  const changes = image === undefined ? [] : [{ subject: name, summary: `${shortId(image.Id)} → absent` }];
  return { changes, result: resultOf(image) };
}

async function apply(node: NodeWriter, args: ImageArgs, found: Check<Result, Found>): Promise<Result> {
  if (args.state === 'absent') return remove(node, args);
  if (sourceOf(args) === 'load') return load(node, args, found);
  const name = args.name ?? '';
  await docker(node, sh`docker pull ${name}`, `${name} cannot be pulled on ${node.name}`);
  const image = await inspectImage(node, name);
  if (image !== undefined) requireId(args, image, node.name);
  return resultOf(image);
}

async function remove(node: NodeWriter, args: ImageArgs): Promise<Result> {
  const name = args.name ?? '';
  await docker(
    node,
    sh`docker ${['rmi', ...(args.force_absent ? ['-f'] : []), name]}`,
    `image ${name} cannot be removed from ${node.name}`,
  );
  return resultOf(undefined);
}

async function load(
  node: NodeWriter,
  args: ImageArgs,
  { state: found, changes }: Check<Result, Found>,
): Promise<Result> {
  if (found?.wanted === undefined || found.package === undefined)
    throw new Error('check has found no package');
  const { wanted } = found;
  await removeLeftOvers(node, changes);
  if (found.load) await loadPackage(node, args, found.package, wanted);
  const refs = [...wanted.ids, ...wanted.tags];
  const image = (await inspectImages(node, refs)).find((candidate) => isWanted(wanted, candidate));
  if (image === undefined) {
    throw new ModuleError({
      message: `the package was loaded on ${node.name}, but image ${wanted.ids[0]} is not there`,
      hint: 'look at "docker images" on the node; another program may have removed it',
    });
  }
  const missing = wanted.tags.filter((tag) => !image.RepoTags?.includes(tag));
  for (const tag of missing) {
    await docker(node, sh`docker tag ${image.Id} ${tag}`, `the image cannot be named ${tag} on ${node.name}`);
  }
  const surplus = (image.RepoTags ?? []).filter(isTemporaryName);
  for (const name of surplus)
    await docker(node, sh`docker rmi ${name}`, `the name ${name} stays on ${node.name}`);
  const tags = [...(image.RepoTags ?? []).filter((tag) => !surplus.includes(tag)), ...missing];
  return resultOf({ ...image, RepoTags: tags }, found.package);
}

async function docker(node: NodeWriter, command: ReturnType<typeof sh>, message: string): Promise<void> {
  const done = await node.run(command);
  if (done.exitCode === 0) return;
  await requireDocker(node);
  throw commandError(message, command, done);
}

function requireId(args: ImageArgs, image: ImageInfo, node: string): void {
  if (args.image_id === undefined || args.image_id === image.Id) return;
  throw new ModuleError({
    message: `image ${args.name} on ${node} is ${image.Id}, but should be ${args.image_id}`,
    hint: 'load the right package, or correct image_id',
  });
}

function resultOf(image: ImageInfo | undefined, found?: Package): Result {
  return {
    image: image === undefined ? null : { Id: image.Id, RepoTags: [...(image.RepoTags ?? [])] },
    package: found === undefined ? null : { sha256: found.sha256, size: found.size },
  };
}
