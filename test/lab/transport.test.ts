import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import { script } from '../../src/transport/command.ts';
import { createConnector } from '../../src/transport/connect.ts';
import type { Become, Connector, Link, Target } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { farAway } from '../transport/far-away.ts';

const folder = resolve('.cache/lab/ssh');
const password = new Secret('lab-Ops_2026');

function target(name: string, address: string, more: Partial<Target>): Target {
  return {
    name,
    connection: 'ssh',
    address,
    port: undefined,
    user: 'root',
    password: undefined,
    privateKeyFile: join(folder, 'id_ed25519'),
    privateKeyPassphrase: undefined,
    knownHostsFile: join(folder, 'known_hosts'),
    hostKeyChecking: 'yes',
    jump: undefined,
    connectTimeoutMs: 10_000,
    ...more,
  };
}

const hz1 = target('hz-1', '10.77.0.11', {});
const hz2 = target('hz-2', '10.77.0.12', { user: 'ops' });
const hlj1 = target('hlj-1', '10.77.0.21', {});
const hlj2 = target('hlj-2', '10.77.0.22', { user: 'ops', password, privateKeyFile: undefined, jump: hlj1 });

describe('transport on lab nodes', () => {
  let connector: Connector;
  const links: Link[] = [];

  before(function () {
    if (!existsSync(join(folder, 'known_hosts'))) throw new Error('the lab is not up: ./scripts/lab up');
    // An agent of whoever runs the tests must not log in for us.
    connector = createConnector({ agentSocket: '' });
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close()));
  });
  after(() => connector?.close());

  async function node(to: Target, become?: Become): Promise<{ node: NodeWriter; link: Link }> {
    const link = await connector.connect(to);
    links.push(link);
    return { link, node: createNode({ name: to.name, address: to.address, link: async () => link, become }) };
  }

  async function says(on: NodeWriter, text: string): Promise<string> {
    return (await on.query(script(text))).stdout.toString();
  }

  for (const to of [hz1, hz2, hlj1, hlj2]) {
    it(`${to.name}: logs in as ${to.user}, becomes root, and back`, async () => {
      const { node: plain, link } = await node(to);
      expect(await says(plain, 'id -un; hostname')).to.equal(`${to.user}\n${to.name}\n`);
      const become = { user: 'root', password: to.user === 'ops' ? password : undefined };
      const root = createNode({ name: to.name, address: to.address, link: async () => link, become });
      expect(await says(root, 'id -un; echo $HOME')).to.equal('root\n/root\n');
      expect(await says(plain, 'id -un')).to.equal(`${to.user}\n`);
    });
  }

  it('a wrong sudo password is said within seconds, and asked for once only', async () => {
    const { node: wrong } = await node(hz2, { user: 'root', password: new Secret('wrong') });
    const errors = await Promise.all(
      [says(wrong, 'id'), says(wrong, 'id')].map((p) => p.then(() => undefined, (e: unknown) => e)),
    ); // prettier-ignore
    for (const error of errors) expect(error).to.include({ kind: 'become-password' });
  });

  it('a file only root may read: reason and mend without become, content with it', async () => {
    const { node: plain, link } = await node(hz2);
    const error = await plain.readFile('/etc/shadow').then(() => undefined, (e: unknown) => e as Error); // prettier-ignore
    expect(String(error))
      .to.contain('hz-2')
      .and.to.contain('/etc/shadow')
      .and.to.contain('Permission denied');
    const root = createNode({
      name: 'hz-2',
      address: '',
      link: async () => link,
      become: { user: 'root', password },
    });
    expect(String(await root.readFile('/etc/shadow'))).to.contain('root:');
  });

  it('uploads 20 MB through a jump host and sudo', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'oms-play-lab-'));
    const { node: root } = await node(hlj2, { user: 'root', password });
    const path = '/root/oms-play-upload.bin';
    try {
      const file = join(dir, 'file');
      writeFileSync(file, Buffer.alloc(20_000_000, '0123456789abcdef'));
      await root.uploadFile(file, path, { mode: '0600' });
      expect(await root.stat(path)).to.include({ size: 20_000_000, mode: '0600', owner: 'root' });
      const sum = spawnSync('sha256sum', [file]).stdout.toString().slice(0, 64);
      expect(await root.checksum(path)).to.equal(sum);
    } finally {
      await says(root, `rm -f ${path}`);
      rmSync(dir, { recursive: true });
    }
  });

  it('a time limit and an interrupt end what root runs on the node', async () => {
    const { node: root, link } = await node(hz2, { user: 'root', password });
    const timedOut = await root
      .run(script('sleep 7101'), { timeoutMs: 200 })
      .catch((e: unknown) => String(e));
    expect(timedOut).to.contain('timed out after 0.2 s');
    const running = root.run(script('sleep 7102')).catch((e: unknown) => (e as TransportError).kind);
    await sleep(500);
    await link.interrupt();
    expect(await running).to.equal('interrupted');
    expect(await says(root, "ps -eo args | grep -c '^sleep 710[12]' ; :")).to.equal('0\n');
  });

  it('reaches a service through a node', async () => {
    const { link } = await node(hlj2);
    const stream = await link.openConnection('127.0.0.1', 22);
    const greeting = await new Promise<Buffer>((done) => stream.once('data', done));
    expect(greeting.toString()).to.match(/^SSH-2.0-/);
    stream.destroy();
  });

  it('20 looks over a line of 100 ms take a few round trips', async () => {
    const line = await farAway(hz1.address, 22, 50);
    try {
      const far = target('far', '127.0.0.1', { port: line.port, hostKeyChecking: 'no' });
      const { node: remote } = await node(far);
      const started = performance.now();
      await Promise.all(Array.from({ length: 20 }, () => remote.stat('/etc/passwd')));
      expect(performance.now() - started).to.be.lessThan(1500);
    } finally {
      line.close();
    }
  });

  it('a node that is not there, and one without sshd, fail in time with the reason', async () => {
    const gone = await connector
      .connect(target('gone', '10.77.0.99', { connectTimeoutMs: 1500 }))
      .catch((e: unknown) => e);
    expect(gone).to.be.instanceOf(TransportError);
    expect((gone as TransportError).kind).to.be.oneOf(['timeout', 'unreachable']);
    const shut = await connector.connect(target('shut', '10.77.0.11', { port: 9 })).catch((e: unknown) => e);
    expect(shut).to.include({ kind: 'refused' });
  });
});
