import { expect } from 'chai';
import { TransportError } from '../../src/transport/contract.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { describeBothWays } from './both-ways.ts';
import { fourNodes, outcomes, recap, runProject } from './support.ts';

const six = `
regions:
  east: { nodes: { "e[1:6]": { address: "10.0.0.[1:6]" } } }
`;

describeBothWays('keywords of tasks', () => {
  it('args are more arguments; the task’s own stay', async () => {
    const tasks = [{ run: 'hello', args: { rc: 3 }, ignore_errors: true, register: 'r' }];
    const playbook = JSON.stringify([{ hosts: 'e1', tasks }]);
    const { events } = await runProject({ inventory: fourNodes, playbook });
    expect(outcomes(events)).to.deep.equal(['e1 run ignored']);
  });

  it('delay is how long until waits in between, in seconds', async () => {
    const task = { name: 't', run: 'hi', register: 'r', until: 'r.calls >= 3', delay: 0.05 };
    const playbook = JSON.stringify([{ hosts: 'e1', tasks: [task] }]);
    const started = performance.now();
    const { events } = await runProject({ inventory: fourNodes, playbook });
    expect(outcomes(events)).to.deep.equal(['e1 t changed']);
    // Without it, it would be ten seconds. A timer may fire a millisecond early.
    expect(performance.now() - started).to.be.within(2 * 49, 2_000);
  });

  it('module_defaults: the innermost counts, and only where the task says nothing', async () => {
    const playbook = JSON.stringify([
      {
        hosts: 'e1',
        module_defaults: { set: { value: 'play', key: 'a' } },
        tasks: [
          { set: {} },
          { set: { key: 'b' } },
          {
            module_defaults: { set: { value: 'block' } },
            block: [{ set: { key: 'c' } }, { set: { key: 'd', value: 'own' } }],
          },
        ],
      },
    ]);
    const { world } = await runProject({ inventory: fourNodes, playbook });
    expect(Object.fromEntries(world.values)).to.deep.equal({
      'e1/a': 'play',
      'e1/b': 'play',
      'e1/c': 'block',
      'e1/d': 'own',
    });
  });

  it('throttle: no more nodes of a region at once in that task', async () => {
    let [at, most] = [0, 0];
    const onEvent = (event: { readonly type: string }) => {
      if (event.type === 'node-task-started') most = Math.max(most, ++at);
      if (event.type === 'task-finished') at -= 1;
    };
    const tasks = [{ set: { key: 'a', value: 'x', ms: 15 }, throttle: 2 }];
    const playbook = JSON.stringify([{ hosts: 'all', tasks }]);
    await runProject({ inventory: six, playbook, onEvent });
    expect(most).to.equal(2);
  });

  it('ignore_unreachable: the node stays, and the next task tries again', async () => {
    let tries = 0;
    const connect = async () => {
      if (++tries === 1) throw new TransportError('unreachable', 'e1: no answer');
      return createFakeLink([{ match: /[^]*/ }]);
    };
    const connector = { connect, close: async () => undefined };
    const tasks = [{ get: { key: 'a' }, ignore_unreachable: true }, { get: { key: 'b' } }];
    const playbook = JSON.stringify([{ hosts: 'e1', tasks }]);
    const { events, finished } = await runProject({ inventory: fourNodes, playbook, connector });
    expect(outcomes(events)).to.deep.equal(['e1 get ignored', 'e1 get ok']);
    expect(recap(finished, 'e1')).to.equal('ok=2 ignored=1');
  });

  it('force_handlers: what was notified before a failure is done, once', async () => {
    const play = {
      hosts: 'e1:e2',
      force_handlers: true,
      tasks: [
        { set: { key: 'a', value: '1' }, notify: 'restart' },
        { run: { say: 'x', fail_on: ['e1'] } },
        { set: { key: 'never', value: '1' }, when: 'inventory_hostname == "e1"' },
      ],
      handlers: [{ name: 'restart', set: { key: 'restarted', value: '1' } }],
    };
    const forced = await runProject({ inventory: fourNodes, playbook: JSON.stringify([play]) });
    expect(forced.world.values.get('e1/restarted')).to.equal('1');
    expect(forced.world.values.has('e1/never')).to.equal(false);
    expect(recap(forced.finished, 'e1')).to.equal('ok=2 changed=2 failed=1');
    expect(recap(forced.finished, 'e2')).to.equal('ok=3 changed=3 skipped=1');
    const usual = await runProject({
      inventory: fourNodes,
      playbook: JSON.stringify([{ ...play, force_handlers: false }]),
    });
    expect(usual.world.values.has('e1/restarted')).to.equal(false);
  });
});
