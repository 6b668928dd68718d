import { expect } from 'chai';
import { module as influxdbDatabase } from '../../../src/modules/influxdb_database/index.ts';
import { module as influxdbUser } from '../../../src/modules/influxdb_user/index.ts';
import { script } from '../../../src/transport/command.ts';
import type { Connector } from '../../../src/transport/contract.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';
import { createSshConnector } from '../../../src/transport/ssh.ts';
import type { Ran } from './play.ts';
import { failed, labNode, play } from './play.ts';

const FOLDER = '/tmp/oms-play-influxdb';
const CONFIG = `reporting-disabled = true
bind-address = "127.0.0.1:18088"
[meta]
  dir = "${FOLDER}/meta"
[data]
  dir = "${FOLDER}/data"
  wal-dir = "${FOLDER}/wal"
[http]
  bind-address = "127.0.0.1:18086"
  auth-enabled = AUTH
  log-enabled = true
  access-log-path = "${FOLDER}/access.log"
[monitor]
  store-enabled = false
`;

describe('influxdb_user, influxdb_database and a real InfluxDB', function () {
  this.timeout(60_000);
  let connector: Connector;
  let node: NodeWriter;
  const login = { hostname: '127.0.0.1', port: 18086, username: 'root', password: "r'oot\\" };
  const user = (more: object): Promise<Ran> => play(influxdbUser, node, { ...login, ...more });
  const database = (more: object): Promise<Ran> => play(influxdbDatabase, node, { ...login, ...more });

  const start = async (auth: boolean): Promise<void> => {
    await node.writeFile(`${FOLDER}/influxdb.conf`, CONFIG.replace('AUTH', `${auth}`));
    const done = await node.run(
      script(`cd ${FOLDER} && { setsid influxd -config influxdb.conf </dev/null >log 2>&1 & echo $! >pid; }
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
          curl -s -o /dev/null http://127.0.0.1:18086/ping && exit 0; sleep 0.5; done; tail log >&2; exit 1`),
    );
    expect(done.exitCode, done.stderr.toString()).to.equal(0);
  };
  const stop = (): Promise<unknown> =>
    node.run(
      script(
        `kill "$(cat ${FOLDER}/pid)"; while kill -0 "$(cat ${FOLDER}/pid)" 2>/dev/null; do sleep 0.1; done`,
      ),
    );

  before(async () => {
    connector = createSshConnector();
    node = labNode(connector, 'hz-1');
    await node.run(script(`rm -rf ${FOLDER}; mkdir -p ${FOLDER}`));
    await start(true);
  });
  after(async () => {
    await stop();
    await node.run(script(`rm -rf ${FOLDER}`));
    await connector.close();
  });

  it('makes the first administrator, databases and users; each second run is ok', async () => {
    const root = { user_name: 'root', user_password: login.password, admin: true };
    expect((await user(root)).changes).to.deep.equal(['root: absent → administrator']);
    expect((await user(root)).changes).to.deep.equal([]);
    for (const name of ['oms', 'a "b" c']) {
      expect((await database({ database_name: name })).changes).to.deep.equal([`${name}: absent → database`]);
      expect((await database({ database_name: name })).changes).to.deep.equal([]);
    }
    const oms = {
      user_name: 'o"ms',
      user_password: "p'w\\ ä&=+%",
      grants: [{ database: 'oms', privilege: 'all' }],
    };
    expect((await user(oms)).changes).to.deep.equal(['o"ms: absent → user', 'o"ms: oms none → ALL']);
    expect((await user(oms)).changes).to.deep.equal([]);

    const grants = [{ database: 'a "b" c', privilege: 'READ' }];
    const other = { ...oms, user_password: 'other', admin: true, grants };
    expect((await user(other)).changes).to.have.members([
      'o"ms: another password',
      'o"ms: user → administrator',
      'o"ms: a "b" c none → READ',
      'o"ms: oms ALL → none',
    ]);
    expect((await user(other)).changes).to.deep.equal([]);
    const write = { ...other, admin: false, grants: [{ ...grants[0], privilege: 'WRITE' }] };
    expect((await user(write)).changes).to.have.lengthOf(2);
    expect((await user(write)).changes).to.deep.equal([]);
    await user({ user_name: 'o"ms', state: 'absent' });
    expect((await user({ user_name: 'o"ms', state: 'absent' })).changes).to.deep.equal([]);
    await database({ database_name: 'oms', state: 'absent' });
    expect((await database({ database_name: 'oms', state: 'absent' })).changes).to.deep.equal([]);
  });

  it('says what is wrong, and leaves no password in the log of the server', async () => {
    const wrong = await failed(database({ database_name: 'x', password: 'Falsch_1' }));
    expect(wrong.failure.message).to.contain('authorization failed');
    expect(JSON.stringify(wrong.failure)).to.not.contain('Falsch_1');
    await user({ user_name: 'oms', user_password: 'Geheim_7' });
    const lacks = await failed(database({ database_name: 'x', username: 'oms', password: 'Geheim_7' }));
    expect(lacks.failure.hint).to.contain('administrator');
    const log = await node.query(script(`cat ${FOLDER}/access.log`));
    expect(log.stdout.toString()).to.contain('/query').and.to.not.contain('Geheim_7');
  });

  it('does not guess where the server takes everybody', async () => {
    await stop();
    await start(false);
    const seen = await user({ user_name: 'oms', user_password: 'another' });
    expect(seen.changes).to.deep.equal([]);
    expect(seen.warnings[0]).to.contain('cannot be compared');
  });
});
