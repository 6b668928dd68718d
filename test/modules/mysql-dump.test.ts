import { expect } from 'chai';
import { ModuleError } from '../../src/modules/define.ts';
import type { Check } from '../../src/modules/define.ts';
import { optionFile } from '../../src/modules/mysql/client.ts';
import { dumpArgs } from '../../src/modules/mysql_dump/args.ts';
import { dumpCommand } from '../../src/modules/mysql_dump/command.ts';
import { mysqlDump } from '../../src/modules/mysql_dump/index.ts';
import { mysqlRestore } from '../../src/modules/mysql_restore/index.ts';
import { UNFINISHED } from '../../src/modules/mysql_restore/plan.ts';
import type { FakeState } from './fake-node.ts';
import { FakeNode } from './fake-node.ts';
import { FakeMysql } from './mysql-session.ts';
import type { FakeAnswer } from './mysql-session.ts';

const LOGIN = { login_host: '10.0.0.5', login_user: 'oms', login_password: 'Geheim "1"' };

interface Used {
  readonly node: FakeNode;
  readonly changes: readonly string[];
  readonly result: Record<string, unknown>;
  readonly message: string | undefined;
}

async function use(
  make: typeof mysqlDump,
  given: Record<string, unknown>,
  world: { readonly server: readonly FakeAnswer[]; readonly node: FakeState },
): Promise<Used> {
  const module = make(new FakeMysql(world.server).connect);
  const node = new FakeNode(world.node);
  const args = module.args.parse({ ...LOGIN, ...given });
  const found = (await module.check(node, args)) as Check<Record<string, unknown>, unknown>;
  const result = found.changes.length > 0 ? await module.apply(node, args, found) : found.result;
  const changes = found.changes.map((one) => `${one.subject}: ${one.summary}`);
  return { node, changes, result: result as Record<string, unknown>, message: found.message };
}

async function failure(work: Promise<unknown>): Promise<ModuleError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(error).to.be.instanceOf(ModuleError);
  return error as ModuleError;
}

function databases(...names: string[]): FakeAnswer {
  return { match: 'information_schema.schemata', rows: names.map((name) => ({ name })) };
}

function tables(...names: string[]): FakeAnswer {
  const rows = names.map((name) => ({ name: name.split('.')[0] ?? '', tab: name.split('.')[1] ?? '' }));
  return { match: 'information_schema.tables', rows };
}

const WHOLE = '-- Dump completed on 2026-11-22\n';

describe('modules/mysql_dump', () => {
  it('dumps with the password in a file alone', async () => {
    const node = {
      files: { '/data': { directory: true } },
      commands: [
        { match: 'mariadb-dump mysqldump', stdout: 'mysqldump\nstatistics\n' },
        { match: 'mysqldump --quick', stdout: `${'ab'.repeat(32)} 12\n` },
      ],
    };
    const args = { name: ['a', 'b'], target: '/data/x.sql.gz', dump_extra_args: '--no-data "--where=a b"' };
    const done = await use(mysqlDump, args, { server: [databases('a', 'b')], node });
    expect(done.changes).to.deep.equal(['/data/x.sql.gz: absent → dump of a, b']);
    expect(done.node.ran).to.deep.equal([
      "mysqldump --quick --no-tablespaces --default-character-set=utf8mb4 --single-transaction --no-data '--where=a b' --databases -- a b | gzip -c >/data/x.sql.gz",
    ]);
    expect(done.node.standardInputs[0])
      .to.contain('password="Geheim \\"1\\""')
      .and.to.contain('column-statistics=0');
    expect(done.result).to.deep.include({ size: 12, checksum: 'ab'.repeat(32), databases: ['a', 'b'] });
    expect(dumpCommand(dumpArgs.parse({ ...LOGIN, ...args }), 'mysqldump').text).to.not.contain('Geheim');
  });

  it('refuses a database that is not there, and options that would show or lose something', async () => {
    const node = {
      files: { '/data': { directory: true } },
      commands: [{ match: 'mariadb-dump', stdout: 'mariadb-dump\n' }],
    };
    const error = await failure(
      use(mysqlDump, { name: ['a', 'c'], target: '/data/x.sql' }, { server: [databases('a')], node }),
    );
    expect(error.message).to.equal('there is no database c on 10.0.0.5');
    for (const word of [
      '-pGeheim',
      '--password=x',
      '--result-file=/x',
      '--skip-comments',
      '--defaults-file=x',
    ]) {
      const given = { ...LOGIN, name: 'a', target: '/data/x', dump_extra_args: word };
      expect(dumpArgs.safeParse(given).success, word).to.equal(false);
    }
  });

  it('says that what was there is as it was when the dump fails', async () => {
    const node = {
      files: { '/data/x.sql': { content: 'old' } },
      commands: [
        { match: 'mariadb-dump mysqldump', stdout: 'mariadb-dump\n' },
        { match: 'mariadb-dump --quick', exitCode: 97, stderr: 'Got error: 1045' },
      ],
    };
    const args = { name: 'a', target: '/data/x.sql', force: true };
    const error = await failure(use(mysqlDump, args, { server: [databases('a')], node }));
    expect(error.message).to.contain('it ended before its last line');
    expect(error.failure.hint).to.contain('as it was');
  });

  it('quotes what an option file would take apart', () => {
    const login = { ...LOGIN, login_port: 3306, connect_timeout: 1, login_password: 'a\\b"c#d\n' };
    expect(optionFile(login, false)).to.contain('password="a\\\\b\\"c#d\\n"\n');
  });
});

