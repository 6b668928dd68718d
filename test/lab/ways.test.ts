import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import { script, sh } from '../../src/transport/command.ts';
import { createConnector } from '../../src/transport/connect.ts';
import { openContainerLink } from '../../src/transport/container.ts';
import type { Become, Connector, Link, Target } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import { lookAtJob, newJobId, readJob, removeJobCommand, startJob } from '../../src/transport/job.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { tarOf } from '../modules/docker-package.ts';

const folder = resolve('.cache/lab/ssh');
const opsPassword = new Secret('lab-Ops_2026');
const password = new Secret('become-Pw_1');
const IMAGE = 'oms-play-test/busy:1';
const NAME = 'oms-play-test-in';

function target(name: string, address: string, user: string): Target {
  return {
    name,
    connection: 'ssh',
    address,
    port: undefined,
    user,
    password: undefined,
    privateKeyFile: join(folder, 'id_ed25519'),
    privateKeyPassphrase: undefined,
    knownHostsFile: join(folder, 'known_hosts'),
    hostKeyChecking: 'yes',
    jump: undefined,
    connectTimeoutMs: 10_000,
  };
}

describe('ways on lab nodes', function () {
  this.timeout(120_000);
  let connector: Connector;
  let ops: Link;
  let root: Link;

  before(async () => {
    connector = createConnector({ agentSocket: '' });
    [ops, root] = await Promise.all([
      connector.connect(target('hz-2', '10.77.0.12', 'ops')),
      connector.connect(target('hz-1', '10.77.0.11', 'root')),
    ]);
  });
  after(() => connector.close());

  const asked = async (link: Link, become: Become | undefined, text: string): Promise<string> =>
    (await link.exec({ command: script(text), become })).stdout.toString();
  const failure = async (become: Become): Promise<TransportError> => {
    const error: unknown = await asked(ops, become, 'id').catch((e: unknown) => e);
    expect(error).to.be.instanceOf(TransportError);
    return error as TransportError;
  };

  describe('the real su and doas', () => {
    const sudo: Become = { user: 'root', password: opsPassword };
    const prepare = `
id oms-become >/dev/null 2>&1 || useradd -m oms-become
printf '%s\\n' 'oms-become:become-Pw_1' | chpasswd
printf 'permit nopass ops as games\\npermit ops as oms-become\\n' > /etc/doas.conf; chmod 600 /etc/doas.conf`;

    before(() => asked(ops, sudo, prepare));
    after(() => asked(ops, sudo, 'rm -f /etc/doas.conf; userdel -r oms-become 2>/dev/null; true'));

    it('su with the password of the other user; data come through as they are', async () => {
      const become: Become = { user: 'oms-become', password, method: 'su' };
      expect(await asked(ops, become, 'id -un; echo "$HOME"')).to.equal('oms-become\n/home/oms-become\n');
      const node = createNode({ name: 'hz-2', address: '', link: async () => ops, become });
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
      await node.writeFile('/home/oms-become/bytes', bytes);
      expect((await node.readFile('/home/oms-become/bytes'))?.equals(bytes)).to.equal(true);
      expect((await node.stat('/home/oms-become/bytes'))?.owner).to.equal('oms-become');
    });

    it('su of root needs none, also to become who has no login shell', async () => {
      expect(await asked(root, { user: 'games', password: undefined, method: 'su' }, 'id -un')).to.equal(
        'games\n',
      );
    });

    it('doas without a password, and with one on a terminal of its own', async () => {
      expect(await asked(ops, { user: 'games', password: undefined, method: 'doas' }, 'id -un')).to.equal(
        'games\n',
      );
      const become: Become = { user: 'oms-become', password: opsPassword, method: 'doas' };
      expect(await asked(ops, become, 'id -un; printf "%s" "a\tb"')).to.equal('oms-become\na\tb');
      const node = createNode({ name: 'hz-2', address: '', link: async () => ops, become });
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
      await node.writeFile('/home/oms-become/more', bytes);
      expect((await node.readFile('/home/oms-become/more'))?.equals(bytes)).to.equal(true);
    });

    it('their refusals are told apart', async () => {
      const wrong = new Secret('not-it');
      const errors = await Promise.all([
        failure({ user: 'oms-become', password: wrong, method: 'su' }),
        failure({ user: 'oms-become', password: wrong, method: 'doas' }),
        failure({ user: 'oms-become', password: undefined, method: 'doas' }),
        failure({ user: 'nobody', password: opsPassword, method: 'doas' }),
        failure({ user: 'no-such-user', password, method: 'su' }),
      ]);
      expect(errors.map(({ kind }) => kind)).to.deep.equal([
        ...['become-password', 'become-password', 'become-password', 'become-refused', 'become-refused'],
      ]);
    });

    it('no argument list shows the password', async () => {
      const become: Become = { user: 'oms-become', password: opsPassword, method: 'doas' };
      await asked(ops, become, 'true');
      const seen = await asked(ops, sudo, 'cat /proc/[0-9]*/cmdline | tr "\\0" " "');
      expect(seen).not.to.contain('lab-Ops_2026').and.not.to.contain('become-Pw_1');
    });
  });

  it('a job outlives its connection, which is opened anew', async () => {
    const connect = (): Promise<Link> => connector.connect(target('hz-1', '10.77.0.11', 'root'));
    let current = connect();
    const dropLink = async (): Promise<void> => {
      await (await current).close();
      current = connect();
    };
    const node = createNode({ name: 'hz-1', address: '', link: () => current, dropLink });
    const id = newJobId();
    await startJob(node, id, script('sleep 1; echo done'), { limitSeconds: 60 });
    const server = await asked(await current, undefined, 'echo $PPID');
    await root.exec({ command: sh`kill -KILL ${server.trim()}` });
    const error: unknown = await lookAtJob(node, id).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(TransportError);
    await node.reconnect({ timeoutMs: 20_000 });
    let state = await lookAtJob(node, id);
    for (; state.kind === 'running'; state = await lookAtJob(node, id)) await sleep(100);
    expect(state).to.deep.equal({ kind: 'finished', exitCode: 0, late: false });
    expect((await readJob(node, id)).stdout.toString()).to.equal('done\n');
    await node.run(removeJobCommand(id), { brief: 'script' });
    await (await current).close();
  });

  describe('the real docker', () => {
    let folderHere: string;
    const place = { node: 'hz-1', container: NAME, user: undefined, become: undefined };
    const clean = async (): Promise<unknown> =>
      root.exec({
        command: sh`docker rm -f ${NAME} >/dev/null 2>&1; docker rmi ${IMAGE} >/dev/null 2>&1; rm -f /tmp/busy.tar`,
      });

    before(async () => {
      folderHere = mkdtempSync(join(tmpdir(), 'oms-play-busy-'));
      await clean();
      writeFileSync(join(folderHere, 'busy.tar'), tarOf(busySystem()));
      const node = createNode({ name: 'hz-1', address: '', link: async () => root });
      await node.uploadFile(join(folderHere, 'busy.tar'), '/tmp/busy.tar');
      const start = '/bin/busybox --install -s /bin; exec sleep 600';
      const done = await node.query(
        sh`docker import /tmp/busy.tar ${IMAGE} && docker run -d --net host --name ${NAME} ${IMAGE} /bin/busybox sh -c ${start} && sleep 1`,
      );
      expect(done.exitCode, done.stderr.toString()).to.equal(0);
    });
    after(async () => {
      await clean();
      rmSync(folderHere, { recursive: true });
    });

    it('modules work in a container: shell, files, output, time limits', async () => {
      const link = openContainerLink({ ...place, carrier: root });
      const node = createNode({ name: 'hz-1', address: '', link: async () => link });
      expect(await asked(link, undefined, 'id -u; [ -e /.dockerenv ] && echo in')).to.equal('0\nin\n');
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
      await node.writeFile('/large', bytes, { mode: '0600' });
      expect((await node.readFile('/large'))?.equals(bytes)).to.equal(true);
      writeFileSync(join(folderHere, 'from'), bytes);
      await node.uploadFile(join(folderHere, 'from'), '/uploaded');
      expect(await node.checksum('/uploaded')).to.equal(await node.checksum('/large'));
      const late: unknown = await node.run(script('sleep 30'), { timeoutMs: 200 }).catch((e: unknown) => e);
      expect(String(late)).to.contain('timed out');
      expect(await asked(link, undefined, 'ps | grep -c "[s]leep 30"')).to.equal('0\n');
      await link.close();
    });

    it('another user, a container that is not there, and one that is stopped', async () => {
      const as = openContainerLink({ ...place, user: '1234', carrier: root });
      expect(await asked(as, undefined, 'id -u')).to.equal('1234\n');
      expect(await asked(as, { user: '0', password: undefined }, 'id -u')).to.equal('0\n');
      const none: unknown = await asked(
        openContainerLink({ ...place, container: 'no-such', carrier: root }),
        undefined,
        'id',
      ).catch((e: unknown) => e);
      expect(none).to.include({ hint: 'Check ansible_container and ansible_container_node.' });
      await root.exec({ command: sh`docker stop -t 0 ${NAME}` });
      const stopped: unknown = await asked(
        openContainerLink({ ...place, carrier: root }),
        undefined,
        'id',
      ).catch((e: unknown) => e);
      expect(stopped).to.include({ hint: `Start it first: docker start ${NAME}` });
    });

    it('docker through sudo', async () => {
      const become: Become = { user: 'root', password: opsPassword };
      const link = openContainerLink({ ...place, container: 'no-such', become, carrier: ops });
      const none: unknown = await asked(link, undefined, 'id').catch((e: unknown) => e);
      expect(String(none)).to.match(/No such container/i);
    });
  });
});

/** busybox with the libraries that it needs, as a root file system. */
function busySystem(): { name: string; mode: number; content: Buffer }[] {
  const listed = execFileSync('sh', ['-c', 'ldd "$(command -v busybox)" || true'], { encoding: 'utf8' });
  const libraries = [...listed.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
  const program = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  const files = [
    ['bin/busybox', program],
    ...[...new Set(libraries)].map((path) => [path.slice(1), path]),
  ] as [string, string][];
  return files.map(([name, path]) => ({ name, mode: 0o755, content: readFileSync(realpathSync(path)) }));
}
