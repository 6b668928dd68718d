import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { optionFile } from '../../../src/modules/mysql/client.ts';
import { dumpArgs } from '../../../src/modules/mysql_dump/args.ts';
import { dumpCommand } from '../../../src/modules/mysql_dump/command.ts';
import { module as mysqlDump } from '../../../src/modules/mysql_dump/index.ts';
import { module as mysqlQuery } from '../../../src/modules/mysql_query/index.ts';
import { module as mysqlRestore } from '../../../src/modules/mysql_restore/index.ts';
import { script } from '../../../src/transport/command.ts';
import type { Connector } from '../../../src/transport/contract.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';
import { createSshConnector } from '../../../src/transport/ssh.ts';
import type { Ran } from './play.ts';
import { failed, labNode, play } from './play.ts';

const FOLDER = '/var/tmp/oms-play-dump';

describe('mysql_dump, mysql_restore and the lab’s MetaDB', function () {
  this.timeout(60_000);
  const name = `oms_play_${randomBytes(4).toString('hex')}`;
  const [first, second] = [`${name}_1`, `${name}_2`];
  // All that an option file might stumble over.
  const password = `p'w "x" \\n # ä ; $HOME \\`;
  const login = { login_host: '10.77.0.5', login_port: 2883, login_user: name, login_password: password };
  let connector: Connector;
  let root: NodeWriter;
  let ops: NodeWriter;

  const asRoot = (sql: string): void => {
    execFileSync('mariadb', ['--no-defaults', '-S', '/run/oms-play-lab/metadb.sock', '-uroot'], {
      input: sql,
    });
  };
  const drop = (): void => asRoot(`DROP DATABASE IF EXISTS ${first}; DROP DATABASE IF EXISTS ${second};`);
  const target = (ending: string): string => `${FOLDER}/dump.sql${ending}`;
  const dump = (more: object, node = root): Promise<Ran> => play(mysqlDump, node, { ...login, ...more });
  const restore = (more: object, node = root): Promise<Ran> =>
    play(mysqlRestore, node, { ...login, ...more });
  const rows = async (): Promise<unknown> => {
    const query = `SELECT id, HEX(b) AS b, t FROM ${first}.a ORDER BY id`;
    return (await play(mysqlQuery, root, { ...login, query })).result['query_result'];
  };
  const leftOvers = async (node: NodeWriter): Promise<string> => {
    const list = script(`ls -d /dev/shm/oms-play.* /tmp/tmp.*/my.cnf; ls -A ${FOLDER} | grep '^\\.'`);
    return (await node.query(list)).stdout.toString();
  };

  before(async () => {
    connector = createSshConnector();
    root = labNode(connector, 'hz-1');
    ops = labNode(connector, 'hz-2');
    for (const node of [root, ops]) await node.run(script(`rm -rf ${FOLDER}; mkdir -p ${FOLDER}`));
    const quoted = password.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
    asRoot(`CREATE USER '${name}'@'%' IDENTIFIED BY '${quoted}'; GRANT ALL ON *.* TO '${name}'@'%';`);
    drop();
    asRoot(`CREATE DATABASE ${first} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; CREATE DATABASE ${second} CHARACTER SET latin1;
      CREATE TABLE ${first}.a (id INT PRIMARY KEY AUTO_INCREMENT, b BLOB, t TEXT) ENGINE=InnoDB;
      INSERT INTO ${first}.a (b, t) VALUES (x'00ff0a0d271a5c', 'it''s 水 \\\\ "quoted"\\nUSE \`x\`;\\r\\n');
      INSERT INTO ${first}.a (b, t) SELECT RANDOM_BYTES(1000), REPEAT('x', 1000) FROM ${first}.seq_1_to_500;
      CREATE VIEW ${first}.v AS SELECT id FROM ${first}.a; CREATE TABLE ${second}.s (i INT);`);
  });
  after(async () => {
    drop();
    asRoot(`DROP USER '${name}'@'%'`);
    for (const node of [root, ops]) await node.run(script(`rm -rf ${FOLDER}`));
    await connector.close();
  });

  it('dumps, packed in each way, and restores the same; each second run is ok', async () => {
    const before = await rows();
    const sets = ['', '.gz', '.zst', '.xz', '.bz2'].map(
      (ending) => [ending, { name: first, target: target(ending) }] as const,
    );
    for (const [ending, args] of sets) {
      const made = await dump(args);
      expect(made.changes, ending).to.deep.equal([`${args.target}: absent → dump of ${first}`]);
      expect((await dump(args)).changes, ending).to.deep.equal([]);
      expect((await root.stat(args.target))?.mode).to.equal('0600');
      const sum = await root.query(script(`cd ${FOLDER} && sha256sum -c dump.sql${ending}.sha256`));
      expect(sum.exitCode, 'sha256sum -c').to.equal(0);
    }
    for (const [ending, args] of sets.slice(0, 3)) {
      asRoot(`DROP DATABASE ${first}`);
      const given = { ...args, collation: 'utf8mb4_bin' };
      expect((await restore(given)).changes).to.deep.equal([
        `${first}: absent → restored from ${args.target}`,
      ]);
      expect((await restore(given)).changes).to.deep.equal([]);
      expect(await rows(), ending).to.deep.equal(before);
    }
    expect(await leftOvers(root)).to.equal('');
  });

  it('keeps several databases together, with their character sets, through sudo as well', async () => {
    const args = { name: [first, second], target: target('.zst') };
    expect((await dump(args, ops)).changes).to.have.lengthOf(1);
    const before = await rows();
    drop();
    expect((await restore(args, ops)).result).to.deep.include({ tables: 3 });
    expect((await restore(args, ops)).changes).to.deep.equal([]);
    expect(await rows()).to.deep.equal(before);
    const query = `SELECT default_character_set_name AS c FROM information_schema.schemata WHERE schema_name = '${second}'`;
    const set = await play(mysqlQuery, root, { ...login, query });
    expect(set.result['query_result']).to.deep.equal([[{ c: 'latin1' }]]);
    const elsewhere = await failed(restore({ ...args, name: first, force: true }, ops));
    expect(elsewhere.failure.message).to.contain(`goes to ${second} by itself`);
    expect(await leftOvers(ops)).to.equal('');
  });

  it('notices a restore that broke off, and mends it', async () => {
    const args = { name: first, target: target('.gz') };
    const before = await rows();
    asRoot(`DROP DATABASE ${first}; CREATE DATABASE ${first}`);
    await root.run(
      script(
        `cd ${FOLDER} && { gzip -dc dump.sql.gz | sed '/^CREATE TABLE/i NONSENSE;' | gzip >bad.sql.gz; }`,
      ),
    );
    const broken = await failed(restore({ ...args, target: `${FOLDER}/bad.sql.gz` }));
    expect(broken.failure.message).to.contain('was not restored to its end');
    expect(broken.failure.stderr).to.contain('NONSENSE');
    const mended = await restore(args);
    expect(mended.changes[0]).to.contain('restore that did not come to its end');
    expect((await restore(args)).changes).to.deep.equal([]);
    expect(await rows()).to.deep.equal(before);
  });

  it('takes no dump for whole that is not, and writes nothing of it', async () => {
    await root.run(
      script(`cd ${FOLDER} && head -c 100000 dump.sql.gz >cut.sql.gz && head -c 100000 dump.sql >cut.sql && cp dump.sql odd.sql &&
        cp dump.sql.sha256 odd.sql.sha256 && echo >>odd.sql`),
    );
    for (const cut of ['cut.sql.gz', 'cut.sql']) {
      const args = { name: first, target: `${FOLDER}/${cut}`, force: true };
      expect((await failed(restore(args))).failure.message).to.contain('no whole dump');
      expect((await failed(dump({ ...args, force: false }))).failure.message).to.contain('no whole dump');
    }
    const odd = { name: first, target: `${FOLDER}/odd.sql`, force: true };
    expect((await failed(restore(odd))).failure.message).to.contain('was written for');
    await root.run(script(`rm ${FOLDER}/odd.sql.sha256`));
    await root.run(script(`sed -i '$d' ${FOLDER}/odd.sql`));
    expect((await dump({ ...odd, force: false })).changes).to.deep.equal([
      `${FOLDER}/odd.sql.sha256: absent → checksum`,
    ]);
    expect((await dump({ ...odd, force: false })).changes).to.deep.equal([]);
  });

  it('leaves the old dump when a new one fails, and no secrets', async () => {
    const args = { name: first, target: target('.gz'), force: true };
    const before = await root.checksum(args.target);
    const error = await failed(dump({ ...args, dump_extra_args: '--where=nonsense' }));
    expect(error.failure.stderr).to.contain('nonsense');
    expect(JSON.stringify(error.failure)).to.not.contain("p'w");
    expect(await root.checksum(args.target)).to.equal(before);
    await root.run(script(`mkdir -p ${FOLDER}/small && mount -t tmpfs -o size=64k none ${FOLDER}/small`));
    const full = await failed(dump({ ...args, target: `${FOLDER}/small/a.sql` }));
    const left = await root.query(script(`ls -A ${FOLDER}/small; umount ${FOLDER}/small`));
    expect(full.failure.message).to.contain('cannot be dumped');
    expect(left.stdout.toString()).to.equal('');
    expect((await failed(dump({ ...args, name: 'oms_none' }))).failure.message).to.contain(
      'there is no database',
    );
    expect(await leftOvers(root)).to.equal('');
    expect((await dump(args)).changes[0]).to.match(/: dump of .*B → dump of/);
  });

  it('leaves nothing behind when it is broken off', async () => {
    await root.run(
      script(`printf '#!/bin/sh\\necho begun\\nsleep 60\\n' >${FOLDER}/slow && chmod +x ${FOLDER}/slow`),
    );
    const args = dumpArgs.parse({ ...login, name: first, target: `${FOLDER}/slow.sql.gz` });
    const options = { stdin: optionFile(args, false), timeoutMs: 700 };
    const late: unknown = await root
      .run(dumpCommand(args, `${FOLDER}/slow`), options)
      .catch((error: unknown) => error);
    expect(late).to.be.instanceOf(Error);
    await pause(300);
    expect(await leftOvers(root)).to.equal('');
    expect(await root.stat(args.target)).to.equal(undefined);
  });
});
