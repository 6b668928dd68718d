import { expect } from 'chai';
import { expectCode, expectUntouched, failures, finished, labels, recap } from './events.ts';
import * as at from './lab.ts';
import { expectNoSecret } from './secrets.ts';

const { deploy, health, lab, NODES, onNode, VIPS } = at;
const OLD = ['-e', `oms_package=${at.cache}/packages/oms_4.2.0.tar.gz`];

describe('deploy.yml with an image that docker_init.sh initialises (4.2.0)', function () {
  this.timeout(400_000);

  before(async () => {
    await lab('reset');
  });
  after(async () => {
    await lab('up');
  });

  it('shows the step and the end of docker_init.log where it fails, and ends with 2', async () => {
    await onNode('hz-1', 'mkdir -p /data/oms/oms_run && echo fail_step=3 > /data/oms/oms_run/lab-faults');
    const failed = await deploy(...OLD, '-l', 'cn-hangzhou');
    expectCode(failed, 2);
    const [task] = finished(failed.events, 'failed');
    expect(task).to.include({ node: 'hz-1', name: 'The region is initialised' });
    expect(task?.at.file).to.equal('roles/start-oms/tasks/main.yml');
    expect(task?.failure?.message).to.match(/docker_init\.sh.*hz-1 failed in step 3 of 5/);
    expect(task?.failure?.stdout).to.contain('[Error] step 3 of 5 failed');
    expect(task?.failure?.command).to.contain('docker exec oms bash /root/docker_init.sh');
  });

  it('carries on from there once the cause is mended, and deploys both regions', async () => {
    await onNode('hz-1', 'rm /data/oms/oms_run/lab-faults');
    const deployed = await at.omsPlay('run', 'deploy.yml', '-i', at.labInventory, '-vvv', '--diff', ...OLD);
    expect(deployed.code, deployed.stdout.slice(-4000)).to.equal(0);
    expectNoSecret('the output at -vvv', deployed.stdout + deployed.stderr);
    for (const vip of VIPS) expect((await health(vip))?.healthy, vip).to.equal(true);
    const hosts = await at.sql('SELECT DISTINCT host_status FROM oms_cm.host');
    expect(hosts).to.deep.equal([{ host_status: 'ONLINE' }]);
    expect(await at.sql('SELECT version FROM oms_rm.oms_version')).to.deep.equal([{ version: '4.2.0' }]);
  });

  it('ran docker_init.sh on one node of each region', async () => {
    const logs = await Promise.all(
      NODES.map((node) => onNode(node, 'ls /data/oms/oms_logs | grep -c docker_init.log')),
    );
    const of = (name: string): number => Number(logs[NODES.indexOf(name)]);
    expect([of('hz-1'), of('hz-2')]).to.deep.equal([2, 0]);
    expect([of('hlj-1'), of('hlj-2')].sort()).to.deep.equal([0, 1]);
  });

  it('changes nothing in a second run', async () => {
    const before = await lab('fingerprint');
    const again = await deploy(...OLD);
    expectCode(again, 0);
    expect(labels(finished(again.events, 'changed')), failures(again.events)).to.deep.equal([]);
    for (const row of Object.values(recap(again.events))) expect(row).to.include({ changed: 0, failed: 0 });
    expectUntouched(before, await lab('fingerprint'));
  });

  it('refuses to become an upgrade by the way', async () => {
    const container = () =>
      onNode('hz-1', 'docker inspect -f "{{.Id}} {{.State.StartedAt}}" oms; sha256sum /data/oms/config.yaml');
    const before = await container();
    const refused = await deploy('-l', 'hz-1');
    expectCode(refused, 2);
    expect(failures(refused.events)).to.match(
      /OMS runs on hz-1 from another image.*upgrade.*oms_replace_image/,
    );
    expect(await container()).to.equal(before);
  });
});
