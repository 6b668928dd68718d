import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import * as z from 'zod';
import type { NodeProfile, PhaseTimes, TaskProfile } from '../../src/events/profile.ts';
import { defineModule } from '../../src/modules/define.ts';
import type { Connector } from '../../src/transport/contract.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { finishedTasks, fourNodes, runProject, type Project } from './support.ts';
import { story } from './story.ts';

const oneNode = 'regions: { east: { nodes: { e1: { address: 10.0.0.1 } } } }\n';
const twoNodes = `
regions:
  east: { parallel: 1, nodes: { e1: { address: 10.0.0.1 }, e2: { address: 10.0.0.2 } } }
`;

/** Timers may fire a little early. No test says how late: the machine may be busy. */
const EARLY = 2;

function slow(ms: {
  readonly connect?: number;
  readonly answer?: number;
  readonly upload?: number;
}): Connector {
  return {
    connect: async () => {
      await sleep(ms.connect ?? 0);
      return createFakeLink([{ match: /[^]*/, ...(ms.answer === undefined ? {} : { delayMs: ms.answer }) }], {
        onUpload: () => sleep(ms.upload ?? 0),
      });
    },
    close: async () => undefined,
  };
}

/** Sends a file so large that it goes by an upload, and works a while before. */
const send = defineModule({
  name: 'send',
  summary: 'sends a large file',
  args: z.strictObject({ ms: z.number().describe('how long it works before') }),
  returns: z.object({}),
  check: async () => ({ changes: [{ subject: 'file', summary: 'absent → sent' }], result: {} }),
  apply: async (node, { ms }) => {
    await sleep(ms);
    await node.writeFile('/tmp/x', Buffer.alloc(100_000));
    return {};
  },
});

async function profiled(project: Project) {
  const ran = await runProject({ ...project, options: { profile: true, ...project.options } });
  const nodes = new Map(ran.events.filter((e) => e.type === 'node-profile').map((e) => [e.node, e]));
  return {
    ...ran,
    nodes,
    tasks: finishedTasks(ran.events).map((e) => ({ ...e, profile: given(e.profile) })),
  };
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it was not measured');
  return value;
}

function sum(phases: PhaseTimes): number {
  return Object.values<number>({ ...phases }).reduce((a, b) => a + b, 0);
}

/** What is counted twice would make the phases more than the time. */
function expectWhole({ startMs, endMs, phases }: TaskProfile): void {
  expect(sum(phases)).to.be.closeTo(endMs - startMs, 0.01);
}

const aheadOf = (node: NodeProfile | undefined) => given(node).ahead;

