import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import type { AnyModule } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { module as dockerContainer } from '../../src/modules/docker_container/index.ts';
import { module as dockerExec } from '../../src/modules/docker_exec/index.ts';
import { dockerImage } from '../../src/modules/docker_image/index.ts';
import { createPackageReader } from '../../src/modules/docker_image/package-cache.ts';
import { sh } from '../../src/transport/command.ts';
import { createConnector } from '../../src/transport/connect.ts';
import type { Become, Connector, Link, Target } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import type { TarFile } from '../modules/docker-package.ts';
import { dockerArchive, tarOf } from '../modules/docker-package.ts';

const lab = join(import.meta.dirname, '..', '..', '.cache', 'lab');
const IMAGE = 'oms-play-test/tiny:1';
const NAME = 'oms-play-test';
const OPS: Become = { user: 'root', password: new Secret('lab-Ops_2026') };

describe('docker modules on the lab’s nodes', function () {
  this.timeout(120_000);
  let folder: string;
  let connector: Connector;
  let root: NodeWriter;
  let ops: NodeWriter;
  let id: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oms-play-docker-'));
    const tiny = dockerArchive([{ tags: [IMAGE], layer: tarOf(tinySystem()) }]);
    id = tiny.ids[0] ?? '';
    writeFileSync(join(folder, 'tiny.tar.gz'), tiny.bytes);
    connector = createConnector();
    root = nodeOf('hz-1', connector.connect(target('hz-1', '10.77.0.11', 'root')));
    const other = connector.connect(target('hz-2', '10.77.0.12', 'ops'));
    ops = nodeOf('hz-2', other, { become: OPS });
    await Promise.all([root, ops].map(clean));
  });
  after(async () => {
    await Promise.all([root, ops].map(clean));
    await connector.close();
    rmSync(folder, { recursive: true });
  });

  const image = (): AnyModule => dockerImage(createPackageReader(() => join(folder, 'packages.json')));
  const load = (node: NodeWriter, more = {}): Promise<Ran> =>
    play(image(), node, { name: IMAGE, load_path: join(folder, 'tiny.tar.gz'), ...more });
  const container = (more = {}): Promise<Ran> =>
    play(dockerContainer, root, { name: NAME, image: IMAGE, command: 'sleep 600', stop_timeout: 1, ...more });
  const exec = (more = {}): Promise<Ran> => play(dockerExec, root, { container: NAME, ...more });
  const inspect = async (format: string): Promise<string> => {
    const done = await root.query(sh`docker inspect --format ${format} ${NAME}`);
    return done.stdout.toString().trim();
  };
  const names = async (): Promise<string[]> => {
    const done = await root.query(
      sh`docker ps -a --filter ${`name=${NAME}`} --format '{{.Names}} {{.State}}'`,
    );
    return done.stdout.toString().trim().split('\n').filter(Boolean);
  };

  it('docker_image loads, through sudo as well, once; a lost name is given back', async () => {
    for (const node of [root, ops]) {
      const first = await load(node);
      expect(first.changes[0]).to.match(/^oms-play-test\/tiny:1: absent → loaded sha256:/);
      expect(first.result).to.have.nested.property('image.Id', id);
      expect((await load(node)).changes).to.deep.equal([]);
      const left = await node.query(sh`ls -A /var/tmp/oms-play`);
      expect(left.stdout.toString(), 'the package is gone').to.equal('');
    }
    await root.run(sh`docker tag ${id} oms-play-test/other:1 && docker rmi ${IMAGE}`);
    expect((await load(root)).changes[0]).to.contain('name absent → of sha256:');
    expect((await load(root)).changes).to.deep.equal([]);
  });

  it('docker_image says what is wrong with Docker', async () => {
    const link = connector.connect(target('hz-1', '10.77.0.11', 'root'));
    const down = nodeOf('hz-1', link, { environment: { DOCKER_HOST: 'unix:///run/no.sock' } });
    expect((await failed(load(down))).message).to.contain('the Docker Engine on hz-1 is not running');
    const missing = nodeOf('hz-1', link, { environment: { PATH: '/nowhere' } });
    expect((await failed(load(missing))).message).to.contain('Docker is not installed on hz-1');
    const plain = nodeOf('hz-2', connector.connect(target('hz-2', '10.77.0.12', 'ops')));
    expect((await failed(load(plain))).failure.hint).to.contain('become: true');
  });

  it('docker_container runs the vendor’s full command, once', async () => {
    const vendor = {
      ...{ network_mode: 'host', interactive: true, tty: true, privileged: true, pids_limit: -1 },
      ...{ ulimits: ['nproc:65535:65535'], volumes: ['/tmp/:/host-tmp', '/etc/hostname:/etc/hostname:ro'] },
      env: { OMS_HOST_IP: '10.77.0.11', ADMIN_PASSWORD: "p'w $x" },
    };
    const first = await container(vendor);
    expect(first.changes).to.deep.equal([`${NAME}: absent → started`]);
    expect(JSON.stringify(first.diffs)).to.not.contain("p'w");
    expect((await container(vendor)).changes).to.deep.equal([]);
    expect(await inspect('{{.HostConfig.Privileged}} {{.Config.Tty}} {{.HostConfig.NetworkMode}}')).to.equal(
      'true true host',
    );
    expect(await inspect('{{json .Config.Env}}')).to.contain(JSON.stringify("ADMIN_PASSWORD=p'w $x"));

    const before = await inspect('{{.Id}}');
    const changed = { ...vendor, env: { OMS_HOST_IP: '10.77.0.99', ADMIN_PASSWORD: 'other' } };
    const second = await container(changed);
    expect(second.changes).to.deep.equal([
      `${NAME}: recreate: env OMS_HOST_IP 10.77.0.11 → 10.77.0.99; env ADMIN_PASSWORD changed`,
    ]);
    expect(await inspect('{{.Id}}')).to.not.equal(before);
    expect(await names(), 'the old one is gone').to.deep.equal([`${NAME} running`]);
    expect((await container(changed)).changes).to.deep.equal([]);
  });

  it('docker_container goes back to the old container when the new one fails', async () => {
    await container({ network_mode: 'host' });
    const before = await inspect('{{.Id}}');
    const bad = { network_mode: 'host', command: ['/bin/sh', '-c', 'echo no config >&2; exit 3'] };
    const ended = await failed(container(bad));
    expect(ended.message)
      .to.contain('it ended with exit code 3')
      .and.contain('the old one is back and started');
    expect(ended.failure.stdout).to.equal('no config');
    const never = await failed(container({ network_mode: 'host', command: ['/nowhere'] }));
    expect(never.message).to.contain('cannot be started').and.contain('the old one is back and started');
    const health = { command: 'echo not yet; exit 1', timeout: 1, interval: 0.2 };
    const ill = await failed(container({ network_mode: 'host', recreate: true, health }));
    expect(ill.message).to.contain('after 1 s').and.contain('not yet').and.contain('the old one is back');
    expect(await inspect('{{.Id}} {{.State.Running}}')).to.equal(`${before} true`);
    expect(await names()).to.deep.equal([`${NAME} running`]);
  });

  it('docker_container waits for a line of this start’s log', async () => {
    const health = { log_line: 'service start successfully', timeout: 10, interval: 0.2 };
    const command = ['/bin/sh', '-c', 'sleep 1; echo OMS service start successfully; sleep 600'];
    const begun = Date.now();
    await container({ network_mode: 'host', command, health });
    expect(Date.now() - begun).to.be.greaterThan(900);
    const again = await container({ network_mode: 'host', command, health, restart: true });
    expect(again.changes).to.deep.equal([`${NAME}: started → restarted`]);
    expect(await inspect('{{.State.Running}}')).to.equal('true');
  });

  it('docker_container heals a replacement that was interrupted', async () => {
    await container({ network_mode: 'host', env: { A: '1' } });
    const old = await inspect('{{.Id}}');
    await root.run(sh`docker rename ${NAME} ${`${NAME}-old-${old.slice(0, 12)}`}; docker stop -t 0 ${old}`);
    const healed = await container({ network_mode: 'host', env: { A: '2' } });
    expect(healed.changes[0]).to.contain('a replacement was interrupted');
    expect(await names()).to.deep.equal([`${NAME} running`]);
    expect(await inspect('{{json .Config.Env}}')).to.contain('"A=2"');

    const current = await inspect('{{.Id}}');
    await root.run(sh`docker rename ${NAME} ${`${NAME}-old-${current.slice(0, 12)}`}; docker stop -t 0 ${current}
      docker run -d --net host -e A=3 --name ${NAME} ${IMAGE} sleep 600`);
    const fresh = await inspect('{{.Id}}');
    await container({ network_mode: 'host', env: { A: '3' } });
    expect(await inspect('{{.Id}}'), 'the new one was well and stays').to.equal(fresh);
    expect(await names()).to.deep.equal([`${NAME} running`]);
  });

  it('docker_container refuses an image that is not there, and touches nothing', async () => {
    const before = await inspect('{{.Id}}');
    const error = await failed(container({ image: 'oms-play-test/none:1' }));
    expect(error.message).to.equal('image oms-play-test/none:1 is not on hz-1');
    expect(await inspect('{{.Id}} {{.State.Running}}')).to.equal(`${before} true`);
  });

  it('docker_exec gives output and exit code, input, folder and environment', async () => {
    const command = ['/bin/sh', '-c', 'cat; pwd; echo "$A $A_TOKEN" >&2; exit 3'];
    const given = { argv: command, stdin: '你好', chdir: '/etc', env: { A: 'a b', A_TOKEN: 't$t' } };
    const error = await failed(exec(given));
    expect(error.result).to.deep.include({ rc: 3, stdout: '你好\n/etc', stderr: 'a b t$t' });
    expect(error.failure.command).to.not.contain('t$t');
    expect((await exec({ command: '/bin/sh -c "echo hello"' })).result).to.deep.include({
      rc: 0,
      stdout: 'hello',
    });
    expect((await failed(exec({ command: '/nowhere' }))).failure.hint).to.contain('no such program');
    expect((await failed(exec({ container: 'no-such', command: 'true' }))).message).to.contain(
      'there is no container',
    );
  });

  it('docker_container stops, starts and removes', async () => {
    expect((await container({ state: 'present', network_mode: 'host' })).changes).to.deep.equal([]);
    expect((await container({ state: 'stopped' })).changes).to.deep.equal([`${NAME}: started → stopped`]);
    expect((await container({ state: 'stopped' })).changes).to.deep.equal([]);
    expect((await failed(exec({ command: 'true' }))).message).to.contain('is not running: it is exited');
    expect((await container()).changes).to.deep.equal([`${NAME}: stopped → started`]);
    expect((await container({ restart_policy: 'unless-stopped' })).changes).to.deep.equal([
      `${NAME}: restart_policy no → unless-stopped`,
    ]);
    expect((await container({ restart_policy: 'unless-stopped' })).changes).to.deep.equal([]);
    expect((await container({ state: 'absent' })).changes).to.deep.equal([`${NAME}: started → absent`]);
    expect((await container({ state: 'absent' })).changes).to.deep.equal([]);
    expect(await names()).to.deep.equal([]);
  });

  it('docker_container keeps a first container that failed, stopped, for a look', async () => {
    const health = { command: 'exit 1', timeout: 0.5, interval: 0.1 };
    const error = await failed(container({ network_mode: 'host', health }));
    expect(error.message).to.contain('It was stopped and kept');
    expect(await names()).to.deep.equal([`${NAME} exited`]);
    expect((await container({ network_mode: 'host' })).changes).to.deep.equal([`${NAME}: stopped → started`]);
  });
});

