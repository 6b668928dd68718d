import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, runProject } from './support.ts';

const inventory = 'regions: { r: { nodes: { n1: { address: 10.0.0.1 } } } }';

describeBothWays('assert with messages of conditions', () => {
  it('says those of the ones that do not hold, rendered only then', async () => {
    const playbook = `
- hosts: all
  vars: { port: 70000 }
  tasks:
    - assert:
        that:
          - { that: port < 65536, msg: "port {{port}} of {{inventory_hostname}} is too high" }
          - { that: port > 0, msg: "{{error.text}}" }
      register: error
      ignore_errors: true
    - assert: { that: [{ that: 'error.msg == "port 70000 of n1 is too high"', msg: "{{error.msg}}" }] }
`;
    const { events } = await runProject({ inventory, playbook });
    const [first, second] = finishedTasks(events);
    expect(first?.failure?.message).to.equal('port 70000 of n1 is too high');
    expect(second?.status).to.equal('ok');
  });
});