describe('profile of a run', () => {
  it('is not there when nobody asked for it', async () => {
    const playbook = '- hosts: all\n  tasks: [{ get: { key: a } }]\n';
    const { events } = await runProject({ inventory: fourNodes, playbook });
    expect(events.filter((e) => e.type === 'node-profile' || 'profile' in e)).to.deep.equal([]);
  });

  it('changes nothing else in the events', async () => {
    const playbook = `
- hosts: all
  tasks:
    - set: { key: a, value: 1 }
      notify: h
    - set: { key: "{{item}}", value: 2 }
      loop: [x, y]
    - get: { key: b, needed: true }
      ignore_errors: true
    - run: act
      run_once: true
  handlers: [{ name: h, set: { key: h, value: 1 } }]
`;
    const plain = await runProject({ inventory: fourNodes, playbook });
    const { events } = await profiled({ inventory: fourNodes, playbook });
    const same = events
      .filter((e) => e.type !== 'node-profile')
      .map((e) => {
        const { profile: _, ...rest } = { profile: undefined, ...e };
        return rest;
      });
    expect(story(same)).to.deep.equal(story(plain.events));
    const ends = events.slice(-5).map((e) => e.type);
    expect(ends).to.deep.equal([...Array<string>(4).fill('node-profile'), 'run-finished']);
  });

  it('tells waiting for a place from work, and opening the connection from looking', async () => {
    const playbook = '- hosts: all\n  tasks: [{ get: { key: a, ms: 30 } }, { get: { key: b } }]\n';
    const connector = slow({ connect: 40, answer: 30 });
    const { tasks, nodes } = await profiled({
      inventory: twoNodes,
      playbook,
      connector,
      options: { speculate: false },
    });
    const [first, second, third] = tasks.map((task) => task.profile);
    for (const task of tasks) expectWhole(task.profile);
    expect(first?.phases.connectMs).to.be.at.least(10 - EARLY);
    expect(first?.phases.checkMs).to.be.at.least(30 - EARLY);
    expect(second?.phases.waitMs).to.be.at.least(60 - EARLY);
    expect(third?.phases).to.include({ connectMs: 0, applyMs: 0, transferMs: 0, pauseMs: 0 });
    const e1 = given(nodes.get('e1'));
    expect(e1.region).to.equal('east');
    expect(e1.connection?.connectMs).to.be.at.least(40 - EARLY);
    const own = tasks.filter((task) => task.node === 'e1').map((task) => task.profile.phases.checkMs);
    expect(e1.phases.checkMs).to.be.closeTo(own.reduce((a, b) => a + b), 0.01); // prettier-ignore
  });

  it('tells large files from the rest of the work, and pauses from tries', async () => {
    const playbook = `
- hosts: all
  tasks:
    - send: { ms: 20 }
    - get: { key: none, needed: true }
      retries: 2
      delay: 0.03
      ignore_errors: true
`;
    const connector = slow({ upload: 40 });
    const { tasks } = await profiled({ inventory: oneNode, playbook, modules: [send], connector });
    const [sent, tried] = tasks.map((task) => task.profile);
    expect(sent?.phases.transferMs).to.be.at.least(40 - EARLY);
    expect(sent?.phases.applyMs).to.be.at.least(20 - EARLY);
    expect(tried?.phases.pauseMs).to.be.at.least(60 - EARLY);
    expect(tried?.spans.filter((span) => span.phase === 'pause')).to.have.length(2);
    expect(tried?.spans.filter((span) => span.phase === 'check')).to.have.length(3);
    for (const task of tasks) expectWhole(task.profile);
    const [apply, transfer] = ['apply', 'transfer'].map((p) => sent?.spans.find((span) => span.phase === p));
    expect(transfer?.startMs).to.be.at.least(apply?.startMs ?? Infinity);
  });

  it('gives the times of a loop to its items, and their sum to the whole', async () => {
    const playbook = `
- hosts: all
  tasks:
    - set: { key: "{{item}}", value: 1, ms: 15 }
      loop: [a, b]
`;
    const { events, tasks, nodes } = await profiled({ inventory: oneNode, playbook });
    const items = events.filter((e) => e.type === 'task-finished' && e.item !== undefined);
    const parts = items.map((e) => given('profile' in e ? e.profile : undefined));
    const whole = given(tasks[0]?.profile);
    expect(parts).to.have.length(2);
    for (const part of [...parts, whole]) expectWhole(part);
    expect(parts.every((part) => part.phases.applyMs >= 15 - EARLY)).to.equal(true);
    expect(whole.phases.applyMs).to.be.closeTo(parts.reduce((ms, part) => ms + part.phases.applyMs, 0), 0.01); // prettier-ignore
    expect(whole.spans.map((span) => span.phase)).to.deep.equal(['wait']);
    expect(whole.ahead).to.equal(undefined);
    expect(parts.every((part) => part.startMs >= whole.startMs && part.endMs <= whole.endMs)).to.equal(true);
    // The node has them once.
    expect(nodes.get('e1')?.phases.applyMs).to.be.closeTo(whole.phases.applyMs, 0.01);
  });

  it('counts what looks ahead were good for', async () => {
    const playbook = `
- hosts: all
  tasks:
    - get: { key: a }
    - get: { key: b }
    - set: { key: "{{k}}", value: 1 }
    - get: { key: c }
    - set_fact: { k: other }
      when: false
`;
    const { tasks, nodes } = await profiled({
      inventory: oneNode,
      playbook,
      extra: { k: 'key' },
      options: { speculate: true },
    });
    const { asked, used, changedSince, otherArguments, unused, notAsked } = aheadOf(nodes.get('e1'));
    expect(used + changedSince + otherArguments + unused).to.equal(asked);
    expect(tasks.slice(0, 3).map((task) => task.profile.ahead)).to.deep.equal(['not-asked', 'used', 'used']);
    // What was changed in between made the answer about c worthless: it was asked anew.
    expect(changedSince + unused).to.be.at.least(1);
    const counts = tasks.map((task) => task.profile.ahead);
    expect(counts.filter((ahead) => ahead === 'used')).to.have.length(used);
    expect(counts.filter((ahead) => ahead === 'not-asked')).to.have.length(notAsked);
    // Skipped: there was nothing to look at.
    expect(tasks.at(-1)?.profile.ahead).to.equal(undefined);
  });

  it('counts one round trip for looks that travel together, and as many as looks without speculation', async () => {
    const gets = Array.from({ length: 8 }, (_, i) => `    - get: { key: k${i} }\n`).join('');
    const trips = async (speculate: boolean) => {
      const connector = slow({ answer: 5 });
      const playbook = `- hosts: all\n  tasks:\n${gets}`;
      const { nodes } = await profiled({ inventory: oneNode, playbook, connector, options: { speculate } });
      return given(nodes.get('e1')?.connection);
    };
    expect(await trips(true)).to.include({ roundTrips: 1, requests: 8 });
    const plain = await trips(false);
    expect(plain).to.include({ roundTrips: 8, requests: 8 });
  });

  it('says of a node that cannot be reached how long that took, and that it never was', async () => {
    const connector: Connector = {
      connect: async () => {
        await sleep(20);
        throw new Error('no route');
      },
      close: async () => undefined,
    };
    const playbook = '- hosts: all\n  tasks: [{ get: { key: a } }]\n';
    const { tasks, nodes } = await profiled({ inventory: oneNode, playbook, connector });
    expect(tasks[0]?.profile.phases.connectMs).to.be.at.least(20 - EARLY);
    expect(nodes.get('e1')).to.not.have.property('connection');
  });

  it('knows the node that a task is delegated to, though it has no task of its own', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - get: { key: a }
      delegate_to: e2
`;
    const { nodes } = await profiled({ inventory: twoNodes, playbook });
    expect(nodes.get('e2')?.connection).to.include({ requests: 1, roundTrips: 1 });
    expect(sum(given(nodes.get('e2')).phases)).to.equal(0);
    expect(nodes.get('e1')?.connection).to.equal(undefined);
  });
});
