import { expect } from 'chai';
import { ModuleError } from '../../src/modules/define.ts';
import type { Check } from '../../src/modules/define.ts';
import { planLevels } from '../../src/modules/mysql_user/compare.ts';
import { mysqlUser } from '../../src/modules/mysql_user/index.ts';
import { hasPassword, nativeHash } from '../../src/modules/mysql_user/password.ts';
import { heldPrivileges, wantedPrivileges } from '../../src/modules/mysql_user/privileges.ts';
import { sha256Crypt } from '../../src/modules/mysql_user/sha256-crypt.ts';
import { FakeNode } from './fake-node.ts';
import { FakeMysql } from './mysql-session.ts';
import type { FakeAnswer } from './mysql-session.ts';

const LOGIN = { login_host: '10.0.0.5', login_user: 'root', login_password: 'Geheim_1' };

const MARIADB: FakeAnswer = {
  match: '@@version',
  rows: [{ version: '10.11.6-MariaDB', comment: 'Debian 12', names: 0 }],
};
const MYSQL: FakeAnswer = { match: '@@version', rows: [{ version: '8.0.36', comment: 'MySQL', names: 0 }] };

function account(grants: readonly string[], more: Record<string, string> = {}): readonly FakeAnswer[] {
  const row = { User: 'oms', Host: '%', plugin: 'mysql_native_password', ssl_type: '', ...more };
  return [
    { match: 'mysql.user', rows: [{ authentication_string: nativeHash('pw'), ...row }] },
    { match: 'SHOW GRANTS', rows: grants.map((line) => ({ Grants: line })) },
  ];
}

interface Used {
  readonly changes: readonly string[];
  readonly commands: readonly string[];
  readonly sql: readonly string[];
  readonly result: Record<string, unknown>;
  readonly warnings: readonly string[];
}

async function use(given: Record<string, unknown>, answers: readonly FakeAnswer[]): Promise<Used> {
  const server = new FakeMysql(answers);
  const module = mysqlUser(server.connect);
  const args = module.args.parse({ ...LOGIN, name: 'oms', host: '%', ...given });
  const found = (await module.check(new FakeNode(), args)) as Check<Record<string, unknown>, unknown>;
  const before = server.statements.length;
  const result = found.changes.length > 0 ? await module.apply(new FakeNode(), args, found) : found.result;
  return {
    changes: found.changes.map((one) => `${one.subject}: ${one.summary}`),
    commands: (result as { executed_commands: string[] }).executed_commands,
    sql: server.statements.slice(before).map(({ sql }) => sql),
    result: result as Record<string, unknown>,
    warnings: found.warnings ?? [],
  };
}

