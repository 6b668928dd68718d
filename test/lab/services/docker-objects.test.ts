import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { module as dockerContainer } from '../../../src/modules/docker_container/index.ts';
import { module as dockerContainerInfo } from '../../../src/modules/docker_container_info/index.ts';
import { dockerImage } from '../../../src/modules/docker_image/index.ts';
import { createPackageReader } from '../../../src/modules/docker_image/package-cache.ts';
import { module as dockerImageInfo } from '../../../src/modules/docker_image_info/index.ts';
import { module as dockerNetwork } from '../../../src/modules/docker_network/index.ts';
import { module as dockerNetworkInfo } from '../../../src/modules/docker_network_info/index.ts';
import { module as dockerPrune } from '../../../src/modules/docker_prune/index.ts';
import { module as dockerVolume } from '../../../src/modules/docker_volume/index.ts';
import { script, sh } from '../../../src/transport/command.ts';
import { createSshConnector } from '../../../src/transport/ssh.ts';
import type { Connector } from '../../../src/transport/contract.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';
import { dockerArchive, tarOf } from '../../modules/docker-package.ts';
import { failed, labNode, play } from './play.ts';

const PREFIX = 'oms-play-svc';
const IMAGE = `${PREFIX}/empty:1`;

describe('modules about Docker’s objects on the lab’s nodes', function () {
  this.timeout(120_000);
  let folder: string;
  let connector: Connector;
  let node: NodeWriter;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oms-play-services-'));
    const empty = dockerArchive([
      { tags: [IMAGE], layer: tarOf([{ name: 'file', mode: 0o644, content: Buffer.from('x') }]) },
    ]);
    writeFileSync(join(folder, 'empty.tar.gz'), empty.bytes);
    connector = createSshConnector();
    node = labNode(connector, 'hz-1');
    await clean(node);
    const load = dockerImage(createPackageReader(() => join(folder, 'packages.json')));
    await play(load, node, { name: IMAGE, load_path: join(folder, 'empty.tar.gz') });
  });
  after(async () => {
    await clean(node);
    await connector.close();
    rmSync(folder, { recursive: true });
  });

  /** A container that was never started: the image has nothing to start. */
  const container = (name: string): Promise<unknown> =>
    play(dockerContainer, node, {
      name,
      image: IMAGE,
      command: '/none',
      state: 'stopped',
      network_mode: 'none',
    });

  it('docker_network is made, compared, made anew with its containers, and removed', async () => {
    const name = `${PREFIX}-net`;
    const args = {
      name,
      ipam_config: [{ subnet: '10.99.1.0/24', iprange: '10.99.1.128/25', gateway: '10.99.1.1' }],
      internal: true,
      labels: { owner: 'oms' },
      driver_options: { 'com.docker.network.bridge.name': 'omsplay0' },
    };
    expect((await play(dockerNetwork, node, args)).changes).to.deep.equal([
      `${name}: absent → network bridge`,
    ]);
    expect((await play(dockerNetwork, node, args)).changes).to.deep.equal([]);
    const info = await play(dockerNetworkInfo, node, { name });
    expect(info.result['network']).to.have.nested.property('Labels.owner', 'oms');

    await node.run(sh`docker create --network ${name} --name ${`${PREFIX}-a`} ${IMAGE} /none`);
    await node.run(sh`docker create --name ${`${PREFIX}-b`} --network bridge ${IMAGE} /none`);
    const joined = await play(dockerNetwork, node, { ...args, connected: [`${PREFIX}-b`], appends: true });
    expect(joined.changes).to.deep.equal([`${name}: container ${PREFIX}-b: absent → connected`]);
    const both = { ...args, connected: [`${PREFIX}-a`, `${PREFIX}-b`] };
    expect((await play(dockerNetwork, node, both)).changes, 'both are in it').to.deep.equal([]);

    const other = { ...both, ipam_config: [{ subnet: '10.99.2.0/24' }] };
    const anew = await play(dockerNetwork, node, other);
    expect(anew.changes).to.deep.equal([
      `${name}: recreated: ipam_config[0].subnet 10.99.1.0/24 → 10.99.2.0/24`,
    ]);
    expect((await play(dockerNetwork, node, other)).changes, 'both came back').to.deep.equal([]);
    const alone = await play(dockerNetwork, node, { ...other, connected: [`${PREFIX}-a`] });
    expect(alone.changes).to.deep.equal([`${name}: container ${PREFIX}-b: connected → absent`]);
    expect((await play(dockerNetwork, node, { name, state: 'absent' })).changes).to.have.lengthOf(1);
    expect((await play(dockerNetwork, node, { name, state: 'absent' })).changes).to.deep.equal([]);
  });

  it('docker_volume keeps one that differs unless told, and refuses one in use', async () => {
    const name = `${PREFIX}-vol`;
    const args = { name, labels: { a: '1' } };
    expect((await play(dockerVolume, node, args)).changes).to.deep.equal([`${name}: absent → volume`]);
    expect((await play(dockerVolume, node, args)).changes).to.deep.equal([]);
    const other = { name, labels: { a: '2' } };
    const kept = await play(dockerVolume, node, other);
    expect(kept.changes).to.deep.equal([]);
    expect(kept.warnings[0]).to.contain('labels.a 1 → 2');
    await play(dockerVolume, node, { ...other, recreate: 'options-changed' });
    expect((await play(dockerVolume, node, other)).warnings).to.deep.equal([]);
    await node.run(sh`docker create --name ${`${PREFIX}-v`} -v ${`${name}:/data`} ${IMAGE} /none`);
    const error = await failed(play(dockerVolume, node, { name, state: 'absent' }));
    expect(error.failure.message).to.contain('cannot be removed');
    await node.run(sh`docker rm ${`${PREFIX}-v`}`);
    await play(dockerVolume, node, { name, state: 'absent' });
    expect((await play(dockerVolume, node, { name, state: 'absent' })).changes).to.deep.equal([]);
  });

  it('docker_image_info and docker_container_info tell what there is', async () => {
    await container(`${PREFIX}-info`);
    const image = await play(dockerImageInfo, node, { name: [IMAGE, 'none/none:1'] });
    expect(image.result['images']).to.have.nested.property('[0].RepoTags[0]', IMAGE);
    expect(image.result['images']).to.have.lengthOf(1);
    const all = await play(dockerImageInfo, node, {});
    expect(JSON.stringify(all.result)).to.contain(IMAGE);
    const seen = await play(dockerContainerInfo, node, { name: `${PREFIX}-info` });
    expect(seen.result).to.have.property('exists', true);
    expect(seen.result['container']).to.have.nested.property('Config.Image', IMAGE);
    const none = await play(dockerContainerInfo, node, { name: PREFIX });
    expect(none.result).to.deep.equal({ exists: false, container: null });
  });

  it('docker_prune removes exactly what its check lists', async () => {
    const label = `${PREFIX}-prune`;
    await node.run(sh`docker create --name ${label} --label ${label} ${IMAGE} /none`);
    await node.run(sh`docker network create --label ${label} ${label}`);
    await node.run(sh`docker volume create --label ${label} ${label}`);
    await node.run(sh`docker tag ${IMAGE} ${`${PREFIX}/other:1`}`);
    const filters = { label };
    const old = { containers: true, containers_filters: { label, until: '24h' } };
    expect((await play(dockerPrune, node, old)).changes, 'none is so old').to.deep.equal([]);
    const args = {
      ...{ containers: true, containers_filters: filters, networks: true, networks_filters: filters },
      ...{ volumes: true, volumes_filters: { ...filters, all: true } },
    };
    const pruned = await play(dockerPrune, node, args);
    expect(pruned.changes).to.have.members([
      `container ${label}: created → absent`,
      `network ${label}: unused → absent`,
      `volume ${label}: unused → absent`,
    ]);
    expect(pruned.result).to.deep.include({ networks: [label], volumes: [label] });
    expect(pruned.result['containers']).to.have.lengthOf(1);
    expect((await play(dockerPrune, node, args)).changes).to.deep.equal([]);
  });

  it('docker_prune takes images without a name; one that a container uses stays', async () => {
    await container(`${PREFIX}-user`);
    await node.run(sh`docker rmi -f ${IMAGE} ${`${PREFIX}/other:1`}`);
    const used = await play(dockerPrune, node, { images: true });
    expect(used.changes, 'the container holds it').to.deep.equal([]);
    await node.run(sh`docker ps -aq --filter ${`name=${PREFIX}`} | xargs -r docker rm -f`);
    const dangling = await node.query(sh`docker images -q --filter dangling=true`);
    const free = await play(dockerPrune, node, { images: true });
    expect(free.changes).to.have.lengthOf(
      dangling.stdout.toString().trim().split('\n').filter(Boolean).length,
    );
    expect((await play(dockerPrune, node, { images: true })).changes).to.deep.equal([]);
  });

  it('docker_prune removes what building has left, and again what an image held', async () => {
    await node.run(
      script(`mkdir -p /tmp/${PREFIX} && cd /tmp/${PREFIX} && echo a >a && printf 'FROM scratch\\nCOPY a /a\\n' >Dockerfile &&
      DOCKER_BUILDKIT=1 docker build -q -t ${PREFIX}/built:1 . ; rm -rf /tmp/${PREFIX}`),
    );
    const old = { builder_cache: true, builder_cache_filters: { until: '24h' } };
    expect((await play(dockerPrune, node, old)).changes, 'none is so old').to.deep.equal([]);
    for (const all of [false, true]) {
      const args = { builder_cache: true, builder_cache_all: all };
      const pruned = await play(dockerPrune, node, args);
      expect(pruned.changes, `all: ${all}`).to.have.lengthOf(1);
      expect(pruned.changes[0]).to.equal(
        `builder cache: ${(pruned.result['builder_cache_caches_deleted'] as string[]).length} records → absent`,
      );
      expect((await play(dockerPrune, node, args)).changes).to.deep.equal([]);
    }
  });
});

async function clean(node: NodeWriter): Promise<void> {
  await node.run(sh`docker ps -aq --filter ${`name=${PREFIX}`} | xargs -r docker rm -f
    docker network ls -q --filter ${`name=${PREFIX}`} | xargs -r docker network rm
    docker volume ls -q --filter ${`name=${PREFIX}`} | xargs -r docker volume rm
    docker images -q --filter ${`reference=${PREFIX}/*`} | sort -u | xargs -r docker rmi -f
    docker image prune -f`);
}
