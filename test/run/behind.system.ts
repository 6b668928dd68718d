import { expect } from 'chai';
import fc from 'fast-check';
import { lookModule, orderedNodes, putModule } from './ordered-node.ts';
import { outcomes, runProject } from './support.ts';
import { story } from './story.ts';
import { runs } from '../properties/runs.ts';

const inventory = `
regions:
  east: { nodes: { e1: { address: 10.0.0.1 }, e2: { address: 10.0.0.2 } } }
`;
const modules = [putModule, lookModule];

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('1', '2');
const user = fc.option(fc.constantFrom('root', 'admin'), { nil: undefined });

const task = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put'), key, value, also: fc.option(key), user }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('look'), key, user }) },
  fc.record({ kind: fc.constant('loop'), key, value, user }),
  fc.record({ kind: fc.constant('same'), key }),
  fc.record({ kind: fc.constant('refused'), key }),
  fc.record({ kind: fc.constant('delegate'), key, value }),
);
type Task = typeof task extends fc.Arbitrary<infer T> ? T : never;

function yamlOf(t: Task): object {
  const become =
    'user' in t && t.user !== undefined ? { become: true, become_user: t.user } : { become: false };
  switch (t.kind) {
    case 'put':
      return { put: { key: t.key, value: t.value, ...(t.also === null ? {} : { also: t.also }) }, ...become };
    case 'look':
      return { look: { key: t.key }, register: 'r', ...become };
    case 'loop':
      return { put: { key: '{{item}}', value: t.value }, loop: [t.key, 'd', 'a'], ...become };
    case 'same':
      return { put: { key: t.key, value: '{{r.value}}' } };
    case 'refused':
      return { put: { key: t.key, value: 'refused' }, ignore_errors: true };
    case 'delegate':
      return { put: { key: t.key, value: t.value }, delegate_to: 'e2' };
  }
}

async function both(tasks: readonly object[], delay: () => number, check = false) {
  const playbook = JSON.stringify([{ hosts: 'all', parallel: 1, tasks }]);
  const run = async (speculate: boolean) => {
    const nodes = orderedNodes(delay);
    const { connector } = nodes;
    const ran = await runProject({ inventory, playbook, modules, connector, options: { speculate, check } });
    return { ...nodes, ...ran };
  };
  return Promise.all([run(true), run(false)]);
}

describe('looks sent behind a write', () => {
  it('never change a result: random playbooks over shells that act in order', async () => {
    const property = fc.asyncProperty(
      fc.array(task, { minLength: 2, maxLength: 9 }),
      fc.boolean(),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 7 }),
      async (tasks, check, delays) => {
        let i = 0;
        const delay = () => delays[i++ % delays.length] ?? 0;
        const start = { look: { key: 'a' }, register: 'r' };
        const [ahead, plain] = await both([start, ...tasks.map(yamlOf)], delay, check);
        expect(story(ahead.events)).to.deep.equal(story(plain.events));
        expect([...ahead.values].sort()).to.deep.equal([...plain.values].sort());
        expect(ahead.finished.recap).to.deep.equal(plain.finished.recap);
      },
    );
    await fc.assert(property, runs(15));
  }).timeout(20000);

  it('take one round trip for each task that changes, and the looks themselves', async () => {
    const tasks = ['a', 'b', 'c', 'd'].map((name) => ({ put: { key: name, value: '1' } }));
    const [ahead, plain] = await both(tasks, () => 0);
    expect(ahead.log.filter((line) => line.startsWith('e1'))).to.deep.equal([
      // All were looked at before the first change, which made those looks worthless.
      ...['e1 get a', 'e1 get b', 'e1 get c', 'e1 get d'],
      ...['e1 put a 1', 'e1 get b', 'e1 put b 1', 'e1 get c', 'e1 put c 1', 'e1 get d', 'e1 put d 1'],
    ]);
    expect(plain.log.filter((line) => line.startsWith('e1'))).to.have.length(8);
  });

  it('do not count when the write went through the shell of another user', async () => {
    const tasks = [
      { put: { key: 'a', value: '1' }, become: true },
      { look: { key: 'a' }, register: 'seen' },
      { put: { key: 'b', value: '{{seen.value}}' } },
    ];
    const [ahead] = await both(tasks, () => 3);
    expect(ahead.values.get('e1/b')).to.equal('1');
  });

  it('do not count when the task goes on writing', async () => {
    const tasks = [
      { put: { key: 'a', value: '1', also: 'b' } },
      { look: { key: 'b' }, register: 'seen' },
      { put: { key: 'c', value: '{{seen.value}}' } },
    ];
    const [ahead] = await both(tasks, () => 1);
    expect(ahead.values.get('e1/c')).to.equal('1');
    expect(outcomes(ahead.events).filter((line) => line.startsWith('e1'))).to.deep.equal([
      'e1 put changed',
      'e1 look ok',
      'e1 put changed',
    ]);
  });
});

describe('looks behind a task that waits', () => {
  it('are asked when it is through', async () => {
    const tasks = [
      { look: { key: 'a' }, register: 'r', until: 'r.value == "1"', retries: 3, delay: 0 },
      { look: { key: 'b' }, register: 'seen' },
      { put: { key: 'c', value: '{{seen.value}}' } },
    ];
    const nodes = orderedNodes(() => 0);
    // The node comes right by itself, while the task waits for it.
    const seen = { times: 0 };
    const get = nodes.values.get.bind(nodes.values);
    nodes.values.get = (name) => {
      if (name === 'e1/a' && ++seen.times === 3) {
        nodes.values.set('e1/a', '1');
        nodes.values.set('e1/b', 'ready');
      }
      return get(name);
    };
    const playbook = JSON.stringify([{ hosts: 'e1', tasks }]);
    await runProject({ inventory, playbook, modules, connector: nodes.connector });
    expect(nodes.values.get('e1/c')).to.equal('ready');
  });
});
