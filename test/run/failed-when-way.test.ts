import { expect } from 'chai';
import type { Connector } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, runProject } from './support.ts';

const inventory = 'regions: { r: { nodes: { n1: { address: 10.0.0.1 } } } }';

/** Nobody becomes another user on its nodes. */
const refusing: Connector = {
  connect: () => Promise.reject(new TransportError('become-password', 'n1: sudo: wrong password')),
  close: () => Promise.resolve(),
};

describeBothWays('failed_when: false', () => {
  const play = (task: string) => `- hosts: all
  gather_facts: false
  tasks:
    - ${task}
      failed_when: false
      changed_when: false
`;

  it('does not hide that the task never began', async () => {
    const command = play('command: id');
    const { events } = await runProject({ inventory, playbook: command, connector: refusing });
    expect(finishedTasks(events)[0]).to.include({ status: 'failed' });
    expect(finishedTasks(events)[0]?.failure?.message).to.include('wrong password');
    const words = play('debug: { msg: "{{hostvars.n1.missing}}" }');
    const missing = await runProject({ inventory, playbook: words });
    expect(finishedTasks(missing.events)[0]?.status).to.equal('failed');
  });

  it('holds for what the module itself says', async () => {
    const { events } = await runProject({ inventory, playbook: play('fail: { msg: x }') });
    expect(finishedTasks(events)[0]?.status).to.equal('ok');
  });
});
