import { expect } from 'chai';
import fc from 'fast-check';
import { createFakeLink } from '../../src/transport/fake.ts';
import { runProject, outcomes } from './support.ts';
import { story } from './story.ts';
import { createWorld } from './world.ts';
import { runs } from '../properties/runs.ts';

const inventory = `
regions:
  east: { parallel: 2, nodes: { e1: { address: 10.0.0.1 }, e2: { address: 10.0.0.2 } } }
  west: { nodes: { w1: { address: 10.0.1.1 } } }
`;

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('1', '2');
const node = fc.constantFrom('e1', 'e2', 'w1');
const condition = fc.constantFrom(
  '',
  'r.value == "1"',
  'inventory_hostname == "e1"',
  'has(vars.r) && !r.changed',
);

const task = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('get'), key, when: condition, register: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('set'), key, value, when: condition, notify: fc.boolean() }),
  },
  fc.record({ kind: fc.constant('setFromRegister'), key }),
  fc.record({ kind: fc.constant('needed'), key }),
  fc.record({ kind: fc.constant('loop'), key, value }),
  fc.record({ kind: fc.constant('delegate'), key, value, node }),
  fc.record({ kind: fc.constant('once'), key, value }),
  fc.record({ kind: fc.constant('act') }),
  fc.record({
    kind: fc.constant('include'),
    key,
    value,
    when: condition,
    fixed: fc.boolean(),
    loop: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('blockLoop'), key, value, when: condition }),
);

const files = {
  'part.yml': `
- get: { key: "{{k}}" }
  register: r
- set: { key: "{{k}}", value: "{{v}}" }
  notify: h
- get: { key: b }
`,
};

type Task = typeof task extends fc.Arbitrary<infer T> ? T : never;

function yamlOf(t: Task): object {
  const when = 'when' in t && t.when !== '' ? { when: t.when } : {};
  switch (t.kind) {
    case 'get':
      return { get: { key: t.key }, ...when, ...(t.register ? { register: 'r' } : {}) };
    case 'set':
      return { set: { key: t.key, value: t.value }, ...when, ...(t.notify ? { notify: 'h' } : {}) };
    case 'setFromRegister':
      return { set: { key: t.key, value: '{{r.value}}' }, when: 'r.value != null' };
    case 'needed':
      return { get: { key: t.key, needed: true }, ignore_errors: true };
    case 'loop':
      return { set: { key: '{{item}}', value: t.value }, loop: [t.key, 'd'] };
    case 'delegate':
      return { set: { key: t.key, value: t.value }, delegate_to: t.node };
    case 'once':
      return { set: { key: t.key, value: t.value }, run_once: 'region' };
    case 'act':
      return { run: 'act' };
    case 'include': {
      const looped = t.loop ? { loop: [t.key, 'd'] } : {};
      const vars = { k: t.loop ? '{{item}}' : t.key, v: t.value, file: 'part' };
      return { include_tasks: t.fixed ? 'part.yml' : '{{file}}.yml', vars, ...when, ...looped };
    }
    case 'blockLoop': {
      const block = [
        { set: { key: '{{item}}', value: t.value } },
        { get: { key: '{{item}}' }, register: 'r' },
      ];
      return { loop: [t.key, 'a'], block, ...when };
    }
  }
}

describe('speculation', () => {
  it('never changes a result: random playbooks, with and without it', async () => {
    const property = fc.asyncProperty(
      fc.array(task, { minLength: 2, maxLength: 9 }),
      fc.constantFrom('linear', 'host_pinned'),
      fc.boolean(),
      async (tasks, strategy, check) => {
        const start = [{ get: { key: 'a' }, register: 'r' }];
        const handlers = [{ name: 'h', set: { key: 'h', value: '1' } }];
        // One node at a time: what nodes do to each other must not depend on who is quicker.
        const play = {
          hosts: 'all',
          regions: 1,
          parallel: 1,
          strategy,
          handlers,
          tasks: [...start, ...tasks.map(yamlOf)],
        };
        const playbook = JSON.stringify([play]);
        const runs = [true, false].map((speculate) =>
          runProject({ inventory, playbook, files, options: { speculate, check } }),
        );
        const [ahead, plain] = await Promise.all(runs);
        expect(story(ahead?.events ?? [])).to.deep.equal(story(plain?.events ?? []));
        expect([...(ahead?.world.values ?? [])]).to.deep.equal([...(plain?.world.values ?? [])]);
        expect(ahead?.finished.recap).to.deep.equal(plain?.finished.recap);
      },
    );
    await fc.assert(property, runs(15));
  }).timeout(20000);

  it('asks a node that is already right in one round trip', async () => {
    const delayMs = 60;
    const gets = Array.from({ length: 10 }, (_, i) => ({ get: { key: `k${i}` } }));
    const took = async (speculate: boolean, tasks: readonly object[]) => {
      const connector = {
        connect: async () => createFakeLink([{ match: /[^]*/, delayMs }]),
        close: async () => undefined,
      };
      const started = performance.now();
      await runProject({
        inventory,
        playbook: JSON.stringify([{ hosts: 'e1', tasks }]),
        connector,
        files: { 'ten.yml': JSON.stringify(gets) },
        options: { speculate },
      });
      return performance.now() - started;
    };
    expect(await took(false, gets)).to.be.at.least(10 * delayMs);
    expect(await took(true, gets)).to.be.below(5 * delayMs);
    // Also where an include of a fixed name brings them.
    const including = [{ include_tasks: 'ten.yml', when: 'region == "east"' }, { get: { key: 'last' } }];
    expect(await took(true, including)).to.be.below(5 * delayMs);
  });

  it('asks again after a change on the node', async () => {
    const world = createWorld();
    world.values.set('e1/a', 'old');
    const playbook = `
- hosts: e1
  tasks:
    - set: { key: a, value: new, ms: 20 }
    - get: { key: a }
      register: r
    - set: { key: seen, value: "{{r.value}}" }
`;
    const { events } = await runProject({ inventory, playbook, world });
    expect(world.values.get('e1/seen')).to.equal('new');
    expect(world.log.filter((l) => l === 'e1 get a')).to.have.length(2);
    expect(outcomes(events)).to.deep.equal(['e1 set changed', 'e1 get ok', 'e1 set changed']);
  });

  it('a change that another node makes here counts too', async () => {
    const world = createWorld();
    const playbook = `
- hosts: e1:e2
  parallel: 1
  tasks:
    - set: { key: x, value: "{{inventory_hostname}}", ms: 5 }
      delegate_to: e2
      when: inventory_hostname == "e1"
    - get: { key: x }
      register: r
    - set: { key: seen, value: "{{r.value}}" }
      when: r.value != null
`;
    await runProject({ inventory, playbook, world });
    expect(world.values.get('e2/seen')).to.equal('e1');
  });
});
