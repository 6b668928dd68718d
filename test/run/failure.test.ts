import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import * as z from 'zod';
import { defineModule } from '../../src/modules/define.ts';
import { TransportError, type Link } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { fourNodes as inventory, finishedTasks, outcomes, recap, runProject } from './support.ts';

describeBothWays('failure policy', () => {
  it('a failed node stops, the others and the other region go on', async () => {
    const playbook = `
- hosts: all
  tasks:
    - name: one
      run: { say: hi, fail_on: [e1] }
    - name: two
      set: { key: a, value: 1 }
`;
    const { events, finished } = await runProject({ inventory, playbook });
    const two = outcomes(events).filter((o) => o.includes(' two '));
    expect(two).to.have.members(['e2 two changed', 'w1 two changed', 'w2 two changed']);
    expect(recap(finished, 'e1')).to.equal('failed=1');
    expect(recap(finished, 'e2')).to.equal('ok=2 changed=2');
  });

  it('max_fail_percentage stops its own region only', async () => {
    const playbook = `
- hosts: all
  max_fail_percentage: 40
  tasks:
    - name: one
      run: { say: hi, fail_on: [e1] }
    - name: two
      set: { key: a, value: 1 }
`;
    const { events, finished } = await runProject({ inventory, playbook });
    const two = outcomes(events).filter((o) => o.includes(' two '));
    expect(two).to.have.members(['w1 two changed', 'w2 two changed']);
    const stopped = events
      .filter((e) => e.type === 'region-finished')
      .find((e) => e.region === 'east')?.stopped;
    expect(stopped).to.match(/50 % .* more than max_fail_percentage 40/);
    expect(recap(finished, 'e2')).to.equal('ok=1 changed=1');
  });

  it('at the limit, not above it, the region goes on', async () => {
    const playbook = `
- hosts: east
  max_fail_percentage: 50
  tasks:
    - run: { say: hi, fail_on: [e1] }
    - name: two
      set: { key: a, value: 1 }
`;
    const { events } = await runProject({ inventory, playbook });
    expect(outcomes(events)).to.include('e2 two changed');
  });

  it('any_errors_fatal lets the task finish everywhere in the region and stops it', async () => {
    const playbook = `
- hosts: all
  any_errors_fatal: true
  tasks:
    - name: one
      run: { say: hi, fail_on: [w1] }
    - name: two
      set: { key: a, value: 1 }
`;
    const { events } = await runProject({ inventory, playbook });
    expect(outcomes(events).filter((o) => o.includes('one'))).to.have.length(4);
    expect(outcomes(events).filter((o) => o.includes('two'))).to.have.members([
      'e1 two changed',
      'e2 two changed',
    ]);
  });

  it('an unreachable node counts as failed for the limit and keeps its own count', async () => {
    const connector = {
      connect: async (target: { name: string }) => {
        if (target.name === 'e1') throw new TransportError('timeout', 'e1: no answer', 'Is it up?');
        return createFakeLink([{ match: /[^]*/ }]);
      },
      close: async () => undefined,
    };
    const playbook = `
- hosts: all
  max_fail_percentage: 0
  tasks:
    - name: look
      get: { key: a }
    - name: two
      set: { key: a, value: 1 }
`;
    const { events, finished } = await runProject({ inventory, playbook, connector });
    expect(recap(finished, 'e1')).to.equal('unreachable=1');
    expect(outcomes(events).filter((o) => o.includes('two'))).to.have.members([
      'w1 two changed',
      'w2 two changed',
    ]);
    const failure = events.filter((e) => e.type === 'task-finished').find((e) => e.node === 'e1')?.failure;
    expect(failure).to.deep.equal({ message: 'e1: no answer', hint: 'Is it up?' });
  });

  it('a failed node has no part in later plays; a region that is stopped neither', async () => {
    const playbook = `
- hosts: all
  any_errors_fatal: true
  tasks:
    - run: { say: hi, fail_on: [e1] }
- hosts: all
  tasks:
    - name: later
      set: { key: a, value: 1 }
`;
    const { events } = await runProject({ inventory, playbook });
    expect(outcomes(events).filter((o) => o.includes('later'))).to.have.members([
      'w1 later changed',
      'w2 later changed',
    ]);
  });

  it('when all nodes of a play failed, the region has no part in later plays, as in Ansible', async () => {
    const playbook = `
- hosts: e1,w1
  tasks:
    - name: prepare
      run: { say: hi, fail_on: [e1] }
- hosts: all
  tasks:
    - name: later
      set: { key: a, value: 1 }
`;
    const { events, finished } = await runProject({ inventory, playbook });
    expect(outcomes(events).filter((o) => o.includes('later'))).to.have.members([
      'w1 later changed',
      'w2 later changed',
    ]);
    expect(finished.recap.map(({ node }) => node)).to.include('e2');
  });

  it('failed_when: false makes ok of a failure, changed only of what had begun to act', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - { name: one, run: { say: hi, rc: 3 }, failed_when: false }
    - { name: two, run: { say: hi, rc: 3 }, failed_when: false, changed_when: false }
    - { name: three, fail: { msg: no }, failed_when: false }
    - { name: four, run: { say: hi, rc: 3 }, ignore_errors: true, changed_when: false }
    - { name: five, run: { say: hi, rc: '{{item}}' }, loop: [3, 0], ignore_errors: true }
`;
    const { events, finished } = await runProject({ inventory, playbook });
    expect(outcomes(events).filter((o) => !o.includes('('))).to.deep.equal([
      'e1 one changed',
      'e1 two ok',
      'e1 three ok',
      'e1 four ignored',
      'e1 five ignored',
    ]);
    expect(recap(finished, 'e1')).to.equal('ok=5 changed=2 ignored=2');
  });

  it('when all of a batch failed the next batch is not begun', async () => {
    const playbook = `
- hosts: east
  serial: 1
  tasks:
    - name: one
      run: { say: hi, fail_on: [e1] }
`;
    const { events } = await runProject({ inventory, playbook });
    expect(outcomes(events)).to.deep.equal(['e1 one failed']);
  });

  it('ignore_errors counts as ok and ignored and goes on', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - name: one
      run: { say: hi, rc: 3 }
      ignore_errors: true
      register: r
    - name: two
      set: { key: rc, value: "{{r.rc}}" }
      when: r.failed
`;
    const { events, finished, world } = await runProject({ inventory, playbook });
    expect(outcomes(events)).to.deep.equal(['e1 one ignored', 'e1 two changed']);
    // As Ansible counts: what a command that failed has changed cannot be known.
    expect(recap(finished, 'e1')).to.equal('ok=2 changed=2 ignored=1');
    expect(world.values.get('e1/rc')).to.equal('3');
  });

  it('a bug in a module is a failure of that task, not of the run', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - name: one
      get: { key: a, lost: e9 }
    - name: two
      set: { key: a, value: 1 }
- hosts: w1
  tasks:
    - name: three
      run: hello
`;
    const connector = { connect: () => Promise.reject(new Error('boom')), close: async () => undefined };
    const { events } = await runProject({ inventory, playbook, connector });
    expect(outcomes(events)).to.deep.equal(['e1 one failed', 'w1 three changed']);
    const failure = events.filter((e) => e.type === 'task-finished')[0]?.failure;
    expect(failure?.message).to.equal('internal error in module "get": boom');
    expect(failure?.hint).to.match(/at \/\S+failure\.test\.ts:\d+:\d+; please report/);
  });

  it('check has no way to write, even for a module that no compiler has seen', async () => {
    const careless = defineModule({
      name: 'careless',
      summary: 's',
      args: z.strictObject({}),
      returns: z.object({}),
      check: (node) =>
        (node as NodeWriter).writeFile('/etc/x', 'x').then(() => ({ changes: [], result: {} })),
      apply: () => Promise.resolve({}),
    });
    const playbook = '- hosts: e1\n  tasks: [{ careless: {} }]\n';
    const { events } = await runProject({ inventory, playbook, modules: [careless] });
    expect(finishedTasks(events)[0]?.failure?.message).to.include('writeFile is not a function');
  });
});

describeBothWays('interruption', () => {
  it('starts no new task and says so', async () => {
    const controller = new AbortController();
    const playbook = `
- hosts: all
  tasks:
    - name: one
      set: { key: a, value: 1, ms: 30 }
    - name: two
      set: { key: b, value: 1 }
`;
    const { events, finished } = await runProject({
      inventory,
      playbook,
      options: { signal: controller.signal, forks: 2 },
      onEvent: (e) => e.type === 'node-task-started' && controller.abort(),
    });
    expect(finished.interrupted).to.equal(true);
    expect(outcomes(events).every((o) => o.includes(' one '))).to.equal(true);
    expect(outcomes(events)).to.have.length(1);
  });

  const slowLink = (log: string[]) => ({
    ...createFakeLink([{ match: /[^]*/ }]),
    interrupt: async () => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      log.push('ended');
    },
    close: async () => {
      log.push('closed');
    },
  });

  it('keeps the connections until what ran on the nodes has been ended', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const ran = await runProject({
      inventory: 'regions: { r: { nodes: { n1: { address: 10.0.0.1 } } } }',
      playbook: '- hosts: all\n  tasks: [{ command: echo }]\n',
      options: { signal: controller.signal },
      connector: { connect: async () => slowLink(log), close: async () => undefined },
      onEvent: (e) => e.type === 'node-connected' && controller.abort(),
    });
    expect(ran.finished.interrupted).to.equal(true);
    expect(log).to.deep.equal(['ended', 'closed']);
  });

  it('does not wait for a connection that is still being opened, and lets go of it when it comes', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    let open: (link: Link) => void = () => undefined;
    const ran = await runProject({
      inventory: 'regions: { r: { nodes: { n1: { address: 10.0.0.1 } } } }',
      playbook: '- hosts: all\n  tasks: [{ ping: {} }]\n',
      options: { signal: controller.signal },
      connector: {
        connect: () => {
          setTimeout(() => controller.abort(), 5);
          return new Promise((resolve) => (open = resolve));
        },
        close: async () => undefined,
      },
    });
    expect(ran.finished.interrupted).to.equal(true);
    expect(finishedTasks(ran.events)[0]?.failure?.message).to.equal('n1: interrupted');
    open(slowLink(log));
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).to.deep.equal(['closed']);
  });
});
