import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../model/secret.ts';
import { TransportError } from '../../transport/contract.ts';
import type { NodeWriter } from '../../transport/node.ts';
import type { RunScope } from '../../transport/run-scope.ts';
import { Handout } from '../distribution/handout.ts';
import { distributionOf } from '../distribution/region.ts';
import type { SharedFile } from '../distribution/region.ts';
import type { ImageArgs } from './args.ts';
import type { ImageBlobs } from './blobs.ts';
import { takeApart } from './blobs.ts';
import type { Wanted } from './choose.ts';
import { pull } from './pull.ts';

/** What the nodes of a run share of images: who hands out which, and packages that were taken apart. */
class ImageShares {
  readonly #handouts = new Map<string, Handout<string>>();
  readonly #blobs = new Map<string, Promise<ImageBlobs>>();
  readonly #scope: RunScope;

  constructor(scope: RunScope) {
    this.#scope = scope;
  }

  handout(region: string, image: string, fromSource: number): Handout<string> {
    const key = `${region} ${image}`;
    const known = this.#handouts.get(key) ?? new Handout<string>(fromSource);
    this.#handouts.set(key, known);
    return known;
  }

  /** Takes a package apart once for all nodes; the parts are gone at the run's end. */
  blobs(path: string, wanted: Wanted): Promise<ImageBlobs> {
    const key = `${path} ${wanted.config}`;
    const known = this.#blobs.get(key) ?? this.#takeApart(path, wanted);
    this.#blobs.set(key, known);
    return known;
  }

  async #takeApart(path: string, wanted: Wanted): Promise<ImageBlobs> {
    const folder = await mkdtemp(join(tmpdir(), 'oms-play-layers-'));
    this.#scope.onEnd(() => rm(folder, { recursive: true, force: true }));
    return takeApart(path, wanted, folder);
  }
}

const shares = new WeakMap<RunScope, ImageShares>();

function sharesOf({ scope }: { readonly scope: RunScope }): ImageShares {
  const known = shares.get(scope) ?? new ImageShares(scope);
  shares.set(scope, known);
  return known;
}

/** What a node is remembered by that has an image. */
export function imageKey(id: string): string {
  return `image ${id}`;
}

/** Loads the image from a neighbour that has it, where there is one; false: it has to come another way. */
export async function fromNeighbour(node: NodeWriter, wanted: Wanted): Promise<boolean> {
  const handout = sharesOf(node).handout(node.region, wanted.config, Number.POSITIVE_INFINITY);
  await addHolders(node, handout, wanted);
  return handOut(node, wanted, handout, () => Promise.resolve(false));
}

/** Has Docker pull the image from a registry that the controller is; the first nodes of a region, that is. */
export async function throughRegistry(
  node: NodeWriter,
  args: ImageArgs,
  file: SharedFile,
  wanted: Wanted,
): Promise<boolean> {
  if (wanted.tags.length === 0) return giveUp(node, 'an image without a name cannot be pulled');
  const handout = sharesOf(node).handout(node.region, wanted.config, args.seeds);
  await addHolders(node, handout, wanted);
  const fromController = async (): Promise<boolean> => {
    try {
      const image = await sharesOf(node).blobs(file.path, wanted);
      const password = new Secret(randomBytes(24).toString('hex'));
      const bucket = distributionOf(node).limit(node.region, args.bandwidth);
      await pull(node, { image, password, wanted, allow: bucket ?? (() => Promise.resolve()) });
      return true;
    } catch (error) {
      if (error instanceof TransportError && error.kind !== 'forward-refused') throw error;
      return giveUp(node, (error as Error).message);
    }
  };
  return handOut(node, wanted, handout, fromController);
}

function giveUp(node: NodeWriter, why: string): false {
  node.scope.warn(`the image is sent as a file, not pulled: ${why}`, node.name);
  return false;
}

async function addHolders(node: NodeWriter, handout: Handout<string>, wanted: Wanted): Promise<void> {
  for (const id of wanted.ids) {
    const holders = await distributionOf(node).holders.of(node, imageKey(id));
    for (const holder of holders) handout.add(holder.node.name);
  }
}

async function handOut(
  node: NodeWriter,
  wanted: Wanted,
  handout: Handout<string>,
  fromSource: () => Promise<boolean>,
): Promise<boolean> {
  const not = new Set([node.name]);
  for (;;) {
    const turn = await handout.turn(not, node.scope.signal);
    try {
      const has = turn.from === undefined ? await fromSource() : await passed(node, turn.from, wanted);
      if (has) handout.add(node.name);
      if (has || turn.from === undefined) return has;
      not.add(turn.from);
    } finally {
      turn.end();
    }
  }
}

async function passed(node: NodeWriter, from: string, wanted: Wanted): Promise<boolean> {
  const neighbour = node.neighbour(from);
  const why =
    neighbour === undefined
      ? 'it is not in this run'
      : await distributionOf(node).passImage(node, neighbour, wanted.ids[0] ?? '');
  if (why === undefined) return true;
  node.scope.warn(`${from} could not give it the image: ${why}`, node.name);
  return false;
}
