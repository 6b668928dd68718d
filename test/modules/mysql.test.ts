import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { ModuleError } from '../../src/modules/define.ts';
import { openMysql } from '../../src/modules/mysql/connection.ts';
import { connectError, isMissing, MysqlError, queryError } from '../../src/modules/mysql/errors.ts';
import { quoteName } from '../../src/modules/mysql/session.ts';
import { bind, loadQuote, onlyReads } from '../../src/modules/mysql/statements.ts';

const quote = await loadQuote();
import { bitsToData, toData } from '../../src/modules/mysql/values.ts';
import { FakeNode } from './fake-node.ts';

const LOGIN = { login_host: '10.0.0.5', login_port: 2883, login_user: 'oms', login_password: 'Geheim_1' };
const PLACE = { ...LOGIN, connect_timeout: 3 };

async function failure(promise: Promise<unknown>): Promise<ModuleError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(ModuleError);
  return error as ModuleError;
}

describe('modules/mysql: statements', () => {
  for (const sql of [
    'SELECT 1',
    ' (select a from b) union (select c from d)',
    'SHOW TABLES',
    'explain select 1',
    'DESC host',
    'WITH x AS (SELECT 1) SELECT * FROM x',
    "SELECT ';INTO' AS `for update` -- INTO\n",
    'SELECT /* INTO OUTFILE */ 1 # FOR UPDATE',
    'SELECT 1 -- DELETE',
    "SELECT 'it''s \\' INTO' ",
    'SELECT last_update FROM t',
  ]) {
    it(`reads: ${JSON.stringify(sql)}`, () => expect(onlyReads(sql)).to.equal(true));
  }

  for (const sql of [
    'DELETE FROM host',
    'INSERT INTO a VALUES (1)',
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT 1 /*! INTO OUTFILE '/tmp/x' */",
    "SELECT 1 /*M!100100 INTO OUTFILE '/tmp/x' */",
    'SELECT a FROM b FOR UPDATE',
    'SELECT a FROM b for  update',
    'SELECT a FROM b LOCK IN SHARE MODE',
    'WITH x AS (SELECT 1) DELETE FROM a',
    'EXPLAIN ANALYZE DELETE FROM a',
    'ANALYZE SELECT 1',
    'CALL p()',
    'SET @a = 1',
    'DO SLEEP(1)',
    'CREATE TABLE a (b INT)',
    '',
  ]) {
    it(`does not only read: ${JSON.stringify(sql)}`, () => expect(onlyReads(sql)).to.equal(false));
  }

  it('binds %s in order and %(name)s by name, and leaves text without values alone', () => {
    expect(bind("LIKE 'a%s'", {}, quote)).to.equal("LIKE 'a%s'");
    expect(
      bind("a = %s AND b = %s AND c LIKE 'x%%' AND d = '?'", { positional: ["it's", null] }, quote),
    ).to.equal("a = 'it\\'s' AND b = NULL AND c LIKE 'x%' AND d = '?'");
    expect(bind('a = %(x)s OR b = %(x)s', { named: { x: 2 } }, quote)).to.equal('a = 2 OR b = 2');
    expect(bind('a IN (%s) AND b = %s', { positional: [['x', 'y'], true] }, quote)).to.equal(
      "a IN ('x', 'y') AND b = true",
    );
    expect(bind('a = %s', { positional: [{ k: "'" }] }, quote)).to.equal(`a = '{\\"k\\":\\"\\'\\"}'`);
  });

  it('never takes a value for a place', () => {
    expect(bind('a = %s AND b = %s', { positional: ['%s', '%(x)s ?'] }, quote)).to.equal(
      "a = '%s' AND b = '%(x)s ?'",
    );
  });

  it('refuses places without values and values without places', () => {
    expect(() => bind('%s %s', { positional: [1] }, quote)).to.throw(
      ModuleError,
      'more %s than positional_args',
    );
    expect(() => bind('%s', { positional: [1, 2] }, quote)).to.throw(
      ModuleError,
      'more positional_args than %s',
    );
    expect(() => bind('%(a)s', { named: { b: 1 } }, quote)).to.throw(ModuleError, 'no value for %(a)s');
    expect(() => bind('%(toString)s', { named: {} }, quote)).to.throw(ModuleError);
  });

  it('quotes names', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const quoted = quoteName(name);
        expect(quoted.slice(1, -1).replaceAll('``', '')).not.to.contain('`');
        expect(quoted.slice(1, -1).replaceAll('``', '`')).to.equal(name);
      }),
    );
  });

  it('turns what a server says into plain data', () => {
    expect(toData(9007199254740993n)).to.equal('9007199254740993');
    expect(toData(12n)).to.equal(12);
    expect(toData(Buffer.from('水'))).to.equal('水');
    expect(toData(Buffer.from([0xff, 0]))).to.equal('/wA=');
    expect(toData(new Date(0))).to.equal('1970-01-01T00:00:00.000Z');
    expect(toData({ a: [undefined, 1n] })).to.deep.equal({ a: [null, 1] });
    expect(bitsToData(Buffer.from([1, 1]))).to.equal(257);
  });
});