describe('modules/mysql_user', () => {
  it('creates a user; the password is in no shown form', async () => {
    const { changes, commands, sql, result } = await use(
      { password: "p'w", priv: 'oms_rm.*:ALL/oms_cm.t:SELECT,INSERT,GRANT', tls_requires: { SSL: null } },
      [MARIADB],
    );
    expect(changes).to.deep.equal([
      'oms@%: absent → user',
      'oms@%: oms_rm.* none → ALL PRIVILEGES',
      'oms@%: oms_cm.t none → GRANT, INSERT, SELECT',
    ]);
    expect(commands).to.deep.equal([
      "CREATE USER IF NOT EXISTS 'oms'@'%' IDENTIFIED BY *** REQUIRE SSL",
      "GRANT ALL PRIVILEGES ON `oms_rm`.* TO 'oms'@'%'",
      "GRANT SELECT, INSERT ON `oms_cm`.`t` TO 'oms'@'%' WITH GRANT OPTION",
    ]);
    expect(sql[0]).to.contain(`IDENTIFIED BY 'p\\'w'`);
    expect(result).to.deep.include({ user: 'oms', host: '%', password_changed: true });
  });

  it('writes a hash as each server wants it', async () => {
    const given = { password: nativeHash('pw'), encrypted: true };
    expect((await use(given, [MARIADB])).sql[0]).to.contain("IDENTIFIED BY PASSWORD '*");
    expect((await use(given, [MYSQL])).sql[0]).to.contain("IDENTIFIED WITH mysql_native_password AS '*");
    const sha2 = { ...given, password: '$A$005$x' };
    expect((await use(sha2, [MYSQL])).sql[0]).to.contain("WITH caching_sha2_password AS '$A$005$x'");
  });

  it('needs a password for a new user', async () => {
    const error: unknown = await use({}, [MARIADB]).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ModuleError);
    expect((error as ModuleError).message).to.equal('there is no user oms@% yet, and no password for it');
  });

  it('finds nothing to do in another spelling of the same', async () => {
    const grants = [
      "GRANT BINLOG MONITOR, RELOAD ON *.* TO `oms`@`%` IDENTIFIED BY PASSWORD '*00'",
      'GRANT SELECT (`b`, `a`), INSERT ON `oms_rm`.`t` TO `oms`@`%` WITH GRANT OPTION',
      'GRANT ALL PRIVILEGES ON `oms\\_cm`.* TO `oms`@`%`',
      'GRANT EXECUTE ON FUNCTION `d`.`f` TO `oms`@`%`',
      "GRANT PROXY ON ''@'%' TO 'oms'@'%'",
      'GRANT `role` TO `oms`@`%`',
    ];
    const priv = {
      '*.*': 'reload,replication client',
      'oms_rm.t': ['select(A)', 'SELECT (b)', 'insert', 'grant'],
      'oms\\_cm.*': 'all',
      'function d.f': 'Execute',
    };
    const { changes } = await use({ password: 'pw', priv }, [MARIADB, ...account(grants)]);
    expect(changes).to.deep.equal([]);
  });

  it('knows ALL in the list that MySQL 8 makes of it', async () => {
    const grants = [
      'GRANT SELECT, INSERT ON *.* TO `oms`@`%` WITH GRANT OPTION',
      'GRANT BACKUP_ADMIN ON *.* TO `oms`@`%` WITH GRANT OPTION',
    ];
    const known = (names: readonly string[]): FakeAnswer => ({
      match: 'SHOW PRIVILEGES',
      rows: ['Grant option', 'Usage', 'Proxy', ...names].map((name) => ({ Privilege: name })),
    });
    const given = { priv: '*.*:ALL,GRANT' };
    const whole = [MYSQL, ...account(grants), known(['Select', 'Insert', 'BACKUP_ADMIN'])];
    expect((await use(given, whole)).changes).to.deep.equal([]);
    const more = [MYSQL, ...account(grants), known(['Select', 'Insert', 'BACKUP_ADMIN', 'Drop'])];
    expect((await use(given, more)).commands).to.deep.equal(["GRANT ALL PRIVILEGES ON *.* TO 'oms'@'%'"]);
  });

  it('revokes what is not asked for, on other levels too', async () => {
    const grants = [
      'GRANT USAGE ON *.* TO `oms`@`%`',
      'GRANT SELECT, DELETE ON `a`.* TO `oms`@`%` WITH GRANT OPTION',
      'GRANT ALL PRIVILEGES ON `b`.* TO `oms`@`%`',
      'GRANT SELECT ON `c`.* TO `oms`@`%`',
    ];
    const { commands } = await use({ priv: 'a.*:SELECT,INSERT/b.*:SELECT' }, [MARIADB, ...account(grants)]);
    expect(commands).to.deep.equal([
      "GRANT INSERT ON `a`.* TO 'oms'@'%'",
      "REVOKE DELETE ON `a`.* FROM 'oms'@'%'",
      "REVOKE GRANT OPTION ON `a`.* FROM 'oms'@'%'",
      "REVOKE ALL PRIVILEGES ON `b`.* FROM 'oms'@'%'",
      "GRANT SELECT ON `b`.* TO 'oms'@'%'",
      "REVOKE SELECT ON `c`.* FROM 'oms'@'%'",
    ]);
  });

  it('appends or subtracts on request', () => {
    const held = heldPrivileges(['GRANT SELECT, DELETE ON `a`.* TO u', 'GRANT ALL PRIVILEGES ON `b`.* TO u']);
    const plans = (text: string, mode: 'append' | 'subtract'): unknown =>
      planLevels(held, wantedPrivileges(text), { mode, known: [], keepsOthers: false }).map(
        ({ level, grant, revoke }) => [
          level,
          ...grant.map((one) => `+${one}`),
          ...revoke.map((one) => `-${one}`),
        ],
      );
    expect(plans('a.*:SELECT,INSERT/b.*:DROP', 'append')).to.deep.equal([['`a`.*', '+INSERT']]);
    expect(plans('a.*:SELECT,INSERT/c.*:DROP', 'subtract')).to.deep.equal([['`a`.*', '-SELECT']]);
    expect(plans('b.*:DROP', 'subtract')).to.deep.equal([['`b`.*', '-DROP']]);
    expect(plans('a.*:ALL', 'subtract')).to.deep.equal([['`a`.*', '-ALL PRIVILEGES']]);
  });

  it('sets another password or TLS rule, and leaves the password on request', async () => {
    const server = [MARIADB, ...account([], { ssl_type: 'SPECIFIED', x509_subject: '/CN=a' })];
    const other = await use({ password: 'new', tls_requires: { SUBJECT: '/CN=a' } }, server);
    expect(other.commands).to.deep.equal(["ALTER USER 'oms'@'%' IDENTIFIED BY ***"]);
    const left = await use({ password: 'new', update_password: 'on_create', tls_requires: {} }, server);
    expect(left.commands).to.deep.equal(["ALTER USER 'oms'@'%' REQUIRE NONE"]);
    expect(left.changes).to.deep.equal(["oms@%: tls_requires SUBJECT '/CN=a' → NONE"]);
    const strange = [MARIADB, ...account([], { plugin: 'ed25519', authentication_string: 'abc' })];
    expect((await use({ password: 'pw' }, strange)).warnings[0]).to.contain('ed25519');
  });

  it('drops a user that is there', async () => {
    const there = await use({ state: 'absent' }, [MARIADB, ...account([])]);
    expect(there.commands).to.deep.equal(["DROP USER IF EXISTS 'oms'@'%'"]);
    expect((await use({ state: 'absent' }, [MARIADB])).changes).to.deep.equal([]);
  });

  it('compares levels without case where the server keeps names so', async () => {
    const small = { match: '@@version', rows: [{ version: '8.0', comment: '', names: 1 }] };
    const server = [small, ...account(['GRANT SELECT ON `oms_rm`.* TO u'])];
    expect((await use({ priv: 'OMS_RM.*:SELECT' }, server)).changes).to.deep.equal([]);
  });

  it('compares passwords of both usual kinds', () => {
    // Made by `openssl passwd -5`, and by MySQL 8 itself.
    expect(sha256Crypt('Geheim_1 ä', Buffer.from('abcdefgh'), 5000)).to.equal(
      'EGqtJqYWUwssRxo56El7apOofjyrk1FmQAiQytXw7P0',
    );
    const salt = 'saltsaltsaltsaltsalt';
    const kept = {
      plugin: 'caching_sha2_password',
      hash: `$A$005$${salt}${sha256Crypt('pw', Buffer.from(salt), 5000)}`,
    };
    expect(hasPassword(kept, 'pw')).to.equal(true);
    expect(hasPassword(kept, 'pv')).to.equal(false);
    expect(hasPassword({ plugin: '', hash: nativeHash('pw').toLowerCase() }, 'pw')).to.equal(true);
    expect(hasPassword({ plugin: 'mysql_native_password', hash: '' }, '')).to.equal(true);
    expect(hasPassword({ plugin: 'ed25519', hash: 'x' }, 'pw')).to.equal(undefined);
    expect(nativeHash('password')).to.equal('*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19');
  });

  it('refuses privileges that are none, and both append and subtract', () => {
    const { args } = mysqlUser(new FakeMysql().connect);
    const words = (given: object): string =>
      args.safeParse({ ...LOGIN, name: 'a', ...given }).error?.issues[0]?.message ?? 'taken';
    expect(words({ priv: 'oms_rm:ALL' })).to.contain('"oms_rm" is no level');
    expect(words({ priv: 'oms_rm.*' })).to.contain('has no ":"');
    expect(words({ priv: 'a.*:SELECT; DROP' })).to.contain('"SELECT; DROP" is no privilege');
    expect(words({ priv: '*.*:REQUIRESSL' })).to.contain('tls_requires');
    expect(words({ append_privs: true, subtract_privs: true })).to.contain('exclude each other');
    expect(words({ priv: { '`a/b`.*': ['ALL'] } })).to.equal('taken');
  });
});
