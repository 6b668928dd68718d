import { expect } from 'chai';
import * as z from 'zod';
import { defineModule } from '../../src/modules/define.ts';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, runProject } from './support.ts';

const inventory = `regions: { r: { nodes: { n1: { address: 10.0.0.1 }, n2: { address: 10.0.0.2 } } } }`;

describeBothWays('a task that changes files of the controller', () => {
  it('is seen by the looks of all nodes, however early they were asked', async () => {
    let file = 'old';
    const bring = defineModule({
      name: 'bring',
      summary: 'a file of the node on the controller',
      changesController: true,
      args: z.strictObject({}),
      returns: z.strictObject({}),
      check: async (node) => {
        await node.query({ text: 'true', shown: 'true' });
        return { changes: [{ subject: 'file', summary: 'new' }], result: {} };
      },
      apply: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        file = 'new';
        return {};
      },
    });
    const look = defineModule({
      name: 'look',
      summary: 'at that file',
      args: z.strictObject({}),
      returns: z.strictObject({ seen: z.string() }),
      check: async () => ({ changes: [], result: { seen: file } }),
      apply: () => Promise.reject(new Error('it changes nothing')),
    });
    const playbook = `
- hosts: all
  tasks:
    - get: { key: a }
    - bring: {}
      when: inventory_hostname == "n1"
    - look: {}
      register: looked
`;
    const { events } = await runProject({ inventory, playbook, modules: [bring, look] });
    const seen = finishedTasks(events).filter(({ name }) => name === 'look');
    expect(seen.map(({ node }) => node)).to.have.members(['n1', 'n2']);
    for (const { result } of seen) expect(result).to.include({ seen: 'new' });
  });
});
