import { setTimeout as pause } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { module as haproxyServer } from '../../../src/modules/haproxy_server/index.ts';
import { script } from '../../../src/transport/command.ts';
import type { Connector } from '../../../src/transport/contract.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';
import { createSshConnector } from '../../../src/transport/ssh.ts';
import type { Ran } from './play.ts';
import { failed, labNode, play } from './play.ts';

const FOLDER = '/tmp/oms-play-haproxy';
const CONFIG = `global
  stats socket ${FOLDER}/admin.sock level admin mode 600
  stats socket ${FOLDER}/user.sock level operator
  stats socket ipv4@127.0.0.1:18999 level admin
defaults
  mode tcp
  timeout connect 1s
  timeout client 60s
  timeout server 60s
listen web
  bind 127.0.0.1:18000
  server a 127.0.0.1:18001 check inter 100ms fall 1 rise 1 weight 100
  server b 127.0.0.1:18002 check inter 100ms fall 1 rise 1 backup
listen api
  bind 127.0.0.1:18010
  server a 127.0.0.1:18001
`;

describe('haproxy_server and a real haproxy', function () {
  this.timeout(60_000);
  let connector: Connector;
  let node: NodeWriter;
  const socket = `${FOLDER}/admin.sock`;

  before(async () => {
    connector = createSshConnector();
    node = labNode(connector, 'hz-1');
    await node.run(script(`rm -rf ${FOLDER}; mkdir -p ${FOLDER}`));
    await node.writeFile(`${FOLDER}/haproxy.cfg`, CONFIG);
    await node.run(script(`cd ${FOLDER} && haproxy -D -p haproxy.pid -f haproxy.cfg`));
    await node.run(script(`cd ${FOLDER} && ${listen(18001, 'a')} && ${listen(18002, 'b')}`));
  });
  after(async () => {
    await node.run(
      script(`cd ${FOLDER} && for file in *.pid; do kill "$(cat "$file")"; done; rm -rf ${FOLDER}`),
    );
    await connector.close();
  });

  const server = (more: object): Promise<Ran> =>
    play(haproxyServer, node, { host: 'a', socket, wait_interval: 0.1, ...more });
  const twice = async (more: object): Promise<Ran> => {
    const first = await server(more);
    expect((await server(more)).changes, JSON.stringify(more)).to.deep.equal([]);
    return first;
  };
  /** What answers at the virtual address: the name of a server. */
  const answer = async (): Promise<string> => {
    const stream = await node.openConnection('127.0.0.1', 18000);
    const text = await firstWords(stream);
    stream.destroy();
    return text;
  };

  it('drains: new sessions go elsewhere, the old one lives; it waits for its end', async () => {
    await server({ backend: 'web', state: 'ready', wait: true });
    const old = await node.openConnection('127.0.0.1', 18000);
    expect(await firstWords(old)).to.equal('a');
    const drained = await twice({ backend: 'web', state: 'drain' });
    expect(drained.changes).to.deep.equal(['web/a: ready → drain']);
    expect(drained.result).to.have.nested.property('servers[0].sessions', 1);
    expect(await answer()).to.equal('b');
    const stays = await failed(server({ backend: 'web', state: 'maint', drain: true, wait_retries: 2 }));
    expect(stays.failure.message).to.contain('sessions did not end');
    setTimeout(() => old.destroy(), 300);
    const out = await twice({ backend: 'web', state: 'maint', drain: true });
    expect(out.changes).to.deep.equal(['web/a: drain → maint', 'web/a: sessions 1 → 0']);
    expect(out.result).to.have.nested.property('servers[0].status', 'MAINT');
    const back = await twice({ state: 'enabled', wait: true });
    expect(back.changes).to.deep.equal(['web/a: maint → ready', 'web/a: status MAINT → UP']);
    expect(await answer()).to.equal('a');
  });

  it('works in all backends, over TCP, with weights, and ends sessions on request', async () => {
    const all = await twice({ state: 'disabled', socket: '127.0.0.1:18999' });
    expect(all.changes).to.have.members(['web/a: ready → maint', 'api/a: ready → maint']);
    await twice({ state: 'ready', wait: true, socket: '127.0.0.1:18999' });
    expect((await twice({ backend: 'web', weight: '33%' })).changes).to.deep.equal([
      'web/a: weight 100 → 33',
    ]);
    await twice({ backend: 'web', weight: 100 });
    const old = await node.openConnection('127.0.0.1', 18000);
    await firstWords(old);
    const ended = new Promise((resolve) => old.on('close', resolve).on('end', resolve).resume());
    await twice({ backend: 'web', state: 'drain', shutdown_sessions: true });
    await ended;
    await server({ state: 'ready' });
  });

  it('says what is wrong', async () => {
    expect((await failed(server({ host: 'c', state: 'drain' }))).failure.hint).to.contain('web/a, web/b');
    const operator = await failed(server({ state: 'drain', socket: `${FOLDER}/user.sock` }));
    expect(operator.failure.hint).to.contain('level admin');
    const none = await failed(server({ state: 'drain', socket: `${FOLDER}/none.sock` }));
    expect(none.failure.message).to.contain('is not there');
    const closed = await failed(server({ state: 'drain', socket: '127.0.0.1:18998' }));
    expect(closed.failure.message).to.contain('does not answer');
    await node.run(script(`kill "$(cat ${FOLDER}/a.pid)"`));
    // The next health check has to notice it.
    while (!JSON.stringify((await server({ backend: 'web' })).result).includes('DOWN')) await pause(50);
    const down = await failed(server({ backend: 'web', state: 'ready', wait: true, wait_retries: 4 }));
    expect(down.failure.message).to.contain('web/a is DOWN');
  });

  it('needs no socat: perl or python do', async () => {
    const tools = `${FOLDER}/bin`;
    await node.run(
      script(`mkdir -p ${tools}; for t in sh perl; do ln -sf "$(command -v $t)" ${tools}/$t; done`),
    );
    const bare = labNode(connector, 'hz-1', { PATH: tools });
    const seen = await play(haproxyServer, bare, { host: 'b', socket });
    expect(seen.result).to.have.nested.property('servers[0].status', 'UP');
    await node.run(script(`rm ${tools}/perl`));
    const error = await failed(play(haproxyServer, bare, { host: 'b', socket }));
    expect(error.failure.hint).to.contain('install socat');
  });
});

/** A server that says its name to whoever connects, and listens on. */
function listen(port: number, name: string): string {
  const words = `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork SYSTEM:"echo ${name}; exec cat"`;
  return `{ setsid socat ${words} </dev/null >/dev/null 2>&1 & echo $! >${name}.pid; }`;
}

function firstWords(stream: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    stream.once('data', (data: Buffer) => resolve(data.toString().trim())).once('error', reject);
  });
}
