import { expect } from 'chai';
import type { Change } from '../../src/model/result.ts';
import { ModuleError } from '../../src/modules/define.ts';
import type { AnyModule, Check } from '../../src/modules/define.ts';
import { mysqlDb } from '../../src/modules/mysql_db/index.ts';
import { lackingOn, parseGrants } from '../../src/modules/mysql_info/grants.ts';
import { mysqlInfo } from '../../src/modules/mysql_info/index.ts';
import { parseVersion } from '../../src/modules/mysql_info/version.ts';
import { mysqlQuery } from '../../src/modules/mysql_query/index.ts';
import { FakeNode } from './fake-node.ts';
import { FakeMysql } from './mysql-session.ts';
import type { FakeAnswer } from './mysql-session.ts';

const LOGIN = { login_host: '10.0.0.5', login_port: 2883, login_user: 'oms', login_password: 'Geheim_1' };

type Found = Check<Record<string, unknown>, unknown>;

/** The module's check, and apply when there is something to do, against a fake server. */
async function use(
  make: (open: FakeMysql['connect']) => AnyModule,
  args: Record<string, unknown>,
  answers: readonly FakeAnswer[] = [],
): Promise<{ server: FakeMysql; found: Found; result: Record<string, unknown>; changes: readonly Change[] }> {
  const server = new FakeMysql(answers);
  const module = make(server.connect);
  const given = module.args.parse({ ...LOGIN, ...args });
  const node = new FakeNode();
  const found = (await module.check(node, given)) as Found;
  const applied = found.changes.length > 0 ? await module.apply(node, given, found) : found.result;
  expect(server.open, 'sessions left open').to.equal(0);
  return { server, found, result: applied as Record<string, unknown>, changes: found.changes };
}

async function failure(promise: Promise<unknown>): Promise<ModuleError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(ModuleError);
  return error as ModuleError;
}

describe('modules/mysql_query', () => {
  it('runs what only reads in check, with the server held to READ ONLY', async () => {
    const { server, changes, result } = await use(mysqlQuery, { query: ['SELECT 1 AS a', 'SHOW TABLES'] }, [
      { match: 'SELECT 1', rows: [{ a: 1 }] },
    ]);
    expect(changes).to.deep.equal([]);
    expect(server.statements.map((one) => one.sql)).to.deep.equal([
      'SET SESSION TRANSACTION READ ONLY',
      'SELECT 1 AS a',
      'SHOW TABLES',
    ]);
    expect(result).to.deep.equal({
      query_result: [[{ a: 1 }], []],
      rowcount: [1, 0],
      executed_queries: ['SELECT 1 AS a', 'SHOW TABLES'],
    });
  });

  it('leaves a list with one writing statement to apply, and touches nothing in check', async () => {
    const args = {
      query: ['SELECT 1', 'UPDATE a SET b = %s'],
      named_args: undefined,
      positional_args: undefined,
    };
    const server = new FakeMysql();
    const module = mysqlQuery(server.connect);
    const found = await module.check(new FakeNode(), module.args.parse({ ...LOGIN, ...args }));
    expect(found.changes.map((one) => one.summary)).to.deep.equal(['run UPDATE a SET b = %s']);
    expect(server.logins).to.deep.equal([]);
  });

  it('binds values but keeps them out of the result', async () => {
    const { server, result } = await use(
      mysqlQuery,
      { query: 'INSERT INTO a VALUES (%s)', positional_args: ['Geheim_2'] },
      [{ match: 'INSERT', count: 1 }],
    );
    expect(server.statements[0]?.sql).to.equal("INSERT INTO a VALUES ('Geheim_2')");
    expect(result).to.deep.equal({
      query_result: [[]],
      rowcount: [1],
      executed_queries: ['INSERT INTO a VALUES (%s)'],
    });
  });

  it('wraps all in one transaction on request', async () => {
    const { server } = await use(mysqlQuery, {
      query: ['DELETE FROM a', 'DELETE FROM b'],
      single_transaction: true,
    });
    expect(server.statements.map((one) => one.sql)).to.deep.equal([
      'START TRANSACTION',
      'DELETE FROM a',
      'DELETE FROM b',
      'COMMIT',
    ]);
  });

  it('does not commit after a failure', async () => {
    const server = new FakeMysql([{ match: 'DELETE FROM b', code: 'ER_NO_SUCH_TABLE' }]);
    const module = mysqlQuery(server.connect);
    const given = module.args.parse({
      ...LOGIN,
      query: ['DELETE FROM a', 'DELETE FROM b'],
      single_transaction: true,
    });
    const found = await module.check(new FakeNode(), given);
    await failure(module.apply(new FakeNode(), given, found));
    expect(server.statements.map((one) => one.sql)).not.to.include('COMMIT');
    expect(server.open).to.equal(0);
  });
});

