import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { expectCode } from './events.ts';
import { changedInventory, deploy, lab, NODES, onNode } from './lab.ts';

const FOLDER = '/tmp/oms-sample';

// The two samples of "Deploy OMS on multiple nodes in multiple regions", with the lab's addresses and passwords.
const SHARED = `oms_meta_host: 10.77.0.5
oms_meta_port: 2883
oms_meta_user: oms_meta_user
oms_meta_password: lab-Meta_2026
drc_rm_db: oms_rm
drc_cm_db: oms_cm
`;
const TSDB = `tsdb_service: 'INFLUXDB'
tsdb_enabled: true
tsdb_url: '192.0.2.6:8086'
tsdb_username: username
tsdb_password: Tsdb_pass2026
`;
const SAMPLES: Readonly<Record<string, string>> = {
  'cn-hangzhou': `${SHARED}drc_cm_heartbeat_db: oms_cm_heartbeat
cm_url: http://10.77.0.10:8088
cm_location: 1
cm_region: cn-hangzhou
cm_region_cn: cn-hangzhou
cm_is_default: true
cm_nodes:
 - 10.77.0.11
 - 10.77.0.12
${TSDB}`,
  'cn-heilongjiang': `${SHARED}drc_cm_heartbeat_db: oms_cm_heartbeat_1
cm_url: http://10.77.0.20:8088
cm_location: 2
cm_region: cn-heilongjiang
cm_region_cn: cn-heilongjiang
cm_is_default: false
cm_nodes:
 - 10.77.0.21
 - 10.77.0.22
${TSDB}`,
};

describe('config.yaml from the values of the vendor’s samples', function () {
  this.timeout(60_000);
  let dir: string;

  before(async () => {
    await lab('up');
    dir = mkdtempSync(join(tmpdir(), 'oms-play-e2e-'));
  });
  after(async () => {
    await Promise.all(NODES.map((node) => onNode(node, `rm -rf ${FOLDER}`)));
    rmSync(dir, { recursive: true });
  });

  it('equals each sample key by key, on every node', async () => {
    const shared = 'drc_cm_db: oms_cm\n';
    const inventory = changedInventory(dir, [[shared, shared + TSDB]]);
    const playbook = join(dir, 'render.yml');
    const tasks = `- hosts: all
  become: true
  vars: { oms_mount_dir: ${FOLDER}, oms_container_name: no-such-container }
  pre_tasks:
    - file: { path: ${FOLDER}, state: directory }
  roles: [render-config]
`;
    writeFileSync(playbook, tasks);
    expectCode(await deploy(playbook, '-i', inventory), 0);
    for (const node of NODES) {
      const rendered: unknown = parse(await onNode(node, `cat ${FOLDER}/config.yaml`));
      const sample = SAMPLES[node.startsWith('hz') ? 'cn-hangzhou' : 'cn-heilongjiang'] ?? '';
      expect(rendered, node).to.deep.equal(parse(sample));
    }
  });
});
