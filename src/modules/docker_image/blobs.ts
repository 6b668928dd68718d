import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Wanted } from './choose.ts';
import type { TarEntry } from './tar.ts';
import { walkTar } from './tar.ts';

const CHUNK = 1024 * 1024;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/** A part of an image as a registry gives it out. */
export interface Blob {
  /** sha256:… of the bytes as they are given out. */
  readonly digest: string;
  readonly size: number;
  readonly path: string;
}

/** An image of a package, taken apart into what a registry serves. */
export interface ImageBlobs {
  readonly manifest: Buffer;
  readonly digest: string;
  readonly mediaType: string;
  readonly blobs: ReadonlyMap<string, Blob>;
}

/** Takes one image of a package apart into a folder, layers compressed. Throws Error when a layer is not in it. */
export async function takeApart(packagePath: string, wanted: Wanted, folder: string): Promise<ImageBlobs> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = new Map<string, Blob>();
  const archive = (await isGzip(packagePath)) ? createGunzip({ chunkSize: CHUNK }) : new PassThrough();
  await pipeline(createReadStream(packagePath, { highWaterMark: CHUNK }), archive, async (source) => {
    for await (const entry of walkTar(source as AsyncIterable<Buffer>)) {
      const isLayer = wanted.files.includes(entry.name);
      if (!entry.isFile || found.has(entry.name) || (!isLayer && entry.name !== wanted.config)) continue;
      found.set(entry.name, await store(entry, join(folder, String(found.size)), isLayer));
    }
  });
  return describe(wanted, found);
}

async function isGzip(path: string): Promise<boolean> {
  for await (const start of createReadStream(path, { end: 1 })) {
    return (start as Buffer).equals(Buffer.from([0x1f, 0x8b]));
  }
  return false;
}

async function store(entry: TarEntry, path: string, isLayer: boolean): Promise<Blob> {
  const [hash, size] = [createHash('sha256'), { bytes: 0 }];
  const pieces = entry.content[Symbol.asyncIterator]();
  const first = await pieces.next();
  const start = first.done === true ? Buffer.alloc(0) : first.value;
  const isPacked = start[0] === 0x1f && start[1] === 0x8b;
  const source = Readable.from(chain(start, pieces));
  const pack = isLayer && !isPacked ? createGzip({ level: 1, chunkSize: CHUNK }) : new PassThrough();
  await pipeline(source, pack, counted(hash, size), createWriteStream(path, { mode: 0o600 }));
  return { digest: `sha256:${hash.digest('hex')}`, size: size.bytes, path };
}

async function* chain(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function counted(hash: Hash, size: { bytes: number }): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size.bytes += chunk.length;
      done(null, chunk);
    },
  });
}

function describe(wanted: Wanted, found: ReadonlyMap<string, Blob>): ImageBlobs {
  const get = (name: string): Blob => {
    const blob = found.get(name);
    if (blob === undefined) throw new Error(`the package holds no file ${name}`);
    return blob;
  };
  const part = (mediaType: string, { digest, size }: Blob): object => ({ mediaType, size, digest });
  const [config, layers] = [get(wanted.config), wanted.files.map(get)];
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: part(CONFIG, config),
      layers: layers.map((layer) => part(LAYER, layer)),
    }),
  );
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  const blobs = new Map([config, ...layers].map((blob) => [blob.digest, blob]));
  return { manifest, digest, mediaType: MANIFEST, blobs };
}
