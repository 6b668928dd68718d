import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageArgs } from '../../src/modules/docker_image/args.ts';
import { dockerImage } from '../../src/modules/docker_image/index.ts';
import { createPackageReader } from '../../src/modules/docker_image/package-cache.ts';
import type { TaskModule } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { dockerArchive, sha256, tarOf } from './docker-package.ts';
import { FakeNode } from './fake-node.ts';
import type { FakeCommand } from './fake-node.ts';

const OMS = 'oms.example.com/oms:feature_4.2.0';
const layer = tarOf([{ name: 'hello', content: 'hello' }]);
const classic = dockerArchive([{ tags: [OMS], layer }]);
const [ID = ''] = classic.ids;

describe('docker_image', () => {
  let folder: string;
  let file: string;
  const put = (bytes: Buffer | string): Promise<void> => writeFile(file, bytes);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oms-play-package-'));
    file = join(folder, 'oms.tar.gz');
  });
  afterEach(() => rm(folder, { recursive: true }));

  describe('the module', () => {
    const module = dockerImage(createPackageReader(() => join(folder, 'packages.json'))) as TaskModule<
      unknown,
      { image: unknown; package: unknown }
    >;
    const inspected = (id: string, tags: readonly string[], more = {}): string =>
      `${JSON.stringify({ Id: id, RepoTags: tags, ...more })}\n`;
    const run = async (
      given: object,
      commands: readonly FakeCommand[],
    ): Promise<{ node: FakeNode; changes: string[]; result: unknown }> => {
      const node = new FakeNode({ files: { '/var/tmp': { directory: true } }, commands });
      const args = imageArgs.parse({ load_path: file, ...given });
      const found = await module.check(node, args);
      const wrote = [...node.ran, ...node.wrote];
      expect(wrote, 'check only looks').to.deep.equal([]);
      const result = found.changes.length > 0 ? await module.apply(node, args, found) : found.result;
      return { node, result, changes: found.changes.map((c) => `${c.subject}: ${c.summary}`) };
    };
    const up: FakeCommand = { match: 'command -v docker', stdout: 'up\n' };

    it('does nothing when the node has that image under that name', async () => {
      await put(classic.bytes);
      const there = { match: 'docker image inspect', stdout: inspected(ID, [OMS]) };
      const { node, changes, result } = await run({ name: OMS }, [there]);
      expect([changes, node.ran, node.wrote]).to.deep.equal([[], [], []]);
      const expected = { sha256: sha256(classic.bytes), size: classic.bytes.length };
      expect(result).to.deep.equal({ image: { Id: ID, RepoTags: [OMS] }, package: expected });
    });

    it('gives the image its name when only that is missing, and sends nothing', async () => {
      await put(classic.bytes);
      const { node, changes } = await run({ name: OMS }, [
        { match: 'docker image inspect', exitCode: 1, stdout: inspected(ID, []) },
        up,
        { match: 'docker tag' },
      ]);
      expect(changes).to.deep.equal([`${OMS}: name absent → of ${ID.slice(0, 19)}`]);
      expect([node.ran, node.wrote]).to.deep.equal([[`docker tag ${ID} ${OMS}`], []]);
    });

    it('sends, loads, compares and cleans up, and tells what the name meant before', async () => {
      await put(classic.bytes);
      const old = `sha256:${'0'.repeat(64)}`;
      const { node, changes } = await run({}, [
        { match: 'docker image inspect', exitCode: 1, stdout: inspected(old, [OMS]), times: 1 },
        { match: 'docker image inspect', stdout: inspected(ID, [OMS]) },
        up,
        { match: 'mkdir', then: { files: { '/var/tmp/oms-play': { directory: true } } } },
        {
          match: 'df -Pk',
          stdout: 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 9 1 8000000 1% /\n',
        },
        { match: 'docker load' },
        { match: 'rm -f' },
      ]);
      const path = `/var/tmp/oms-play/${sha256(classic.bytes).slice(0, 16)}-oms.tar.gz`;
      expect(changes[0]).to.match(
        /feature_4\.2\.0: sha256:000000000000 → loaded sha256:[0-9a-f]{12} \(\d+ B\)$/,
      );
      expect(node.wrote).to.deep.equal([path]);
      expect(node.ran.slice(1)).to.deep.equal([`docker load -q -i ${path}`, `rm -f -- ${path}`]);
    });

    it('says so when the disk is too small, before it sends anything', async () => {
      await put(classic.bytes);
      const error = await failed(
        run({}, [
          { match: 'docker image inspect', exitCode: 1 },
          up,
          { match: 'mkdir', then: { files: { '/var/tmp/oms-play': { directory: true } } } },
          {
            match: 'df -Pk',
            stdout: 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 9 9 0 100% /\n',
          },
        ]),
      );
      expect(error.message).to.match(
        /no room in \/var\/tmp\/oms-play on hz-1: the package has \d+ B, free are 0 B/,
      );
    });

    it('says so when the disk was too small for the loaded image', async () => {
      await put(classic.bytes);
      const df = (free: number): string =>
        `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 9 9 ${free} 99% /\n`;
      const error = await failed(
        run({}, [
          { match: 'docker image inspect', exitCode: 1 },
          up,
          { match: 'mkdir', then: { files: { '/var/tmp/oms-play': { directory: true } } } },
          { match: 'df -Pk -- /var/tmp', stdout: df(9_000_000) },
          { match: 'docker load', exitCode: 1, stderr: 'write /hello: no space left on device' },
          { match: 'docker info', stdout: '/var/lib/docker\n' },
          { match: 'df -Pk -- /var/lib/docker', stdout: df(1) },
        ]),
      );
      expect(error.message).to.match(
        /no room for the image on hz-1: it needs .* in \/var\/lib\/docker, free are 1\.0 kB/,
      );
      expect(error.failure.stderr).to.contain('no space left');
    });

    it('knows the image by its layers where containerd makes IDs of its own, and only there', async () => {
      await put(classic.bytes);
      const RootFS = { Layers: [`sha256:${sha256(layer)}`] };
      const other = `sha256:${'a'.repeat(64)}`;
      const containerd = {
        match: 'docker image inspect',
        stdout: inspected(other, [OMS], { RootFS, Descriptor: {} }),
      };
      expect((await run({ name: OMS }, [containerd])).changes).to.deep.equal([]);
      const classicStore = {
        match: 'docker image inspect',
        exitCode: 1,
        stdout: inspected(other, [OMS], { RootFS }),
      };
      const node = new FakeNode({ commands: [classicStore, up] });
      const found = await module.check(node, imageArgs.parse({ name: OMS, load_path: file }));
      expect(found.changes[0]?.summary).to.contain(`${other.slice(0, 19)} → loaded`);
    });

    it('refuses a package that holds another image, saying which', async () => {
      await put(classic.bytes);
      const error = await failed(run({ name: 'oms.example.com/oms:feature_4.2.1' }, []));
      expect(error.message).to.equal(
        `the package does not hold oms.example.com/oms:feature_4.2.1: oms.tar.gz holds ${OMS} (${ID})`,
      );
      const wrongId = await failed(run({ name: OMS, image_id: `sha256:${'b'.repeat(64)}` }, []));
      expect(wrongId.message).to.match(/should be sha256:b+, but oms\.tar\.gz holds/);
    });

    it('asks for a name when there are several images, and for an ID when there is no name', async () => {
      await put(
        dockerArchive([
          { tags: ['a:1'], layer },
          { tags: ['b:1'], layer, env: ['B=1'] },
        ]).bytes,
      );
      expect((await failed(run({}, []))).message)
        .to.contain('a:1')
        .and.contain('b:1')
        .and.contain('more than one');
      const nameless = dockerArchive([{ layer }]);
      await put(nameless.bytes);
      const error = await failed(run({ name: OMS }, []));
      expect(error.failure.hint).to.contain(`image_id: ${nameless.ids[0]}`);
      const tagged = await run({ name: OMS, image_id: nameless.ids[0] }, [
        { match: 'docker image inspect', exitCode: 1, stdout: inspected(nameless.ids[0] ?? '', []) },
        up,
        { match: 'docker tag' },
      ]);
      expect(tagged.node.ran).to.deep.equal([`docker tag ${nameless.ids[0]} ${OMS}`]);
    });

    const troubles: [string, RegExp, RegExp][] = [
      ['missing', /Docker is not installed on hz-1/, /install Docker/],
      ['down', /Docker Engine on hz-1 is not running/, /systemctl start docker/],
      ['denied', /may not talk to Docker/, /become: true/],
      ['remote', /DOCKER_HOST/, /unset/],
    ];
    for (const [state, message, hint] of troubles) {
      it(`says what to do when Docker is ${state}`, async () => {
        await put(classic.bytes);
        const commands = [
          { match: 'image inspect', exitCode: 1 },
          { match: 'command -v docker', stdout: `${state}\n` },
        ];
        const error = await failed(run({}, commands));
        expect(error.message).to.match(message);
        expect(error.failure.hint).to.match(hint);
      });
    }
  });

  it('wants arguments that fit together', () => {
    const wrong = (given: object): string =>
      imageArgs.safeParse(given).error?.issues[0]?.message ?? 'accepted';
    expect(wrong({})).to.equal('missing key');
    expect(wrong({ source: 'load', name: 'a' })).to.equal('source "load" needs it');
    expect(wrong({ source: 'pull', name: 'a', load_path: 'x' })).to.contain('is for source "load"');
    expect(wrong({ name: '-rf' })).to.contain('not an image name');
    expect(wrong({ load_path: 'x' })).to.equal('accepted');
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
