import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { expectCode, expectUntouched, finished, labels, recap } from './events.ts';
import type { Played } from './lab.ts';
import * as at from './lab.ts';
import { expectNoSecret, filesWithSecrets, watchProcesses } from './secrets.ts';

const { deploy, health, lab, NODES, onNode, VIPS } = at;

describe('deploy.yml on bare nodes', function () {
  this.timeout(400_000);
  let dir: string;
  let checked: Played;
  let deployed: Played;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-e2e-'));
    await lab('reset');
  });
  after(() => {
    rmSync(dir, { recursive: true });
  });

  describe('--check --diff', () => {
    it('says what would happen, ends well and touches nothing', async () => {
      const before = await lab('fingerprint');
      checked = await deploy('--check', '--diff');
      expectCode(checked, 0);
      expectUntouched(before, await lab('fingerprint'));
      const would = labels(finished(checked.events, 'changed'));
      for (const node of NODES) {
        expect(would).to.include(`${node} mount-dirs : Folders of OMS`);
        expect(would).to.include(`${node} docker-load : Load the OMS image`);
        expect(would).to.include(`${node} render-config : config.yaml of the region`);
      }
      const databases = finished(checked.events, 'changed').flatMap(({ changes }) =>
        changes.map((c) => c.subject),
      );
      expect(databases).to.include.members(['oms_rm', 'oms_cm', 'oms_cm_heartbeat', 'oms_cm_heartbeat_1']);
      expect(Object.values(recap(checked.events)).map((row) => [row.failed, row.unreachable])).to.deep.equal(
        NODES.map(() => [0, 0]),
      );
    });

    it('gives a reason for whatever it cannot know', () => {
      const unknown = finished(checked.events, 'unknown');
      expect(unknown.length).to.be.greaterThan(0);
      for (const task of unknown) expect(task.reason, `${task.node} ${task.name}`).to.match(/\S/);
    });
  });

  describe('--check with oms_image in the inventory', () => {
    it('knows of the containers too', async () => {
      const image = 'work.oceanbase-dev.com/obartifact-store/oms-ce:feature_4.2.11-ce';
      const known = await deploy('--check', '-e', `oms_image=${image}`);
      expectCode(known, 0);
      const would = labels(finished(known.events, 'changed'));
      expect(would).to.include.members(NODES.map((node) => `${node} start-oms : The container runs`));
    });
  });

  describe('the real run', () => {
    it('deploys on all four nodes, and no process shows a password', async () => {
      const watch = watchProcesses();
      const started = Date.now();
      deployed = await deploy('-vvv', '--diff').finally(() => {
        leaks = watch.stop();
      });
      expectCode(deployed, 0);
      for (const row of Object.values(recap(deployed.events))) {
        expect(row, row.node).to.include({ failed: 0, unreachable: 0, unknown: 0 });
      }
      expect(Object.keys(recap(deployed.events))).to.have.members(NODES);
      console.log(`        deployed in ${Math.round((Date.now() - started) / 1000)} s`);
      expect(leaks).to.deep.equal([]);
    });
    let leaks: readonly string[] = [];

    it('did all that the check run had said, and nothing it had not named', () => {
      const would = labels(finished(checked.events, 'changed'));
      const open = labels(finished(checked.events, 'unknown'));
      const done = labels(finished(deployed.events, 'changed'));
      expect(done).to.include.members([...would]);
      expect(done.filter((one) => !would.includes(one) && !open.includes(one))).to.deep.equal([]);
    });

    it('begins with the default region and takes the regions one after another', () => {
      const marks = deployed.events.flatMap((event) =>
        (event.type === 'region-started' || event.type === 'region-finished') && event.play === 'OMS'
          ? [`${event.type} ${event.region}`]
          : [],
      );
      expect(marks).to.deep.equal([
        'region-started cn-hangzhou',
        'region-finished cn-hangzhou',
        'region-started cn-heilongjiang',
        'region-finished cn-heilongjiang',
      ]);
    });

    it('leaves OMS healthy behind both VIPs and on every node', async () => {
      for (const host of [...VIPS, ...['hz-1', 'hz-2', 'hlj-1'].map((node) => at.ADDRESSES[node] ?? '')]) {
        expect((await health(host))?.healthy, host).to.equal(true);
      }
      expect(await onNode('hlj-2', 'curl -s http://10.77.0.22:8089/oms/health')).to.contain('"healthy":true');
      for (const vip of VIPS) expect((await at.get(`http://${vip}:8088/`)).status, vip).to.be.greaterThan(0);
    });

    it('has all hosts ONLINE with fresh heartbeats in the MetaDB', async () => {
      const hosts = await at.sql<{ ip: string; host_status: string }>(
        'SELECT ip, host_status FROM oms_cm.host ORDER BY ip',
      );
      expect(hosts).to.deep.equal(Object.values(at.ADDRESSES).map((ip) => ({ ip, host_status: 'ONLINE' })));
      for (const [database, count] of [
        ['oms_cm_heartbeat', 2],
        ['oms_cm_heartbeat_1', 2],
      ] as const) {
        const fresh = await at.sql(
          `SELECT host_ip FROM ${database}.heart_beat WHERE task_name = 'supervisor' AND gmt_modified > NOW() - INTERVAL 30 SECOND`,
        );
        expect(fresh, database).to.have.length(count);
      }
      const regions = await at.sql(
        'SELECT region, code, is_default_cm FROM oms_rm.cluster_info ORDER BY code',
      );
      expect(regions).to.deep.equal([
        { region: 'cn-hangzhou', code: 1, is_default_cm: 1 },
        { region: 'cn-heilongjiang', code: 2, is_default_cm: 0 },
      ]);
      const sets = await at.sql<{ c: string }>(
        "SELECT DISTINCT default_character_set_name AS c FROM information_schema.schemata WHERE schema_name LIKE 'oms%'",
      );
      expect(sets).to.deep.equal([{ c: 'utf8mb4' }]);
    });

    it('started the containers by the vendor’s command, of one image', async () => {
      const images = new Set<string>();
      for (const node of NODES) {
        const container = JSON.parse(await onNode(node, 'docker inspect oms')) as [Container];
        images.add(container[0].Image);
        const { Config, HostConfig } = container[0];
        expect(HostConfig).to.deep.include({ NetworkMode: 'host', Privileged: true });
        expect([null, 0, -1]).to.include(HostConfig.PidsLimit);
        expect(HostConfig.Ulimits).to.deep.equal([{ Name: 'nproc', Soft: 65535, Hard: 65535 }]);
        expect([Config.Tty, Config.OpenStdin]).to.deep.equal([true, true]);
        expect(Config.Env).to.include(`OMS_HOST_IP=${at.ADDRESSES[node]}`);
        expect([...HostConfig.Binds].sort()).to.deep.equal([
          '/data/oms/config.yaml:/home/admin/conf/config.yaml',
          '/data/oms/oms_logs:/home/admin/logs',
          '/data/oms/oms_run:/home/ds/run',
          '/data/oms/oms_store:/home/ds/store',
        ]);
      }
      expect(images.size).to.equal(1);
    });

    it('keeps config.yaml to root, and left no package behind', async () => {
      for (const node of NODES) {
        expect(await onNode(node, 'stat -c "%a %U" /data/oms/config.yaml')).to.equal('600 root');
        expect(
          await onNode(
            node,
            'find /data /var/tmp /tmp /root -name "*oms_4*.tar.gz*" 2>/dev/null; ls /data/oms/packages',
          ),
        ).to.equal('');
      }
    });

    it('shows no password in its events, and leaves none in files but config.yaml', async () => {
      expectNoSecret('the JSON output', deployed.stdout);
      expectNoSecret('stderr', deployed.stderr);
      const files = await filesWithSecrets();
      expect([...files].sort()).to.deep.equal(NODES.map((node) => `${node}/data/oms/config.yaml`).sort());
    });
  });

  describe('the second run', () => {
    it('changes nothing, and nothing was touched', async () => {
      const before = await lab('fingerprint');
      const started = Date.now();
      const again = await deploy();
      console.log(`        second run in ${Math.round((Date.now() - started) / 100) / 10} s`);
      expectCode(again, 0);
      expect(labels(finished(again.events, 'changed', 'unknown'))).to.deep.equal([]);
      for (const row of Object.values(recap(again.events))) expect(row).to.include({ changed: 0, failed: 0 });
      expectUntouched(before, await lab('fingerprint'));
    });

    it('as a check with --exit-code says that nothing is to be done', async () => {
      const again = await deploy('--check', '--exit-code');
      expectCode(again, 0);
    });
  });
});

interface Container {
  readonly Image: string;
  readonly Config: { readonly Tty: boolean; readonly OpenStdin: boolean; readonly Env: readonly string[] };
  readonly HostConfig: {
    readonly Binds: readonly string[];
    readonly PidsLimit: number | null;
    readonly Ulimits: readonly unknown[];
  };
}
