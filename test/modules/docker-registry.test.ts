import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import { takeApart } from '../../src/modules/docker_image/blobs.ts';
import type { ImageBlobs } from '../../src/modules/docker_image/blobs.ts';
import { readPackage } from '../../src/modules/docker_image/package.ts';
import { isTemporaryName } from '../../src/modules/docker_image/pull.ts';
import { Registry } from '../../src/modules/docker_image/registry.ts';
import { dockerArchive, ociArchive, sha256, tarOf } from './docker-package.ts';

const layer = tarOf([{ name: 'hello', content: 'hello'.repeat(1000) }]);

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('the registry of docker_image', () => {
  let folder: string;
  let image: ImageBlobs;
  let registry: Registry;
  let sent: number;

  const apart = async (bytes: Buffer): Promise<ImageBlobs> => {
    const path = join(folder, 'package');
    await writeFile(path, bytes);
    const [found] = (await readPackage(path)).images;
    if (found === undefined) throw new Error('no image');
    return takeApart(path, { ...found, name: '' }, join(folder, 'blobs'));
  };
  const ask = (path: string, options: http.RequestOptions = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const [ours, theirs] = duplexPair();
      registry.accept(theirs);
      const auth = 'oms-play:open sesame';
      const createConnection = () => ours as never;
      const asked = http.request({ path, auth, createConnection, ...options }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const { statusCode: status = 0, headers } = answer;
          resolve({ status, headers, body: Buffer.concat(chunks) });
        });
      });
      asked.on('error', reject);
      asked.end();
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oms-play-registry-'));
    image = await apart(dockerArchive([{ tags: ['a:1'], layer }]).bytes);
    sent = 0;
    const password = new Secret('open sesame');
    const allow = (): Promise<void> => Promise.resolve();
    registry = new Registry({ image, password, allow, onSent: (bytes) => (sent += bytes) });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives nothing to who does not know the password', async () => {
    for (const auth of ['', 'oms-play:wrong', 'x']) {
      const refused = await ask('/v2/', { auth });
      expect([refused.status, refused.headers['www-authenticate']]).to.deep.equal([
        401,
        'Basic realm="oms-play"',
      ]);
      expect((await ask(`/v2/oms-play/image/blobs/${[...image.blobs.keys()][0]}`, { auth })).status).to.equal(
        401,
      );
    }
    expect((await ask('/v2/')).status).to.equal(200);
  });

  it('serves the manifest, and every blob in it under its digest', async () => {
    const manifest = await ask('/v2/oms-play/image/manifests/run');
    expect(manifest.headers['docker-content-digest']).to.equal(`sha256:${sha256(manifest.body)}`);
    const { config, layers } = JSON.parse(manifest.body.toString()) as {
      config: { digest: string; size: number };
      layers: { digest: string; size: number }[];
    };
    for (const { digest, size } of [config, ...layers]) {
      const blob = await ask(`/v2/oms-play/image/blobs/${digest}`);
      expect(`sha256:${sha256(blob.body)}`).to.equal(digest);
      expect(blob.body.length).to.equal(size);
    }
    const body = (await ask(`/v2/oms-play/image/blobs/${layers[0]?.digest}`)).body;
    expect(gunzipSync(body).equals(layer), 'the layer is what it was').to.equal(true);
    expect(config.digest, 'the image keeps its ID').to.equal(
      dockerArchive([{ tags: ['a:1'], layer }]).ids[0],
    );
    expect(sent).to.be.greaterThan(0);
  });

  it('HEAD has no body; a range goes on where a pull was cut off', async () => {
    const [digest = '', blob] = [...image.blobs][0] ?? [];
    const path = `/v2/oms-play/image/blobs/${digest}`;
    const head = await ask(path, { method: 'HEAD' });
    expect([head.headers['content-length'], head.body.length]).to.deep.equal([String(blob?.size), 0]);
    const whole = await ask(path);
    const rest = await ask(path, { headers: { range: 'bytes=100-' } });
    expect(rest.status).to.equal(206);
    expect(rest.body.equals(whole.body.subarray(100))).to.equal(true);
    expect((await ask(path, { headers: { range: `bytes=${blob?.size}-` } })).status).to.equal(416);
  });

  it('knows nothing else, and takes nothing', async () => {
    expect((await ask('/v2/oms-play/image/blobs/sha256:0')).status).to.equal(404);
    expect((await ask('/v2/other/image/manifests/run')).status).to.equal(404);
    expect((await ask('/v2/oms-play/image/blobs/uploads/', { method: 'POST' })).status).to.equal(405);
  });

  it('takes packages of newer engines apart too, and says when a layer is missing', async () => {
    const { bytes, id } = ociArchive({ tags: ['a:1'], layer });
    const other = await apart(bytes);
    expect(JSON.parse(other.manifest.toString())).to.have.nested.property('config.digest', id);
    expect(other.digest).to.equal(`sha256:${createHash('sha256').update(other.manifest).digest('hex')}`);
    const config = JSON.stringify({ rootfs: { diff_ids: ['sha256:1'] } });
    const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: ['a:1'], Layers: ['gone/layer.tar'] }]);
    const broken = tarOf([
      { name: 'c.json', content: config },
      { name: 'manifest.json', content: manifest },
    ]);
    const error = await apart(broken).catch((reason: Error) => reason.message);
    expect(error).to.equal('the package holds no file gone/layer.tar');
  });

  it('knows the names that a killed pull leaves, and no others', () => {
    expect(isTemporaryName('127.0.0.1:41234/oms-play/image:run')).to.equal(true);
    for (const name of ['127.0.0.1:5000/mine:1', 'oms-play/image:run', 'x.127.0.0.1:1/oms-play/image:run']) {
      expect(isTemporaryName(name), name).to.equal(false);
    }
  });
});
