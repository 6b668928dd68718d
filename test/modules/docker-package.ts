import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A file of a tar archive; `type` other than "0" for links and extended headers. */
export interface TarFile {
  readonly name: string;
  readonly content?: Buffer | string;
  readonly mode?: number;
  readonly type?: string;
  /** Header's size where it should differ from the content's. */
  readonly claimedSize?: number;
}

export interface ImageSpec {
  readonly tags?: readonly string[] | null;
  readonly layer: Buffer;
  readonly env?: readonly string[];
  readonly cmd?: readonly string[];
}

/** A tar archive in memory. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap((file) => {
    const content = Buffer.from(file.content ?? '');
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [header(file, file.claimedSize ?? content.length), content, padding];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** What `docker save | gzip` makes of images, in the classic form. */
export function dockerArchive(images: readonly ImageSpec[]): {
  readonly bytes: Buffer;
  readonly ids: readonly string[];
} {
  const built = images.map(buildImage);
  const manifest = built.map(({ entry }) => entry);
  const files = [
    ...built.flatMap((image) => image.files),
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ];
  return { bytes: gzipSync(tarOf(files)), ids: built.map(({ id }) => id) };
}

/** The same in the form that newer engines write: an OCI layout that has a manifest.json too. */
export function ociArchive(image: ImageSpec): {
  readonly bytes: Buffer;
  readonly id: string;
  readonly digest: string;
} {
  const { config, id, layerDigest } = buildImage(image);
  const blob = (digest: string): string => `blobs/sha256/${digest}`;
  const descriptor = {
    digest: id,
    size: config.length,
    mediaType: 'application/vnd.oci.image.config.v1+json',
  };
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: descriptor,
    layers: [{ digest: `sha256:${layerDigest}` }],
  });
  const digest = sha256(manifest);
  const dockerManifest = [
    { Config: blob(id.slice(7)), RepoTags: image.tags ?? null, Layers: [blob(layerDigest)] },
  ];
  const files = [
    { name: blob(layerDigest), content: image.layer },
    { name: blob(id.slice(7)), content: config },
    { name: blob(digest), content: manifest },
    {
      name: 'index.json',
      content: JSON.stringify({ schemaVersion: 2, manifests: [{ digest: `sha256:${digest}` }] }),
    },
    { name: 'manifest.json', content: JSON.stringify(dockerManifest) },
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
  ];
  return { bytes: gzipSync(tarOf(files)), id, digest: `sha256:${digest}` };
}

function buildImage(image: ImageSpec): {
  files: readonly TarFile[];
  entry: object;
  id: string;
  config: string;
  layerDigest: string;
} {
  const layerDigest = sha256(image.layer);
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2024-01-01T00:00:00Z',
    config: { Env: ['PATH=/bin', ...(image.env ?? [])], Cmd: image.cmd ?? ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
    history: [{ created: '2024-01-01T00:00:00Z' }],
  });
  const hex = sha256(config);
  const files = [
    { name: `${layerDigest}/layer.tar`, content: image.layer },
    { name: `${hex}.json`, content: config },
  ];
  const entry = { Config: `${hex}.json`, RepoTags: image.tags ?? null, Layers: [`${layerDigest}/layer.tar`] };
  return { files, entry, id: `sha256:${hex}`, config, layerDigest };
}

/** SHA-256 in hex. */
export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function header(file: TarFile, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(file.name, 0, 100, 'utf8');
  block.write(`${(file.mode ?? 0o644).toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  if (size < 8 ** 11) block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write('00000000000\0', 136);
  block.write(file.type ?? '0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.fill(' ', 148, 156);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