describe('modules/mysql: errors', () => {
  const cases: readonly (readonly [code: string, words: RegExp])[] = [
    ['ECONNREFUSED', /nothing listens there/],
    ['ETIMEDOUT', /no answer within 3 s/],
    ['ENOTFOUND', /the name 10\.0\.0\.5 is not known/],
    ['ER_ACCESS_DENIED_ERROR', /refuses the user or the password/],
    ['ER_BAD_DB_ERROR', /no such database/],
    ['ER_HOST_NOT_PRIVILEGED', /lets nobody in/],
    ['AUTH_SWITCH_PLUGIN_ERROR', /plugin that is not supported/],
    ['PROTOCOL_CONNECTION_LOST', /closed the connection/],
  ];
  for (const [code, words] of cases) {
    it(`${code} has words and a mend`, () => {
      const error = connectError(Object.assign(new Error('x'), { code }), PLACE);
      expect(error.failure.message).to.match(
        /^cannot log in to MySQL as oms@10\.0\.0\.5:2883 from the controller: /,
      );
      expect(error.failure.message).to.match(words);
      expect(error.failure.hint).to.be.a('string');
      expect(JSON.stringify(error.failure)).not.to.contain('Geheim');
    });
  }

  it('name the node that the connection starts from', () => {
    const error = connectError({ code: 'ETIMEDOUT' }, { ...PLACE, via: new FakeNode() });
    expect(error.failure.message).to.contain('from node hz-1');
  });

  it('of statements show the statement, not its values', () => {
    const refused = Object.assign(new Error('x'), {
      code: 'ER_NO_SUCH_TABLE',
      sqlMessage: "Table 'a.b' doesn't exist",
    });
    const error = queryError(refused, PLACE, 'SELECT * FROM b WHERE c = %s');
    expect(error.failure).to.deep.equal({
      message: "MySQL oms@10.0.0.5:2883 from the controller: Table 'a.b' doesn't exist (ER_NO_SUCH_TABLE)",
      command: 'SELECT * FROM b WHERE c = %s',
    });
    expect(isMissing(error)).to.equal(true);
    expect(isMissing(new MysqlError('ER_PARSE_ERROR', { message: 'ER_NO_SUCH_TABLE' }))).to.equal(false);
    expect(queryError({ code: 'ECONNRESET' }, PLACE, 'x').failure.message).to.contain(
      'the connection was lost',
    );
  });

  it('a server that never says a word times out', async () => {
    const silent = net.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const login = { ...PLACE, login_host: '127.0.0.1', login_port: port, connect_timeout: 0.1 };
    const error = await failure(openMysql(login));
    expect(error.failure.message).to.contain('no answer within 0.1 s');
    silent.close();
  });

  it('something else than MySQL is told apart', async () => {
    const web = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    const error = await failure(
      openMysql({ ...PLACE, login_host: '127.0.0.1', login_port: port, connect_timeout: 1 }),
    );
    expect(error.failure.message).to.contain('cannot log in to MySQL as oms@127.0.0.1');
    web.close();
  });

  it('a tunnel that the node cannot open is told with the node', async () => {
    const error = await failure(openMysql({ ...PLACE, via: new FakeNode() }));
    expect(error.failure.message).to.match(/from node hz-1: .*refused/);
    expect(error.failure.hint).to.contain('hz-1');
  });

  it('through a tunnel the same silence times out', async () => {
    const via = new FakeNode({ ports: { '10.0.0.5:2883': '' } });
    const error = await failure(openMysql({ ...PLACE, connect_timeout: 0.1, via }));
    expect(error.failure.message).to.contain('from node hz-1: no answer within 0.1 s');
  });
});
