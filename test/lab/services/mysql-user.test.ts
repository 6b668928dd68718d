import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { module as mysqlQuery } from '../../../src/modules/mysql_query/index.ts';
import { module as mysqlUser } from '../../../src/modules/mysql_user/index.ts';
import { createSshConnector } from '../../../src/transport/ssh.ts';
import type { Connector } from '../../../src/transport/contract.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';
import type { Ran } from './play.ts';
import { failed, labNode, play } from './play.ts';

describe('mysql_user and the lab’s MetaDB', function () {
  this.timeout(60_000);
  const admin = `oms_play_${randomBytes(4).toString('hex')}`;
  const name = `${admin}_u`;
  const login = {
    login_host: '10.77.0.5',
    login_port: 2883,
    login_user: admin,
    login_password: 'lab-Admin_2026',
  };
  let connector: Connector;
  let node: NodeWriter;

  // The lab's own user may not grant; root may, on the server's socket alone.
  const asRoot = (sql: string): void => {
    execFileSync('mariadb', ['--no-defaults', '-S', '/run/oms-play-lab/metadb.sock', '-uroot', '-e', sql]);
  };
  const user = (more: object): Promise<Ran> => play(mysqlUser, node, { ...login, name, host: '%', ...more });
  /** What is needed is done, and a second run finds nothing. */
  const twice = async (more: object): Promise<readonly string[]> => {
    const { changes, result } = await user(more);
    const again = await user(more);
    expect(again.changes, JSON.stringify(more)).to.deep.equal([]);
    expect(again.result['privileges'], 'as it was foretold').to.deep.equal(result['privileges']);
    return changes;
  };
  const query = (sql: string, as: object = {}): Promise<Ran> =>
    play(mysqlQuery, node, { ...login, query: sql, ...as });

  before(() => {
    connector = createSshConnector();
    node = labNode(connector, 'hz-1');
    asRoot(`CREATE USER '${admin}'@'%' IDENTIFIED BY 'lab-Admin_2026'; GRANT ALL ON *.* TO '${admin}'@'%' WITH GRANT OPTION;
      CREATE DATABASE ${admin}; CREATE TABLE ${admin}.t (a INT, b INT); CREATE FUNCTION ${admin}.f () RETURNS INT RETURN 1`);
  });
  after(async () => {
    asRoot(`DROP DATABASE ${admin}; DROP USER IF EXISTS '${admin}'@'%', '${name}'@'%'`);
    await connector.close();
  });

  it('creates, changes and drops a user; each second run is ok', async () => {
    expect(await twice({ password: "p'w \\ä?", priv: `${admin}.*:SELECT,INSERT` })).to.deep.equal([
      `${name}@%: absent → user`,
      `${name}@%: ${admin}.* none → INSERT, SELECT`,
    ]);
    const as = { login_user: name, login_password: "p'w \\ä?" };
    expect((await query('SELECT CURRENT_USER() AS u', as)).result['query_result']).to.deep.equal([
      [{ u: `${name}@%` }],
    ]);
    expect(await twice({ password: 'other_1' })).to.deep.equal([`${name}@%: another password`]);
    expect(
      await twice({ password: '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19', encrypted: true }),
    ).to.have.lengthOf(1);
    await query('SELECT 1', { login_user: name, login_password: 'password' });
    expect(await twice({ password: 'x', update_password: 'on_create' })).to.deep.equal([]);
    expect(await twice({ tls_requires: { SUBJECT: "/CN=o'ms", CIPHER: 'AES256-SHA' } })).to.deep.equal([
      `${name}@%: tls_requires NONE → CIPHER 'AES256-SHA' AND SUBJECT '/CN=o''ms'`,
    ]);
    await twice({ tls_requires: { X509: null } });
    await twice({ tls_requires: {} });
    expect(await twice({ state: 'absent' })).to.deep.equal([`${name}@%: user → absent`]);
  });

  it('grants and revokes on every level, in any spelling', async () => {
    const table = `${admin}.t`;
    await twice({
      password: 'pw',
      priv: `${table}:SELECT(a, B),update(b),GRANT/*.*:PROCESS,replication client`,
    });
    await twice({
      priv: { [`FUNCTION ${admin}.f`]: 'EXECUTE', [`${admin}.*`]: ['all', 'GRANT'], '*.*': '' },
    });
    await twice({ priv: `${admin}.*:SELECT,GRANT` });
    await twice({ priv: `${admin}.*:ALL,GRANT` });
    await twice({ priv: `${admin}.*:SELECT,CREATE TEMPORARY TABLES,LOCK TABLES` });
    await twice({ priv: `${admin}.*:DELETE HISTORY,DROP`, append_privs: true });
    const left = await user({ priv: `${admin}.*:DROP`, subtract_privs: true });
    expect(left.result['privileges']).to.deep.equal({
      [`${admin}.*`]: ['CREATE TEMPORARY TABLES', 'DELETE HISTORY', 'LOCK TABLES', 'SELECT'],
    });
    await twice({ priv: '*.*:ALL,GRANT' });
    await twice({ priv: '*.*:DROP', subtract_privs: true });
    await twice({ priv: '*.*:ALL', subtract_privs: true });
    await twice({ priv: `\`od\`\`d-${admin}\`.*:SELECT` });
    await twice({ priv: '*.*:USAGE' });
    expect((await user({ priv: '' })).result['privileges']).to.deep.equal({});
  });

  it('says what is wrong, without a password', async () => {
    const args = { name: `${name}2`, password: 'Geheim_9', priv: '*.*:NONSENSE' };
    const error = await failed(user(args));
    expect(JSON.stringify(error.failure)).to.contain('NONSENSE');
    expect(JSON.stringify(error.failure)).to.not.contain('Geheim_9');
    await user({ name: `${name}2`, state: 'absent' });
    const denied = await failed(user({ login_user: name, login_password: 'pw' }));
    expect(denied.failure.message).to.contain('denied');
  });
});
