import { expect } from 'chai';
import type { TaskFinished } from '../../src/events/event.ts';
import { describeBothWays } from './both-ways.ts';
import { fourNodes, runProject } from './support.ts';

async function items(task: object, more: object = {}): Promise<readonly TaskFinished[]> {
  const playbook = JSON.stringify([{ hosts: 'e1', tasks: [task], ...more }]);
  const { events } = await runProject({ inventory: fourNodes, playbook });
  return events.flatMap((e) => (e.type === 'task-finished' && e.item !== undefined ? [e] : []));
}

describeBothWays('loop_control', () => {
  it('label names the items, loop_var and index_var the variables', async () => {
    const seen = await items({
      set: { key: '{{disk.path}}', value: '{{position}}' },
      loop: [{ path: 'a' }, { path: 'b' }],
      when: 'position < 5 && disk.path != "x"',
      loop_control: { loop_var: 'disk', index_var: 'position', label: 'disk {{disk.path}}' },
    });
    expect(seen.map((e) => e.item)).to.deep.equal(['disk a', 'disk b']);
    expect(seen.map((e) => e.changes[0]?.summary)).to.deep.equal(['absent → 0', 'absent → 1']);
  });

  it('registers the items under the name of the variable', async () => {
    const loop = { loop: ['a', 'b'], loop_control: { loop_var: 'disk', index_var: 'position' } };
    const tasks = [
      { set: { key: '{{disk}}', value: '1' }, register: 'all', ...loop },
      {
        set: {
          key: 'seen',
          value: '{{all.results.1.disk}} {{all.results.1.position}} {{all.results.1.ansible_loop_var}}',
        },
      },
    ];
    const playbook = JSON.stringify([{ hosts: 'e1', tasks }]);
    const { world } = await runProject({ inventory: fourNodes, playbook });
    expect(world.values.get('e1/seen')).to.equal('b 1 disk');
  });

  it('extended tells where in the loop one is', async () => {
    const seen = await items({
      set: {
        key: '{{item}}',
        value: '{{ansible_loop.index}}/{{ansible_loop.length}} {{ansible_loop.first}} {{ansible_loop.last}}',
      },
      loop: ['a', 'b'],
      loop_control: { extended: true },
    });
    expect(seen.map((e) => e.changes[0]?.summary)).to.deep.equal([
      'absent → 1/2 true false',
      'absent → 2/2 false true',
    ]);
  });

  it('pause waits between items, not before the first or after the last', async () => {
    const started = performance.now();
    await items({ set: { key: '{{item}}', value: '1' }, loop: [1, 2, 3], loop_control: { pause: 0.06 } });
    expect(performance.now() - started).to.be.within(115, 1000);
  });

  it('parallel works on several items at once, and registers them in their order', async () => {
    const playbook = JSON.stringify([
      {
        hosts: 'e1',
        tasks: [
          {
            set: { key: '{{item}}', value: 'x', ms: 60 },
            loop: ['a', 'b', 'c', 'd'],
            loop_control: { parallel: 4 },
            register: 'all',
          },
          { set: { key: 'order', value: '{{all.results.0.item}}{{all.results.3.item}}' } },
        ],
      },
    ]);
    const started = performance.now();
    const { world } = await runProject({ inventory: fourNodes, playbook, dependsOnTime: true });
    expect(performance.now() - started).to.be.below(4 * 60);
    expect(world.values.get('e1/order')).to.equal('ad');
  });

  it('two loops in one variable: the name of a loop variable is known inside variables', async () => {
    const seen = await items(
      { set: { key: '{{where}}', value: '1' }, loop: ['a'], loop_control: { loop_var: 'disk' } },
      { vars: { where: '/mnt/{{disk}}' } },
    );
    expect(seen.map((e) => e.changes[0]?.subject)).to.deep.equal(['/mnt/a']);
  });
});
