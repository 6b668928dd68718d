import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { expectCode, expectUntouched, failures, finished, labels, recap } from './events.ts';
import * as at from './lab.ts';
import { expectNoSecret } from './secrets.ts';

const { deploy, lab, onNode } = at;
const PACKAGE = join(at.cache, 'packages', 'oms_4.2.11-ce.tar.gz');

describe('deploy.yml where something is wrong', function () {
  this.timeout(200_000);
  let dir: string;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-e2e-'));
    await lab('reset');
  });
  afterEach(async () => {
    await lab('up');
  });
  after(async () => {
    await lab('reset');
    rmSync(dir, { recursive: true });
  });

  describe('around the nodes', () => {
    it('a MetaDB that is down: says from where, and touches nothing', async () => {
      const before = await lab('fingerprint', ...at.NODES);
      await lab('metadb-stop');
      const failed = await deploy();
      expectCode(failed, 2);
      expect(failures(failed.events)).to.match(
        /hz-1: .*oms_meta_user@10\.77\.0\.5:2883 from the controller: \S+.* \/ Check/,
      );
      expectUntouched(before, await lab('fingerprint', ...at.NODES));
      expectNoSecret('the output', failed.stdout + failed.stderr);
    });

    it('a MetaDB with character set latin1', async () => {
      await at.sql('SET GLOBAL character_set_server = latin1');
      const failed = await deploy('--check').finally(() =>
        at.sql('SET GLOBAL character_set_server = utf8mb4'),
      );
      expectCode(failed, 2);
      expect(failures(failed.events)).to.match(
        /latin1, but must be one of utf8mb4: set character-set-server=utf8mb4/,
      );
    });

    it('a MetaDB that holds another cluster: refused, unless metadb_reuse says so', async () => {
      await at.sql('CREATE DATABASE oms_rm');
      await at.sql(
        'CREATE TABLE oms_rm.cluster_info (region VARCHAR(99), cm_url VARCHAR(99), code INT, is_default_cm INT)',
      );
      await at.sql("INSERT INTO oms_rm.cluster_info VALUES ('cn-elsewhere', 'http://10.9.9.9:8088', 9, 1)");
      try {
        const refused = await deploy('--check');
        expectCode(refused, 2);
        expect(failures(refused.events)).to.match(/another cluster[^]*cn-elsewhere[^]*metadb_reuse: true/);
        expectCode(await deploy('--check', '-e', 'metadb_reuse:=true'), 0);
      } finally {
        await at.sql('DROP DATABASE oms_rm');
      }
    });
  });

  describe('on one node', () => {
    it('a Docker Engine that is down', async () => {
      await lab('docker-stop', 'hz-2');
      const failed = await deploy('-l', 'hz-2');
      expectCode(failed, 2);
      expect(failures(failed.events)).to.match(
        /Docker Engine on hz-2 does not answer.*systemctl start docker/,
      );
    });

    it('a mount directory with another cluster’s data', async () => {
      await onNode(
        'hz-1',
        'mkdir -p /data/oms && printf \'"drc_rm_db": "theirs"\\noms_meta_password: secret-of-theirs\\n\' > /data/oms/config.yaml',
      );
      const failed = await deploy('--check', '-l', 'hz-1').finally(() => onNode('hz-1', 'rm -r /data/oms'));
      expectCode(failed, 2);
      expect(failures(failed.events)).to.match(
        /\/data\/oms on hz-1 holds the data of another cluster.*theirs/,
      );
      expect(failed.stdout).not.to.contain('secret-of-theirs');
    });

    it('a disk that is full: nothing half-written under its final name', async () => {
      await lab('fill', 'hz-1', '/data/oms/packages');
      const failed = await deploy('-l', 'hz-1');
      expectCode(failed, 2);
      expect(failures(failed.events)).to.match(
        /no room in \/data\/oms\/packages on hz-1: the package has 88.* \/ free some space/,
      );
      expect(
        await onNode('hz-1', 'ls /data/oms/packages; docker images -q; ls /data/oms/config.yaml'),
      ).to.equal('');
    });

    it('a disk that is too small for OMS', async () => {
      const failed = await deploy('--check', '-l', 'hz-1', '-e', 'oms_min_free_gb:=100000');
      expectCode(failed, 2);
      expect(failures(failed.events)).to.match(
        /Too little space for \/data\/oms on hz-1: \S+ GB are free, 100000 GB are needed/,
      );
    });

    it('a package that was cut off, or that holds another image', async () => {
      const broken = join(dir, 'oms_4.2.11-ce.tar.gz');
      copyFileSync(PACKAGE, broken);
      truncateSync(broken, 40_000_000);
      const cut = await deploy('-l', 'hz-1', '-e', `oms_package=${broken}`);
      expectCode(cut, 2);
      expect(failures(cut.events)).to.contain('oms_4.2.11-ce.tar.gz');
      const other = await deploy('-l', 'hz-1', '-e', 'oms_image=example.com/oms:feature_9.9.9');
      expectCode(other, 2);
      expect(failures(other.events)).to.match(
        /does not hold example\.com\/oms:feature_9\.9\.9: .*oms-ce:feature_4\.2\.11-ce/,
      );
      expect(await onNode('hz-1', 'docker images -q; ls /data/oms/packages')).to.equal('');
    });
  });

  describe('an initialisation that fails', () => {
    it('shows its log, and is tried again by the next run', async () => {
      await onNode('hz-1', 'mkdir -p /data/oms/oms_run && echo fail_step=3 > /data/oms/oms_run/lab-faults');
      const failed = await deploy('-l', 'hz-1');
      expectCode(failed, 2);
      expect(finished(failed.events, 'failed')[0]?.failure?.stdout).to.contain('[Error] step 3 of 5 failed');
      await onNode('hz-1', 'rm /data/oms/oms_run/lab-faults');
      expectCode(await deploy('-l', 'hz-1'), 0);
      const again = await deploy('-l', 'hz-1');
      expectCode(again, 0);
      expect(labels(finished(again.events, 'changed'))).to.deep.equal([]);
      expect((await at.health('10.77.0.10'))?.healthy).to.equal(true);
    });
  });

  describe('on the way in', () => {
    it('a wrong password of sudo', async () => {
      const failed = await deploy('-l', 'hz-2', '-e', 'ansible_become_password=wrong-Sudo_1');
      expect([2, 4]).to.include(failed.code);
      expect(failures(failed.events)).to.match(/hz-2.*sudo.*password/is);
      expect(failed.stdout).not.to.contain('wrong-Sudo_1');
    });

    it('a wrong password of SSH', async () => {
      const failed = await deploy('-l', 'hlj-2', '-e', 'ansible_password=wrong-Ssh_1');
      expectCode(failed, 4);
      expect(failures(failed.events)).to.match(/hlj-2.*password/is);
      expect(failed.stdout).not.to.contain('wrong-Ssh_1');
    });

    it('a host key that has changed', async () => {
      await lab('rehost-key', 'hz-1');
      const failed = await deploy('-l', 'hz-1').finally(() => lab('rehost-key', '--restore', 'hz-1'));
      expectCode(failed, 4);
      expect(failures(failed.events)).to.match(/hz-1.*host key[^]*known_hosts/i);
    });
  });

  describe('a task that fails on one node of a region', () => {
    const playbook = (limit: string): string => `- name: Fails on hz-1
  hosts: all
${limit}  tasks:
    - name: Breaks
      shell: echo so it is; echo because >&2; exit 7
      when: inventory_hostname == "hz-1"
    - name: Goes on
      ping: {}
`;
    const go = async (limit: string) => {
      const file = join(dir, 'fails.yml');
      writeFileSync(file, playbook(limit));
      return deploy(file);
    };

    it('ends with 2, its place and output; the others go on', async () => {
      const failed = await go('');
      expectCode(failed, 2);
      const [task] = finished(failed.events, 'failed');
      expect(task?.at).to.include({ line: 4 });
      expect(task?.failure).to.include({ exitCode: 7 });
      expect(task?.failure?.stdout?.trim()).to.equal('so it is');
      expect(task?.failure?.stderr?.trim()).to.equal('because');
      const went = labels(finished(failed.events, 'ok').filter((one) => one.name === 'Goes on'));
      expect(went).to.deep.equal(['hlj-1  : Goes on', 'hlj-2  : Goes on', 'hz-2  : Goes on']);
    });

    it('stops its region beyond max_fail_percentage, and no other', async () => {
      const failed = await go('  max_fail_percentage: 40\n');
      expectCode(failed, 2);
      const went = labels(finished(failed.events, 'ok').filter((one) => one.name === 'Goes on'));
      expect(went).to.deep.equal(['hlj-1  : Goes on', 'hlj-2  : Goes on']);
      expect(recap(failed.events)['hz-1']).to.include({ failed: 1 });
    });
  });
});
