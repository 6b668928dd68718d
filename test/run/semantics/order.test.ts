import { expect } from 'chai';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes, planProject, runProject } from '../support.ts';

const inventory = `
limits: { metadb: 1 }
regions:
  east: { nodes: { e2: {}, e10: {}, e1: {} } }
  west: { nodes: { w1: {}, w2: {} } }
`;

const nodesOf = (playbook: string): string[][] =>
  planProject({ inventory, playbook }).plan.plays[0]?.regions.map(({ batches }) => [...batches.flat()]) ?? [];

describe('order', () => {
  const cases: [string, string[]][] = [
    ['inventory', ['e2', 'e10', 'e1', 'w1', 'w2']],
    ['sorted', ['e1', 'e10', 'e2', 'w1', 'w2']],
    ['reverse_sorted', ['e2', 'e10', 'e1', 'w2', 'w1']],
    ['reverse_inventory', ['e1', 'e10', 'e2', 'w2', 'w1']],
    ['reverse', ['w2', 'w1', 'e1', 'e10', 'e2']],
    ['{ regions: reverse, nodes: sorted }', ['w1', 'w2', 'e1', 'e10', 'e2']],
    ['{ regions: reverse }', ['w1', 'w2', 'e2', 'e10', 'e1']],
  ];
  for (const [order, expected] of cases) {
    it(order, () => expect(nodesOf(`- hosts: all\n  order: ${order}\n`).flat()).to.deep.equal(expected));
  }

  it('shuffle keeps each node in its region', () => {
    const [east = [], west = []] = nodesOf('- hosts: all\n  order: shuffle\n');
    expect(east.toSorted()).to.deep.equal(['e1', 'e10', 'e2']);
    expect(west.toSorted()).to.deep.equal(['w1', 'w2']);
  });

  it('says which words there are', () => {
    const { problems } = planProject({ inventory, playbook: '- hosts: all\n  order: { nodes: sort }\n' });
    expect(problems[0]?.detail).to.match(/"nodes" of "order" must be one of .* Did you mean "sorted"/);
  });
});

describeBothWays('strategy free', () => {
  it('lets each node go on by itself, and flush its handlers', async () => {
    const two = `regions: { r: { nodes: { a: { vars: { wait: 40 } }, b: { vars: { wait: 1 } } } } }`;
    const playbook = `
- hosts: all
  strategy: free
  handlers: [{ name: h, run: h }]
  pre_tasks:
    - set: { key: a, value: 1, ms: "{{wait}}" }
      notify: h
  tasks:
    - set: { key: b, value: 1 }
`;
    const { world } = await runProject({ inventory: two, playbook });
    expect(world.log).to.deep.equal([
      'b set a=1',
      'b run h',
      'b set b=1',
      'a set a=1',
      'a run h',
      'a set b=1',
    ]);
  });

  it('begins on all nodes of a batch, and works on no more than parallel of them at once', async () => {
    const five = `regions: { r: { parallel: 2, nodes: { "n[1:5]": {} } } }`;
    const playbook = `
- hosts: all
  strategy: free
  tasks:
    - name: one
      set: { key: a, value: 1, ms: 2 }
    - name: two
      set: { key: b, value: 1, ms: 2 }
`;
    const { events } = await runProject({ inventory: five, playbook });
    let now = 0;
    let most = 0;
    for (const event of events) {
      if (event.type === 'node-task-started') most = Math.max(most, ++now);
      if (event.type === 'task-finished') now -= 1;
    }
    expect(most).to.equal(2);
    const log = events.filter((e) => e.type === 'task-finished').map((e) => e.name);
    // Nobody has to be through before the last node has its turn.
    expect(log.slice(0, 4)).to.deep.equal(['one', 'one', 'one', 'one']);
  });

  it('run_once is once all the same', async () => {
    const playbook = '- hosts: all\n  strategy: free\n  tasks:\n    - run: once\n      run_once: true\n';
    expect((await runProject({ inventory: fourNodes, playbook })).world.log).to.have.length(1);
  });
});

