import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { runProject } from './support.ts';

const inventory = `
regions:
  east: { parallel: 2, nodes: { "e[1:5]": { address: "10.0.0.[1:5]" } } }
  west: { parallel: 3, nodes: { "w[1:5]": { address: "10.0.1.[1:5]" } } }
  north: { nodes: { "n[1:5]": { address: "10.0.2.[1:5]" } } }
`;

interface Peaks {
  readonly total: number;
  readonly byRegion: Readonly<Record<string, number>>;
  readonly regions: number;
}

/** The most node tasks, and the most regions, that were ever open at once, from the events alone. */
function peaks(events: readonly RunEvent[]): Peaks {
  const open = new Map<string, number>();
  const most: Record<string, number> = {};
  let total = 0;
  let now = 0;
  let regions = 0;
  let regionsNow = 0;
  for (const event of events) {
    if (event.type === 'region-started') regions = Math.max(regions, ++regionsNow);
    if (event.type === 'region-finished') regionsNow -= 1;
    if (event.type === 'node-task-started') {
      open.set(event.region, (open.get(event.region) ?? 0) + 1);
      most[event.region] = Math.max(most[event.region] ?? 0, open.get(event.region) ?? 0);
      total = Math.max(total, ++now);
    }
    if (event.type === 'task-finished' && event.item === undefined) {
      open.set(event.region, (open.get(event.region) ?? 0) - 1);
      now -= 1;
    }
  }
  return { total, byRegion: most, regions };
}

const tasks = `
  tasks:
    - set: { key: a, value: 1, ms: 5 }
    - set: { key: b, value: 1, ms: 5 }
    - set: { key: c, value: 1, ms: 5 }
`;

for (const strategy of ['linear', 'host_pinned']) {
  describe(`limits, strategy ${strategy}`, () => {
    it("holds each region's parallel and the forks, and uses them", async () => {
      const playbook = `- hosts: all\n  strategy: ${strategy}\n${tasks}`;
      const { events } = await runProject({ inventory, playbook, options: { forks: 7 } });
      const { total, byRegion, regions } = peaks(events);
      expect(byRegion['east']).to.equal(2);
      expect(byRegion['west']).to.equal(3);
      expect(total).to.be.at.most(7).and.at.least(6);
      expect(regions).to.equal(3);
    });

    it('holds forks below every other limit', async () => {
      const playbook = `- hosts: all\n  strategy: ${strategy}\n${tasks}`;
      const { events, finished } = await runProject({ inventory, playbook, options: { forks: 1 } });
      expect(peaks(events).total).to.equal(1);
      expect(finished.recap.every((r) => r.changed === 3)).to.equal(true);
    });

    it('works on so many regions at once', async () => {
      const playbook = `- hosts: all\n  regions: 2\n  strategy: ${strategy}\n${tasks}`;
      const { events } = await runProject({ inventory, playbook });
      expect(peaks(events).regions).to.equal(2);
      const capped = await runProject({ inventory, playbook, options: { regionsAtOnce: 1 } });
      expect(peaks(capped.events).regions).to.equal(1);
    });

    it('lets a play lower parallel, never raise it', async () => {
      const playbook = `- hosts: all\n  parallel: 1\n  strategy: ${strategy}\n${tasks}`;
      expect(peaks((await runProject({ inventory, playbook })).events).byRegion['west']).to.equal(1);
      const high = `- hosts: all\n  parallel: 9\n  strategy: ${strategy}\n${tasks}`;
      expect(peaks((await runProject({ inventory, playbook: high })).events).byRegion['west']).to.equal(3);
    });

    it('finishes a batch of serial before the next one begins', async () => {
      const playbook = `- hosts: east\n  serial: [1, 50%]\n  strategy: ${strategy}\n${tasks}`;
      const { events } = await runProject({ inventory, playbook });
      const batches = events.filter((e) => e.type === 'batch-started').map((e) => e.nodes);
      expect(batches).to.deep.equal([['e1'], ['e2', 'e3'], ['e4', 'e5']]);
      const order = events.filter((e) => e.type === 'node-task-started').map((e) => e.node);
      expect(order.slice(0, 3)).to.deep.equal(['e1', 'e1', 'e1']);
      expect(new Set(order.slice(3, 9))).to.deep.equal(new Set(['e2', 'e3']));
    });
  });
}

describeBothWays('regions', () => {
  it('a slow one does not hold back a fast one', async () => {
    const slow = `
regions:
  slow: { nodes: { s1: { address: 10.0.0.1, vars: { wait: 150 } } } }
  fast: { nodes: { f1: { address: 10.0.0.2, vars: { wait: 1 } } } }
`;
    const playbook = `
- hosts: all
  tasks:
    - set: { key: a, value: 1, ms: "{{wait}}" }
    - set: { key: b, value: 1, ms: "{{wait}}" }
`;
    const { events } = await runProject({ inventory: slow, playbook });
    const ends = events.filter((e) => e.type === 'region-finished').map((e) => e.region);
    expect(ends).to.deep.equal(['fast', 'slow']);
    const slowFirst = events.findIndex((e) => e.type === 'task-finished' && e.node === 's1');
    const fastLast = events.findLastIndex((e) => e.type === 'task-finished' && e.node === 'f1');
    expect(fastLast).to.be.lessThan(slowFirst);
  });

  it('linear keeps the nodes of a region in step', async () => {
    const playbook = `- hosts: north\n${tasks}`;
    const { events } = await runProject({ inventory, playbook });
    const keys = events.filter((e) => e.type === 'node-task-started').map((e) => e.task);
    expect(keys).to.deep.equal([...keys].sort((a, b) => a - b));
  });

  it('host_pinned lets a fast node go ahead', async () => {
    const two = `regions: { r: { nodes: { a: { vars: { wait: 60 } }, b: { vars: { wait: 1 } } } } }`;
    const playbook = `
- hosts: all
  strategy: host_pinned
  tasks:
    - set: { key: a, value: 1, ms: "{{wait}}" }
    - set: { key: b, value: 1, ms: "{{wait}}" }
`;
    const { world } = await runProject({ inventory: two, playbook });
    expect(world.log).to.deep.equal(['b set a=1', 'b set b=1', 'a set a=1', 'a set b=1']);
  });

  it('are started in the order that is asked for', async () => {
    const order = async (word: string) => {
      const playbook = `- hosts: all\n  regions: 1\n  order: ${word}\n${tasks}`;
      const { events } = await runProject({ inventory, playbook });
      return events.filter((e) => e.type === 'region-started').map((e) => e.region);
    };
    expect(await order('inventory')).to.deep.equal(['east', 'west', 'north']);
    expect(await order('reverse')).to.deep.equal(['north', 'west', 'east']);
  });
});