interface Ran {
  readonly changes: string[];
  readonly diffs: unknown;
  readonly result: unknown;
}

async function play(module: AnyModule, node: NodeWriter, given: object): Promise<Ran> {
  const args = module.args.parse(JSON.parse(JSON.stringify(given)));
  const found = await module.check(node, args);
  const result = found.changes.length > 0 ? await module.apply(node, args, found) : found.result;
  const changes = found.changes.map((change) => `${change.subject}: ${change.summary}`);
  return { changes, result, diffs: found.changes.map((change) => change.diff) };
}

async function failed(work: Promise<unknown>): Promise<ModuleError> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ModuleError) return error;
  throw error;
}

function target(name: string, address: string, user: string): Target {
  return {
    ...{ name, address, user, connection: 'ssh', port: undefined, password: undefined, jump: undefined },
    privateKeyFile: join(lab, 'ssh', 'id_ed25519'),
    privateKeyPassphrase: undefined,
    knownHostsFile: join(lab, 'ssh', 'known_hosts'),
    hostKeyChecking: 'yes',
    connectTimeoutMs: 10_000,
  };
}

function nodeOf(
  name: string,
  link: Promise<Link>,
  more: { become?: Become; environment?: Record<string, string> } = {},
): NodeWriter {
  link.catch(() => undefined);
  return createNode({ name, address: '', link: () => link, ...more });
}

async function clean(node: NodeWriter): Promise<void> {
  await node.run(sh`docker ps -aq --filter ${`name=${NAME}`} | xargs -r docker rm -f
    docker images -q --filter reference='oms-play-test/*' | sort -u | xargs -r docker rmi -f
    rm -rf /var/tmp/oms-play`);
}

/** A shell with three programs and the libraries that they need, from this machine. */
function tinySystem(): TarFile[] {
  const programs = { 'bin/sh': '/bin/sh', 'bin/sleep': '/bin/sleep', 'bin/cat': '/bin/cat' };
  const libraries = Object.values(programs).flatMap((path) => {
    const listed = execFileSync('ldd', [path], { encoding: 'utf8' });
    return [...listed.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
  });
  const files = [
    ...Object.entries(programs),
    ...[...new Set(libraries)].map((path) => [path.slice(1), path] as const),
  ];
  return files.map(([name, path]) => ({ name, mode: 0o755, content: readFileSync(realpathSync(path)) }));
}
