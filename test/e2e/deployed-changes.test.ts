import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { expectCode, expectUntouched, failures, finished, labels, recap } from './events.ts';
import * as at from './lab.ts';

const { certificate, deploy, health, lab, NODES, onNode, pidOf, VIPS } = at;
const PROGRAMS = ['nginx', 'oms_console', 'oms_drc_cm', 'oms_drc_supervisor', 'sshd'];

describe('deploy.yml on a deployed cluster', function () {
  this.timeout(400_000);
  let dir: string;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-e2e-'));
    await lab('up');
    const deployed = await deploy();
    expectCode(deployed, 0);
  });
  after(async () => {
    await lab('up');
    rmSync(dir, { recursive: true });
  });

  describe('one changed value in one region', () => {
    let inventory: string;
    const KEY = 'drc_cm_heartbeat_db: oms_cm_heartbeat_1';

    before(() => {
      inventory = at.changedInventory(dir, [[KEY, `${KEY}\n      tsdb_service: INFLUXDB`]]);
    });

    it('is all that --check --diff shows', async () => {
      const checked = await deploy('-i', inventory, '--check', '--diff');
      expectCode(checked, 0);
      const changed = finished(checked.events, 'changed').filter((task) => task.module === 'oms_config');
      expect(labels(changed)).to.deep.equal([
        'hlj-1 render-config : config.yaml of the region',
        'hlj-2 render-config : config.yaml of the region',
      ]);
      for (const { changes, showDiff } of changed) {
        expect(showDiff).to.equal(true);
        expect(changes.map((change) => change.diff)).to.deep.equal([
          { kind: 'values', rows: [{ name: 'tsdb_service', before: null, after: 'INFLUXDB' }] },
        ]);
      }
      const touched = finished(checked.events, 'changed', 'unknown').map((task) => task.node);
      expect([...new Set(touched)].sort()).to.deep.equal(['hlj-1', 'hlj-2']);
    });

    it('restarts two programs on the nodes concerned, and nothing else anywhere', async () => {
      const before = await pids('hlj-1', 'hlj-2');
      const others = await lab('fingerprint', 'hz-1', 'hz-2', 'metadb');
      const deployed = await deploy('-i', inventory);
      expectCode(deployed, 0);
      const handlers = finished(deployed.events, 'changed').filter((task) => task.handler);
      expect(labels(handlers).filter((one) => one.includes('apply'))).to.deep.equal([
        'hlj-1 render-config : apply OMS configuration',
        'hlj-2 render-config : apply OMS configuration',
      ]);
      expect(restarted(before, await pids('hlj-1', 'hlj-2'))).to.deep.equal(
        ['hlj-1', 'hlj-2'].flatMap((node) => [`${node} oms_console`, `${node} oms_drc_supervisor`]),
      );
      expectUntouched(others, await lab('fingerprint', 'hz-1', 'hz-2', 'metadb'));
      expect((await health(VIPS[1] ?? ''))?.config).to.include({ tsdb_service: 'INFLUXDB' });
      expect((await health(VIPS[0] ?? ''))?.config).not.to.include({ tsdb_service: 'INFLUXDB' });
    });

    it('is applied by the next run where one was cut off before its handlers', async () => {
      await onNode('hlj-1', 'touch /data/oms/.config-not-applied');
      const before = await pids('hlj-1', 'hlj-2');
      const again = await deploy('-i', inventory);
      expectCode(again, 0);
      expect(restarted(before, await pids('hlj-1', 'hlj-2'))).to.deep.equal([
        'hlj-1 oms_console',
        'hlj-1 oms_drc_supervisor',
      ]);
      const last = await deploy('-i', inventory);
      expect(labels(finished(last.events, 'changed'))).to.deep.equal([]);
    });

    it('goes back the same way', async () => {
      expectCode(await deploy(), 0);
      expect((await health(VIPS[1] ?? ''))?.config).not.to.include({ tsdb_service: 'INFLUXDB' });
    });
  });

  describe('a value that OMS cannot live with', () => {
    it('fails with what is not well, and the right value mends it', async () => {
      const tsdb = [
        'tsdb_enabled:=true',
        'tsdb_service=INFLUXDB',
        'tsdb_url=10.77.0.1:8086',
        'tsdb_username=u',
        'tsdb_password=Pw_2026x',
      ];
      const wrong = [...tsdb, 'oms_health_timeout:=5'].flatMap((value) => ['-e', value]);
      const failed = await deploy('-l', 'hlj-1', ...wrong);
      expectCode(failed, 2);
      expect(failures(failed.events)).to.match(/OMS on hlj-1 is not healthy.*oms_drc_supervisor/);
      expect(failed.stdout).not.to.contain('Pw_2026x');
      expectCode(await deploy('-l', 'hlj-1'), 0);
      expect(labels(finished((await deploy()).events, 'changed'))).to.deep.equal([]);
    });
  });

  describe('a node without network', () => {
    it('ends with 4; the others of its region and the other region go on', async () => {
      await lab('cut', 'hz-2');
      const cut = await deploy('--timeout', '4').finally(() => lab('heal', 'hz-2'));
      expectCode(cut, 4);
      // OMS calls the node online again a little later, and writes that down.
      const away = () => at.sql('SELECT ip FROM oms_cm.host WHERE host_status <> "ONLINE"');
      while ((await away()).length > 0) await sleep(200);
      expect(failures(cut.events)).to.match(/hz-2.*10\.77\.0\.12/);
      const rows = recap(cut.events);
      expect(rows['hz-2']).to.include({ unreachable: 1 });
      const healthy = finished(cut.events, 'ok').filter((task) => task.name === 'OMS is healthy');
      expect(healthy.map((task) => task.node).sort()).to.deep.equal(['hlj-1', 'hlj-2', 'hz-1']);
    });
  });

  describe('a certificate', () => {
    it('that does not fit its key is refused before anything is touched', async () => {
      const [one, other] = [await certificate(dir, 'one.example'), await certificate(dir, 'other.example')];
      const before = await lab('fingerprint');
      const refused = await deploy('-e', `https_crt=${one.crt}`, '-e', `https_key=${other.key}`);
      expectCode(refused, 2);
      expect(failures(refused.events)).to.contain('is not the key of this certificate');
      expectUntouched(before, await lab('fingerprint'));
    });

    it('that has expired is refused, one that expires soon gives a warning, in check mode too', async () => {
      const old = await certificate(dir, 'old.example', -1);
      const refused = await deploy('--check', '-e', `https_crt=${old.crt}`, '-e', `https_key=${old.key}`);
      expectCode(refused, 2);
      expect(failures(refused.events)).to.contain('has expired');
      const soon = await certificate(dir, 'soon.example', 10);
      const warned = await deploy('--check', '-e', `https_crt=${soon.crt}`, '-e', `https_key=${soon.key}`);
      expectCode(warned, 0);
      const warnings = warned.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      expect(warnings.join()).to.match(/expires in (9|10) days/);
    });

    it('turns the web page to https, behind the VIPs too', async () => {
      const made = await certificate(dir, 'oms.example');
      const tls = ['-e', `https_crt=${made.crt}`, '-e', `https_key=${made.key}`];
      const deployed = await deploy('--diff', ...tls);
      expectCode(deployed, 0);
      expect(deployed.stdout).not.to.contain('PRIVATE KEY');
      for (const host of [...VIPS, '10.77.0.11', '10.77.0.12', '10.77.0.21']) {
        expect(await servedBy(host), host).to.equal(fingerprintOf(made.crt));
      }
      for (const vip of VIPS) expect((await health(vip, 'https'))?.healthy, vip).to.equal(true);
      for (const node of NODES) {
        expect(await onNode(node, 'stat -c "%a" /data/oms/ssl /data/oms/ssl/*')).to.equal('700\n600\n600');
      }
      const again = await deploy(...tls);
      expectCode(again, 0);
      expect(labels(finished(again.events, 'changed'))).to.deep.equal([]);
    });

    it('when it is replaced, restarts nginx alone', async () => {
      const renewed = await certificate(dir, 'renewed.example');
      const before = await pids(...NODES);
      const containers = await Promise.all(
        NODES.map((node) => onNode(node, 'docker inspect -f "{{.Id}} {{.State.StartedAt}}" oms')),
      );
      const deployed = await deploy('-e', `https_crt=${renewed.crt}`, '-e', `https_key=${renewed.key}`);
      expectCode(deployed, 0);
      expect(restarted(before, await pids(...NODES))).to.have.members(NODES.map((node) => `${node} nginx`));
      for (const vip of VIPS) expect(await servedBy(vip), vip).to.equal(fingerprintOf(renewed.crt));
      expect(
        await Promise.all(
          NODES.map((node) => onNode(node, 'docker inspect -f "{{.Id}} {{.State.StartedAt}}" oms')),
        ),
      ).to.deep.equal(containers);
    });
  });
});

type Pids = Readonly<Record<string, string>>;

async function pids(...nodes: readonly string[]): Promise<Pids> {
  const found: Record<string, string> = {};
  for (const node of nodes)
    for (const program of PROGRAMS) found[`${node} ${program}`] = await pidOf(node, program);
  return found;
}

function restarted(before: Pids, after: Pids): readonly string[] {
  return Object.keys(before).filter((key) => before[key] !== after[key]);
}

function fingerprintOf(file: string): string {
  return new X509Certificate(readFileSync(file)).fingerprint256;
}

function servedBy(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 8089, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
