import { basename } from 'node:path';
import { ModuleError } from '../define.ts';
import type { ImageInfo } from '../docker/inspect.ts';
import { familiarName, isImageId } from '../docker/names.ts';
import type { ImageArgs } from './args.ts';
import type { Package, PackagedImage } from './package.ts';

/** What the node should have once the package is loaded. */
export interface Wanted {
  /** Every ID that this image has on one kind of engine or another; the first is the classic one. */
  readonly ids: readonly string[];
  readonly layers: readonly string[];
  /** Where the layers, and the configuration, stand in the archive. */
  readonly files: readonly string[];
  readonly config: string;
  readonly tags: readonly string[];
  /** What people call it. */
  readonly name: string;
}

/** The image of the package that is asked for. Throws ModuleError, naming what is in it, when it is not there. */
export function chooseImage(args: ImageArgs, found: Package): Wanted {
  const { name, image_id: id, load_path: path = '' } = args;
  const holding = `${basename(path)} holds ${describe(found)}`;
  const named = candidates(found.images, name);
  const matching = id === undefined ? named : named.filter((image) => image.ids.includes(id));
  const [image, ...others] = matching;
  if (image === undefined && named.length > 0) {
    throw new ModuleError({
      message: `the image ID should be ${id}, but ${holding}`,
      hint: 'give the right package, or correct image_id',
    });
  }
  if (image === undefined) {
    const hint = 'give the right package, or correct name';
    throw new ModuleError({ message: `the package does not hold ${name}: ${holding}`, hint });
  }
  if (others.length > 0) {
    throw new ModuleError({ message: `${holding}: more than one image`, hint: 'say which one with "name"' });
  }
  const tags = tagsOf(args, image, holding);
  const { ids, layers, files, config } = image;
  return { ids, layers, files, config, tags, name: tags[0] ?? image.ids[0] ?? '' };
}

function candidates(images: readonly PackagedImage[], name: string | undefined): readonly PackagedImage[] {
  if (name === undefined) return images;
  if (isImageId(name)) return images.filter((image) => image.ids.includes(name));
  const tagged = images.filter((image) => image.tags.includes(familiarName(name)));
  // An image saved by its ID has no name in the package; tagsOf decides about it.
  return tagged.length > 0 ? tagged : images.filter((image) => image.tags.length === 0);
}

function tagsOf(args: ImageArgs, image: PackagedImage, holding: string): readonly string[] {
  if (args.name === undefined) return image.tags;
  if (isImageId(args.name)) return [];
  if (image.tags.length === 0 && args.image_id === undefined) {
    throw new ModuleError({
      message: `the package does not say that it is ${args.name}: ${holding}`,
      hint: `if it is the right one, add image_id: ${image.ids[0]}; the image then gets that name`,
    });
  }
  return [familiarName(args.name)];
}

function describe(found: Package): string {
  const names = found.images.map(({ ids, tags }) => {
    return tags.length === 0 ? `an image without a name (${ids[0]})` : `${tags.join(', ')} (${ids[0]})`;
  });
  return names.join('; ');
}

/** True when `image` of the node is the one wanted. */
export function isWanted(wanted: Wanted, image: ImageInfo): boolean {
  if (wanted.ids.includes(image.Id)) return true;
  // containerd's image store (it alone gives a descriptor) makes an ID of its own for a package of the old
  // form; there the layers tell. On the classic store another ID is another image, whatever its layers.
  const layers = image.RootFS?.Layers ?? [];
  return typeof image.Descriptor === 'object' && layers.length > 0 && layers.join() === wanted.layers.join();
}
