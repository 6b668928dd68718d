import { expect } from 'chai';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createPackageReader } from '../../src/modules/docker_image/package-cache.ts';
import { readPackage } from '../../src/modules/docker_image/package.ts';
import { readTar } from '../../src/modules/docker_image/tar.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { dockerArchive, ociArchive, sha256, tarOf } from './docker-package.ts';

const OMS = 'oms.example.com/oms:feature_4.2.0';
const layer = tarOf([{ name: 'hello', content: 'hello' }]);
const classic = dockerArchive([{ tags: [OMS], layer }]);
const [ID = ''] = classic.ids;

describe('docker_image reads a package', () => {
  let folder: string;
  let file: string;
  const put = (bytes: Buffer | string): Promise<void> => writeFile(file, bytes);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oms-play-package-'));
    file = join(folder, 'oms.tar.gz');
  });
  afterEach(() => rm(folder, { recursive: true }));

  describe('a package', () => {
    it('tells its image ID, names, checksum and sizes, in the classic form', async () => {
      await put(classic.bytes);
      const found = await readPackage(file);
      const hex = sha256(layer);
      expect(found.images).to.deep.equal([
        {
          ids: [ID],
          tags: [OMS],
          layers: [`sha256:${hex}`],
          files: [`${hex}/layer.tar`],
          config: `${ID.slice(7)}.json`,
        },
      ]);
      expect([found.chunkBytes, found.chunks]).to.deep.equal([4 * 1024 * 1024, [sha256(classic.bytes)]]);
      expect(found).to.include({ sha256: sha256(classic.bytes), size: classic.bytes.length });
      expect(found.unpackedSize).to.be.greaterThan(layer.length);
    });

    it('tells both IDs in the form of newer engines', async () => {
      const { bytes, id, digest } = ociArchive({ tags: [OMS], layer });
      await put(bytes);
      expect((await readPackage(file)).images[0]?.ids).to.deep.equal([id, digest]);
    });

    it('is read without compression, with ./ before its names, and with extended headers', async () => {
      const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: ['docker.io/library/busybox:1'] }]);
      const files = [
        { name: 'pax', type: 'x', content: '22 path=manifest.json\n' },
        { name: 'shortened', content: manifest },
        { name: './c.json', content: '{"rootfs":{"diff_ids":["sha256:1"]}}' },
      ];
      await put(tarOf(files));
      expect((await readPackage(file)).images).to.deep.equal([
        { ids: ['sha256:c'], tags: ['busybox:1'], layers: ['sha256:1'], files: [], config: 'c.json' },
      ]);
    });

    const refused: [string, () => Buffer, RegExp][] = [
      [
        'that is cut off',
        () => classic.bytes.subarray(0, classic.bytes.length - 200),
        /oms\.tar\.gz is cut off/,
      ],
      ['cut off without compression', () => tarOf([{ name: 'a', claimedSize: 5000 }]), /cut off/],
      ['with a flipped byte', () => flipped(classic.bytes), /damaged/],
      ['that is a web page', () => Buffer.from('<html>404</html>'), /neither gzip nor tar/],
      ['that is empty', () => Buffer.alloc(0), /neither gzip nor tar/],
      ['of xz', () => Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /compressed with xz/],
      ['of other files', () => gzipSync(tarOf([{ name: 'a', content: 'b' }])), /no manifest\.json/],
      ['of OCI alone', () => gzipSync(tarOf([{ name: 'index.json', content: '{}' }])), /OCI archive/],
      ['of compressed text', () => gzipSync('x'.repeat(2000)), /damaged/],
    ];
    for (const [what, bytes, message] of refused) {
      it(`is refused: one ${what}`, async () => {
        await put(bytes());
        expect((await failed(readPackage(file))).message).to.match(message);
      });
    }

    it('is refused when it is not there', async () => {
      expect((await failed(readPackage(join(folder, 'no.tar.gz')))).message).to.match(
        /no\.tar\.gz cannot be read/,
      );
    });

    it('of more than 8 GiB has its size in binary', async () => {
      const size = 9 * 1024 ** 3;
      const members = readTar(fromBuffer(tarOf([{ name: 'big', claimedSize: size }])), () => false);
      const error = await members.next().then(
        () => undefined,
        (e: Error) => e.message,
      );
      expect(error, 'the size was understood, so the end is missing').to.equal('it ends in the middle');
    });
  });

  describe('the cache', () => {
    it('keeps the answer on disk, for later runs, until the file changes', async () => {
      await put(classic.bytes);
      const cache = join(folder, 'cache', 'packages.json');
      const first = await createPackageReader(() => cache)(file);
      const text = await readFile(cache, 'utf8');
      await writeFile(cache, text.replaceAll(first.sha256, 'f'.repeat(64)));
      expect((await createPackageReader(() => cache)(file)).sha256, 'from the cache').to.equal(
        'f'.repeat(64),
      );
      await utimes(file, 1, 1);
      expect((await createPackageReader(() => cache)(file)).sha256, 'read again').to.equal(first.sha256);
    });

    it('that is damaged or cannot be written is no error', async () => {
      await put(classic.bytes);
      await writeFile(join(folder, 'cache'), 'not JSON');
      expect((await createPackageReader(() => join(folder, 'cache'))(file)).size).to.equal(
        classic.bytes.length,
      );
      expect((await createPackageReader(() => join(file, 'sub', 'packages.json'))(file)).size).to.equal(
        classic.bytes.length,
      );
    });

    it('shares one reading among nodes that ask at the same time, and forgets a failed one', async () => {
      const read = createPackageReader(() => join(folder, 'c.json'));
      await put('broken');
      await failed(read(file));
      await put(classic.bytes);
      const [one, two] = await Promise.all([read(file), read(file)]);
      expect(one).to.equal(two);
    });
  });
});

async function failed(work: Promise<unknown>): Promise<ModuleError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ModuleError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length - 40;
  copy[middle] = (copy[middle] ?? 0) ^ 0xff;
  return copy;
}

async function* fromBuffer(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