describeBothWays('sync', () => {
  const uneven = `
regions:
  east: { nodes: { e1: { vars: { ms: 1 } }, e2: { vars: { ms: 10 } } } }
  west: { nodes: { w1: { vars: { ms: 20 } } } }
`;
  const playbook = (who: string, strategy: string): string => `
- hosts: all
  strategy: ${strategy}
  tasks:
    - set: { key: a, value: 1, ms: "{{ms}}" }
    - set: { key: b, value: 1 }
      sync: ${who}
`;

  for (const strategy of ['linear', 'host_pinned', 'free']) {
    it(`region: the nodes of a region wait for each other (${strategy})`, async () => {
      const { world } = await runProject({ inventory: uneven, playbook: playbook('region', strategy) });
      expect(world.log.slice(0, 2)).to.deep.equal(['e1 set a=1', 'e2 set a=1']);
      expect(world.log.slice(2, 4)).to.have.members(['e1 set b=1', 'e2 set b=1']);
    });

    it(`all: the regions wait for each other (${strategy})`, async () => {
      const { world } = await runProject({ inventory: uneven, playbook: playbook('all', strategy) });
      expect(world.log.map((line) => line.slice(3))).to.deep.equal([
        ...Array<string>(3).fill('set a=1'),
        ...Array<string>(3).fill('set b=1'),
      ]);
    });

    it(`nobody waits for those that failed, nor for regions that are through (${strategy})`, async () => {
      const hard = `
- hosts: all
  strategy: ${strategy}
  serial: 1
  tasks:
    - run: { say: try, fail_on: [e2] }
    - block:
        - run: { say: again, fail_on: [w1] }
      rescue:
        - run: only here
          sync: all
    - set: { key: b, value: 1 }
      sync: all
`;
      const { world } = await runProject({ inventory: uneven, playbook: hard });
      const last = world.log.filter((line) => line.includes('set'));
      expect(last).to.have.members(['e1 set b=1', 'w1 set b=1']);
      expect(world.log).to.include('w1 run only here');
    });
  }

  it('lets go of those who wait when the play is ended, or the run is interrupted', async () => {
    const ended = `
- hosts: all
  strategy: free
  tasks:
    - meta: end_play
      when: inventory_hostname == "w1"
    - run: never
      sync: all
- hosts: e1
  tasks: [{ run: later }]
`;
    expect((await runProject({ inventory: uneven, playbook: ended })).world.log).to.deep.equal([
      'e1 run later',
    ]);
    const abort = new AbortController();
    const waiting = `
- hosts: all
  limits: { one: 1 }
  tasks:
    - { set: { key: a, value: 1, ms: 5 }, limit: one }
    - { set: { key: b, value: 1 }, sync: all }
`;
    const { finished, world } = await runProject({
      inventory: uneven,
      playbook: waiting,
      options: { signal: abort.signal },
      onEvent: ({ type }) => (type === 'node-task-started' ? abort.abort() : undefined),
      dependsOnTime: true,
    });
    expect(finished.interrupted).to.equal(true);
    expect(world.log.filter((line) => line.includes('set b'))).to.deep.equal([]);
  });

  it('is refused where it could never be met', () => {
    const wrong = (play: string, tasks: string): string =>
      planProject({
        inventory: `limits: { db: 1 }\nregions: { east: { parallel: 1, nodes: { "e[1:2]": {} } }, west: { nodes: { w1: {} } } }`,
        playbook: `- hosts: all\n${play}  tasks:\n${tasks}`,
      })
        .problems.map(({ at, detail }) => `${at?.line} ${detail}`)
        .join('\n');
    const ping = '    - ping:\n      sync: all\n';
    expect(wrong('', ping)).to.equal('');
    expect(wrong('  regions: 1\n', ping)).to.match(/4 All 2 regions .* only 1 run at once/);
    expect(wrong('  strategy: host_pinned\n', ping)).to.match(/only 1 of region east are under way/);
    expect(wrong('  strategy: host_pinned\n  serial: 1\n', ping)).to.equal('');
    const capped = planProject({
      inventory: uneven,
      playbook: '- hosts: all\n  tasks:\n    - ping:\n      sync: all\n',
      options: { regionsAtOnce: 1 },
    });
    expect(capped.problems[0]?.detail).to.match(/All 2 regions .* only 1 run at once. .*--regions/);
    const inBlock = '    - limit: db\n      block:\n        - ping:\n          sync: region\n';
    expect(wrong('', inBlock)).to.match(/6 A block around holds the limit db/);
    expect(wrong('', '    - ping:\n      sync: never\n')).to.match(/one of region, all/);
  });
});
