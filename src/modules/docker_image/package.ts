import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import * as z from 'zod';
import { ModuleError } from '../define.ts';
import { chunkBytesFor, Digester } from '../distribution/file-digest.ts';
import { familiarName } from '../docker/names.ts';
import { readTar, TarError } from './tar.ts';

const packagedImage = z.object({
  /** The image's ID: by the classic store, and by containerd's where the package says it. */
  ids: z.array(z.string()),
  tags: z.array(z.string()),
  /** Digests of the unpacked layers: the same whatever store the engine has. */
  layers: z.array(z.string()),
  /** Where they stand in the archive. */
  files: z.array(z.string()),
  config: z.string(),
});

/** What a package made by `docker save` holds. */
export const packageSchema = z.object({
  sha256: z.string(),
  size: z.number(),
  /** Checksums of its pieces of `chunkBytes`, for sending it in parts. */
  chunkBytes: z.number(),
  chunks: z.array(z.string()).readonly(),
  /** Bytes of the archive without compression: what loading needs on the node at least. */
  unpackedSize: z.number(),
  images: z.array(packagedImage),
});

export type Package = z.output<typeof packageSchema>;
export type PackagedImage = z.output<typeof packagedImage>;

const manifestSchema = z
  .array(
    z.object({
      Config: z.string(),
      RepoTags: z.array(z.string()).nullish(),
      Layers: z.array(z.string()).nullish(),
    }),
  )
  .nonempty();
const indexSchema = z.object({ manifests: z.array(z.object({ digest: z.string() })) });
const ociManifestSchema = z.object({ config: z.object({ digest: z.string() }) });
const configSchema = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) });

const CHUNK = 1024 * 1024;
const LARGEST_JSON = 4 * 1024 * 1024;

/** Reads a whole package once, unpacking nothing. Throws ModuleError for a file that is not one, or is cut off. */
export async function readPackage(path: string): Promise<Package> {
  const compressed = await isGzip(path);
  const digest = new Digester(chunkBytesFor((await stat(path)).size));
  const archive = compressed ? createGunzip({ chunkSize: CHUNK }) : new PassThrough();
  const hashing = tapped((chunk) => digest.update(chunk));
  const read = { unpacked: 0, json: new Map<string, Buffer>() };
  try {
    await pipeline(createReadStream(path, { highWaterMark: CHUNK }), hashing, archive, async (source) => {
      read.unpacked = await collectJson(source as AsyncIterable<Buffer>, read.json);
    });
  } catch (error) {
    throw unreadable(path, error);
  }
  const images = imagesOf(path, read.json);
  return { ...digest.digest(), unpackedSize: read.unpacked, images };
}

/** Sums the sizes and keeps the small files that may be manifests or configurations. */
async function collectJson(source: AsyncIterable<Buffer>, json: Map<string, Buffer>): Promise<number> {
  let unpacked = 0;
  const wanted = (name: string, size: number): boolean =>
    size <= LARGEST_JSON && (/^[^/]+\.json$/.test(name) || /^blobs\/sha256\/[0-9a-f]{64}$/.test(name));
  for await (const member of readTar(source, wanted)) {
    unpacked += member.size;
    // A small layer in blobs/ is no JSON; keeping it would only take room.
    if (member.content !== undefined && /^\s*[[{]/.test(member.content.toString('latin1', 0, 64))) {
      json.set(member.name, member.content);
    }
  }
  return unpacked;
}

function imagesOf(path: string, json: ReadonlyMap<string, Buffer>): Package['images'] {
  const manifest = parsed(json.get('manifest.json'), manifestSchema);
  if (manifest === undefined) {
    const hint = 'make the package with "docker save REPOSITORY:TAG | gzip > package.tar.gz"';
    const message = json.has('index.json')
      ? `${basename(path)} is an OCI archive without manifest.json, which "docker load" does not take everywhere`
      : `${basename(path)} is not an image package: the archive has no manifest.json`;
    throw new ModuleError({ message, hint });
  }
  return manifest.map((entry) => {
    const configId = `sha256:${basename(entry.Config, '.json')}`;
    const config = parsed(json.get(entry.Config), configSchema);
    return {
      ids: [configId, ...manifestIds(json, configId)],
      tags: (entry.RepoTags ?? []).map(familiarName),
      layers: config?.rootfs.diff_ids ?? [],
      files: entry.Layers ?? [],
      config: entry.Config,
    };
  });
}

/** Engines with containerd's image store call an image by its manifest's digest, not its configuration's. */
function manifestIds(json: ReadonlyMap<string, Buffer>, configId: string): readonly string[] {
  const index = parsed(json.get('index.json'), indexSchema);
  const blob = (digest: string): Buffer | undefined => json.get(`blobs/${digest.replace(':', '/')}`);
  const holds = (digest: string, depth: number): boolean => {
    if (parsed(blob(digest), ociManifestSchema)?.config.digest === configId) return true;
    const nested = depth > 0 ? parsed(blob(digest), indexSchema)?.manifests : undefined;
    return nested?.some((child) => holds(child.digest, depth - 1)) ?? false;
  };
  return (index?.manifests ?? []).map((m) => m.digest).filter((digest) => holds(digest, 2));
}

function parsed<T>(bytes: Buffer | undefined, schema: z.ZodType<T>): T | undefined {
  if (bytes === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

async function isGzip(path: string): Promise<boolean> {
  const start = await firstBytes(path);
  const is = (...magic: number[]): boolean => magic.every((byte, i) => start[i] === byte);
  if (is(0x1f, 0x8b)) return true;
  const other = is(0xfd, 0x37, 0x7a)
    ? 'xz'
    : is(0x42, 0x5a, 0x68)
      ? 'bzip2'
      : is(0x28, 0xb5, 0x2f, 0xfd)
        ? 'zstd'
        : '';
  if (other !== '') {
    throw new ModuleError({
      message: `${basename(path)} is compressed with ${other}; oms-play reads tar and tar.gz`,
      hint: `unpack it with ${other} and give the .tar`,
    });
  }
  if (start.toString('latin1', 257, 262) === 'ustar') return false;
  throw new ModuleError({
    message: `${basename(path)} is neither gzip nor tar, so it is not an image package`,
    hint: 'a download that failed often leaves an error page under that name; fetch the package again',
  });
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ModuleError({ message: `the package ${path} cannot be read: ${(error as Error).message}` });
  }
}

function unreadable(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const broken = error instanceof TarError || code.startsWith('Z_');
  const why = (error as Error).message;
  if (!broken) return new ModuleError({ message: `the package ${path} cannot be read: ${why}` });
  const cut = code === 'Z_BUF_ERROR' || error instanceof TarError;
  return new ModuleError({
    message: `${basename(path)} is ${cut ? 'cut off or damaged' : 'damaged'}: ${why}`,
    hint: 'copy or download the package again and compare its checksum with the publisher’s',
  });
}

function tapped(see: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      see(chunk);
      done(null, chunk);
    },
  });
}