describe('modules/mysql_restore', () => {
  const node = (dump: string, more: Record<string, string> = {}): FakeState => ({
    files: { '/d.sql.gz': { content: 'x' }, ...more },
    commands: [
      { match: 'for program in mariadb mysql', stdout: 'mysql\n' },
      { match: 'LC_ALL=C sed', stdout: dump },
      { match: '| mysql --batch' },
    ],
  });
  const args = { name: 'a', target: '/d.sql.gz' };

  it('restores into a database that is empty or not there', async () => {
    for (const [server, why] of [
      [[databases(), tables()], 'absent'],
      [[databases('a'), tables()], 'empty'],
      [[databases('a'), tables('a.t', `a.${UNFINISHED}`)], 'restore that did not come to its end'],
    ] as const) {
      const done = await use(mysqlRestore, args, { server, node: node(WHOLE) });
      expect(done.changes).to.deep.equal([`a: ${why} → restored from /d.sql.gz`]);
      expect(done.node.ran).to.deep.equal([
        'gzip -dc </d.sql.gz | mysql --batch --binary-mode --default-character-set=utf8mb4',
      ]);
      expect(done.node.standardInputs[0]).to.contain('password=');
    }
  });

  it('leaves one with tables alone, unless forced', async () => {
    const server = [databases('a'), tables('a.t')];
    const left = await use(mysqlRestore, args, { server, node: {} });
    expect(left.changes).to.deep.equal([]);
    expect(left.message).to.contain('a has tables already');
    const forced = await use(mysqlRestore, { ...args, force: true }, { server, node: node(WHOLE) });
    expect(forced.changes).to.deep.equal(['a: 1 tables → restored from /d.sql.gz']);
    const mixed = { ...args, name: ['a', 'b'] };
    const error = await failure(use(mysqlRestore, mixed, { server, node: {} }));
    expect(error.message).to.contain('a on 10.0.0.5 has tables, and b is not there');
  });

  it('begins only with a whole dump that goes where the task says', async () => {
    const server = [databases('a'), tables()];
    const broken = (dump: string, more: object = {}): Promise<ModuleError> =>
      failure(use(mysqlRestore, { ...args, ...more }, { server, node: node(dump) }));
    expect((await broken('INSERT\noms-play: cannot be unpacked\n')).message).to.contain('no whole dump');
    expect((await broken(`USE \`c\`;\n${WHOLE}`)).message).to.contain('goes to c by itself');
    expect((await broken(WHOLE, { name: ['a', 'b'] })).message).to.contain('names no database');
    const sum = { '/d.sql.gz.sha256': `${'0'.repeat(64)}  d.sql.gz\n` };
    const other = await failure(use(mysqlRestore, args, { server, node: node(WHOLE, sum) }));
    expect(other.message).to.contain('was written for');
    const gone = await failure(use(mysqlRestore, args, { server, node: {} }));
    expect(gone.message).to.equal('/d.sql.gz on hz-1 is not there');
  });
});
