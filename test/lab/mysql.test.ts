import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import type { AnyModule, Check } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { module as mysqlDb } from '../../src/modules/mysql_db/index.ts';
import { module as mysqlInfo } from '../../src/modules/mysql_info/index.ts';
import { module as mysqlQuery } from '../../src/modules/mysql_query/index.ts';
import { createSshConnector } from '../../src/transport/ssh.ts';
import type { Connector, Target } from '../../src/transport/contract.ts';
import type { NodeReader, NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';

const lab = join(import.meta.dirname, '..', '..', '.cache', 'lab');
const LOGIN = {
  login_host: '10.77.0.5',
  login_port: 2883,
  login_user: 'oms_meta_user',
  login_password: 'lab-Meta_2026',
};

interface Ran {
  readonly changes: readonly string[];
  readonly result: Readonly<Record<string, unknown>>;
}

describe('mysql modules and the lab’s MetaDB', function () {
  this.timeout(60_000);
  // Not the names that a deployment in the lab uses.
  const database = `oms_play_test_${randomBytes(4).toString('hex')}`;
  let connector: Connector;
  let near: NodeWriter;
  let far: NodeWriter;

  before(() => {
    // Not createConnector: what it imports later would be a second copy of the error classes under mocha.
    connector = createSshConnector();
    const jump = target('hlj-1', '10.77.0.21', {
      user: 'root',
      privateKeyFile: join(lab, 'ssh', 'id_ed25519'),
    });
    const behind = { user: 'ops', password: new Secret('lab-Ops_2026'), jump };
    const key = { user: 'root', privateKeyFile: join(lab, 'ssh', 'id_ed25519') };
    near = nodeOf(connector, target('hz-1', '10.77.0.11', key));
    far = nodeOf(connector, target('hlj-2', '10.77.0.22', behind));
  });
  after(async () => {
    await play(mysqlDb, near, { name: database, state: 'absent' });
    await connector.close();
  });

  const from = (): readonly (readonly [string, NodeReader | undefined])[] => [
    ['the controller', undefined],
    ['node hz-1', near],
    ['node hlj-2', far],
  ];
  const via = (node: NodeReader | undefined): object => (node === undefined ? {} : { via: node });

  it('creates a database once, alters and drops it', async () => {
    const args = { name: database, encoding: 'utf8mb4', collation: 'utf8mb4_bin' };
    expect((await play(mysqlDb, near, args)).changes).to.deep.equal([
      `${database}: absent → database utf8mb4`,
    ]);
    expect((await play(mysqlDb, near, args)).changes).to.deep.equal([]);
    const altered = await play(mysqlDb, near, { name: database, encoding: 'utf8' });
    expect(altered.changes).to.deep.equal([`${database}: encoding utf8mb4 → utf8`]);
    expect((await play(mysqlDb, near, { name: database, encoding: 'utf8' })).changes).to.deep.equal([]);
    expect((await play(mysqlDb, near, { ...args, via: far })).changes).to.have.lengthOf(1);
  });

  it('writes and reads all kinds of values', async () => {
    const text = `it's 水 \\ "quoted" {{not a template}} ? %s`;
    await play(mysqlQuery, near, {
      login_db: database,
      query: [
        'CREATE TABLE a (id BIGINT UNSIGNED, b BLOB, c DATETIME(3), d DECIMAL(30, 10), e BIT(9), t TEXT, n INT)',
      ],
    });
    const written = await play(mysqlQuery, near, {
      login_db: database,
      query: "INSERT INTO a VALUES (%s, x'ff00', '2026-01-02 03:04:05.678', 1.5, b'100000001', %s, NULL)",
      positional_args: ['18446744073709551615', text],
    });
    expect(written.result['rowcount']).to.deep.equal([1]);
    for (const [name, node] of from()) {
      const read = await play(mysqlQuery, near, {
        login_db: database,
        query: 'SELECT *, %(text)s = t AS same FROM a WHERE t = %(text)s',
        named_args: { text },
        ...via(node),
      });
      expect(read.changes, name).to.deep.equal([]);
      const row = {
        id: '18446744073709551615',
        b: '/wA=',
        c: '2026-01-02T03:04:05.678',
        d: '1.5000000000',
        e: 257,
        t: text,
        n: null,
        same: 1,
      };
      expect(read.result['query_result'], name).to.deep.equal([[row]]);
    }
  });

  it('refuses a writing statement in the clothes of a reading one, and several in one', async () => {
    await play(mysqlQuery, near, { login_db: database, query: 'CREATE SEQUENCE s' });
    const nextval = await failure(play(mysqlQuery, near, { login_db: database, query: 'SELECT NEXTVAL(s)' }));
    expect(nextval.failure.message).to.contain('READ ONLY');
    const two = await failure(
      play(mysqlQuery, near, { login_db: database, query: 'SELECT 1; DROP TABLE a' }),
    );
    expect(two.failure.message).to.contain('ER_PARSE_ERROR');
  });

  it('rolls back a transaction that fails', async () => {
    const query = ['DELETE FROM a', 'DELETE FROM nosuch'];
    const error = await failure(
      play(mysqlQuery, near, { login_db: database, query, single_transaction: true }),
    );
    expect(error.failure.message).to.contain('nosuch');
    const left = await play(mysqlQuery, near, { login_db: database, query: 'SELECT COUNT(*) AS n FROM a' });
    expect(left.result['query_result']).to.deep.equal([[{ n: 1 }]]);
  });

  it('tells version, character set, databases and privileges, from everywhere alike', async () => {
    for (const [name, node] of from()) {
      const { result } = await play(mysqlInfo, near, { for_databases: [database], ...via(node) });
      expect(result['version'], name).to.include({ mariadb: true, oceanbase: false });
      expect(result, name).to.deep.include({
        user: 'oms_meta_user@%',
        character_set: 'utf8mb4',
        can_create_databases: true,
        missing_privileges: [],
      });
      expect(result['databases'], name).to.include(database);
    }
  });

  it('says what is wrong and where from, without the password', async () => {
    const wrong: readonly (readonly [args: object, words: RegExp])[] = [
      [{ login_password: 'Falsch_1' }, /refuses the user or the password/],
      [{ login_port: 2999 }, /2999 from the controller: nothing listens there/],
      [{ login_port: 2999, via: near }, /2999 from node hz-1: /],
      [{ login_port: 2999, via: far }, /2999 from node hlj-2: /],
      [{ login_db: 'nosuch' }, /there is no such database/],
      [{ login_host: '10.77.0.199', connect_timeout: 0.5 }, /no answer within 0.5 s|no route/],
      [
        { login_host: '10.77.0.199', connect_timeout: 0.5, via: near },
        /from node hz-1: no answer within 0.5 s/,
      ],
    ];
    for (const [args, words] of wrong) {
      const error = await failure(play(mysqlQuery, near, { query: 'SELECT 1', ...args }));
      expect(error.failure.message).to.match(words);
      expect(error.failure.hint).to.be.a('string');
      expect(JSON.stringify(error.failure)).not.to.match(/Falsch_1|lab-Meta/);
    }
  });
});

/** Check, and apply when there is something to do, as the runner does. */
async function play(module: AnyModule, node: NodeWriter, given: object): Promise<Ran> {
  const args = module.args.parse({ ...LOGIN, ...given });
  const found = (await module.check(node, args)) as Check<Ran['result'], unknown>;
  const changes = found.changes.map((change) => `${change.subject}: ${change.summary}`);
  const result = changes.length > 0 ? await module.apply(node, args, found) : found.result;
  return { changes, result: result as Ran['result'] };
}

async function failure(promise: Promise<unknown>): Promise<ModuleError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(ModuleError);
  return error as ModuleError;
}

function nodeOf(connector: Connector, to: Target): NodeWriter {
  let link: ReturnType<Connector['connect']> | undefined;
  return createNode({ name: to.name, address: to.address, link: () => (link ??= connector.connect(to)) });
}

function target(name: string, address: string, how: Partial<Target>): Target {
  return {
    name,
    connection: 'ssh',
    address,
    port: undefined,
    user: undefined,
    password: undefined,
    privateKeyFile: undefined,
    privateKeyPassphrase: undefined,
    knownHostsFile: join(lab, 'ssh', 'known_hosts'),
    hostKeyChecking: 'yes',
    jump: undefined,
    connectTimeoutMs: 10_000,
    ...how,
  };
}