describe('modules/mysql_db', () => {
  const there = (name: string, encoding = 'utf8mb4', collation = 'utf8mb4_general_ci'): FakeAnswer => ({
    match: 'information_schema',
    rows: [{ name, encoding, collation }],
  });

  it('creates what is missing only', async () => {
    const { changes, result } = await use(mysqlDb, { name: ['oms_rm', 'oms_cm'], encoding: 'utf8mb4' }, [
      there('oms_rm'),
    ]);
    expect(changes).to.deep.equal([{ subject: 'oms_cm', summary: 'absent → database utf8mb4' }]);
    expect(result).to.deep.equal({
      db_list: ['oms_rm', 'oms_cm'],
      existing: ['oms_rm'],
      executed_commands: ['CREATE DATABASE IF NOT EXISTS `oms_cm` CHARACTER SET utf8mb4'],
    });
  });

  it('alters what differs, and knows utf8 by its other name', async () => {
    const same = await use(mysqlDb, { name: 'a', encoding: 'utf8', collation: 'utf8_bin' }, [
      there('a', 'utf8mb3', 'utf8mb3_bin'),
    ]);
    expect(same.changes).to.deep.equal([]);
    const other = await use(mysqlDb, { name: 'a', encoding: 'utf8mb4' }, [there('a', 'latin1')]);
    expect(other.changes[0]?.summary).to.equal('encoding latin1 → utf8mb4');
    expect(other.result['executed_commands']).to.deep.equal(['ALTER DATABASE `a` CHARACTER SET utf8mb4']);
  });

  it('drops only what is there, with the name quoted', async () => {
    const { result } = await use(mysqlDb, { name: ['a`b', 'c'], state: 'absent' }, [there('a`b')]);
    expect(result['executed_commands']).to.deep.equal(['DROP DATABASE IF EXISTS `a``b`']);
  });

  it('refuses options that are no plain words, and names that are none', () => {
    const { args } = mysqlDb(new FakeMysql().connect);
    expect(args.safeParse({ ...LOGIN, name: 'a', encoding: 'utf8; DROP' }).success).to.equal(false);
    expect(args.safeParse({ ...LOGIN, name: '' }).success).to.equal(false);
    expect(args.safeParse({ ...LOGIN, name: 'a/b' }).success).to.equal(false);
  });
});

describe('modules/mysql_info', () => {
  it('reads versions', () => {
    expect(parseVersion('10.11.6-MariaDB-0+deb12u1', 'Debian 12')).to.include({
      major: 10,
      minor: 11,
      release: 6,
      mariadb: true,
    });
    expect(parseVersion('5.5.5-10.11.6-MariaDB', '')).to.include({ major: 10, minor: 11 });
    expect(parseVersion('8.0.36', 'MySQL Community Server - GPL')).to.include({
      major: 8,
      minor: 0,
      mariadb: false,
      oceanbase: false,
    });
    expect(parseVersion('5.7.25-OceanBase-v4.2.1.0', 'OceanBase 4.2.1')).to.include({
      major: 5,
      minor: 7,
      oceanbase: true,
    });
  });

  it('reads grants', () => {
    const grants = parseGrants([
      "GRANT USAGE ON *.* TO `oms`@`%` IDENTIFIED BY PASSWORD '*AB'",
      'GRANT SELECT, INSERT (a, b), CREATE ON `oms\\_%`.* TO `oms`@`%`',
      'GRANT ALL PRIVILEGES ON `meta`.* TO `oms`@`%` WITH GRANT OPTION',
      'GRANT SELECT ON `other`.`t` TO `oms`@`%`',
      'GRANT `role` TO `oms`@`%`',
    ]);
    const lacks = (database: string) => lackingOn(database, ['SELECT', 'create', 'DROP'], grants);
    expect(lacks('oms_rm')).to.deep.equal(['DROP']);
    expect(lacks('omsXrm')).to.deep.equal(['SELECT', 'create', 'DROP']);
    expect(lacks('meta')).to.deep.equal([]);
    expect(lacks('other')).to.have.lengthOf(3);
    expect(lacks('*')).to.have.lengthOf(3);
    expect(
      lackingOn('any', ['DROP'], parseGrants(["GRANT ALL PRIVILEGES ON *.* TO 'oms'@'%'"])),
    ).to.deep.equal([]);
  });

  it('puts it together', async () => {
    const server = {
      version: '5.7.44',
      comment: '',
      charset: 'latin1',
      collation: 'latin1_swedish_ci',
      zone: 'SYSTEM',
      system_zone: 'CST',
      clock: '1700000000',
      account: 'oms@%',
    };
    const { result } = await use(mysqlInfo, { for_databases: ['oms_rm', 'oms_cm'] }, [
      { match: '@@version', rows: [server] },
      { match: 'SHOW DATABASES', rows: [{ Database: 'information_schema' }, { Database: 'oms_rm' }] },
      { match: 'SHOW GRANTS', rows: [{ x: 'GRANT ALL PRIVILEGES ON `oms_rm`.* TO `oms`@`%`' }] },
    ]);
    expect(result).to.deep.include({
      user: 'oms@%',
      character_set: 'latin1',
      time_zone: 'CST',
      unix_time: 1700000000,
      databases: ['oms_rm'],
      can_create_databases: false,
    });
    expect(result['missing_privileges'])
      .to.include('CREATE on oms_cm.*')
      .and.not.to.include('CREATE on oms_rm.*');
  });
});
