import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import * as z from 'zod';
import { defineModule } from '../../src/modules/define.ts';
import { describeBothWays } from './both-ways.ts';
import type { Connector } from '../../src/transport/contract.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { outcomes, runProject } from './support.ts';

const inventory = `
regions:
  east: { parallel: 1, nodes: { "e[1:6]": { address: "10.0.0.[1:6]" } } }
`;

function slowConnector(ms: number, refused?: string): { connector: Connector; asked: string[] } {
  const asked: string[] = [];
  const connect = async ({ name }: { readonly name: string }) => {
    asked.push(name);
    await sleep(ms);
    if (name === refused) throw new Error('refused');
    return createFakeLink([{ match: /[^]*/ }]);
  };
  return { connector: { connect, close: async () => undefined }, asked };
}

describeBothWays('connections', () => {
  it('are opened side by side though one node at a time is worked on', async () => {
    const { connector, asked } = slowConnector(80);
    const started = performance.now();
    const playbook = '- hosts: all\n  tasks: [{ get: { key: a } }, { get: { key: b } }]\n';
    const { events } = await runProject({ inventory, playbook, connector });
    expect(performance.now() - started).to.be.below(6 * 80);
    expect(asked.toSorted()).to.deep.equal(['e1', 'e2', 'e3', 'e4', 'e5', 'e6']);
    expect(outcomes(events).slice(0, 6)).to.deep.equal([1, 2, 3, 4, 5, 6].map((i) => `e${i} get ok`));
  });

  it('that are refused count only for the node', async () => {
    const { connector } = slowConnector(5, 'e4');
    const playbook = '- hosts: all\n  tasks: [{ get: { key: a } }]\n';
    const { finished } = await runProject({ inventory, playbook, connector });
    expect(finished.recap.filter((row) => row.ok === 1)).to.have.length(5);
  });

  it('are not opened for nodes that have nothing to do, or in a rolling run, before their time', async () => {
    const some = slowConnector(5);
    const first = '- hosts: all\n  tasks: [{ get: { key: a }, when: \'inventory_hostname < "e3"\' }]\n';
    await runProject({ inventory, playbook: first, connector: some.connector });
    expect(some.asked.toSorted()).to.deep.equal(['e1', 'e2']);

    const rolling = slowConnector(5);
    const second = '- hosts: all\n  strategy: host_pinned\n  tasks: [{ run: x }]\n';
    const opened: number[] = [];
    const onEvent = (event: { readonly type: string }) => {
      if (event.type === 'node-task-started') opened.push(rolling.asked.length);
    };
    // One that fails stops its region: the others are never connected to.
    const playbook = second
      .replace('run: x', 'run: { say: x, fail_on: [e1] }')
      .replace('strategy', 'any_errors_fatal: true\n  strategy');
    await runProject({ inventory, playbook, connector: rolling.connector, onEvent });
    expect(rolling.asked).to.have.length.at.most(1);
  });
});

describeBothWays('a connection', () => {
  const counting = (opened: { closed: boolean; asked: number }[]): Connector => ({
    connect: async () => {
      const state = { closed: false, asked: 0 };
      opened.push(state);
      const link = createFakeLink([{ match: /[^]*/ }]);
      return {
        ...link,
        exec: (request) => {
          state.asked += 1;
          return link.exec(request);
        },
        close: async () => {
          state.closed = true;
        },
      };
    },
    close: async () => undefined,
  });

  it('is closed and opened anew for a module that asks for it', async () => {
    const again = defineModule({
      name: 'again',
      summary: 'opens the connection anew',
      waits: true,
      args: z.strictObject({}),
      returns: z.object({}),
      check: async (node) => {
        await node.reconnect({ timeoutMs: 5_000, pauseMs: 1 });
        return { changes: [], result: {} };
      },
      apply: async () => ({}),
    });
    const opened: { closed: boolean; asked: number }[] = [];
    const playbook = '- hosts: e1\n  tasks: [{ get: { key: a } }, { again: {} }, { get: { key: b } }]\n';
    const connector = counting(opened);
    const { events } = await runProject({ inventory, playbook, connector, modules: [again] });
    expect(outcomes(events)).to.deep.equal(['e1 get ok', 'e1 again ok', 'e1 get ok']);
    expect(opened).to.deep.equal([
      { closed: true, asked: 1 },
      { closed: true, asked: 2 },
    ]);
  });
});
