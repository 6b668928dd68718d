import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { fourNodes as inventory, outcomes, recap, runProject } from './support.ts';

const one = `regions: { r: { nodes: { n1: { address: 10.0.0.1 } } } }`;
const two = `regions: { r: { nodes: { n1: { address: 10.0.0.1 }, n2: { address: 10.0.0.2 } } } }`;

describeBothWays('run_once', () => {
  it('a region that is stopped before its turn does not take the task away from the others', async () => {
    // e2 is in line for one of two places when e1 fails and their region is stopped: the west has to do it.
    const playbook = `
- hosts: all
  strategy: host_pinned
  any_errors_fatal: true
  tasks:
    - get: { key: a, ms: 60, needed: true }
      when: inventory_hostname == "e1"
    - get: { key: a, ms: 100 }
      when: region == "west"
    - run: once
      run_once: true
`;
    const { world, finished } = await runProject({ inventory, playbook, options: { forks: 2 } });
    expect(world.log.filter((line) => line.includes('run once'))).to.have.length(1);
    expect(recap(finished, 'w1')).to.not.include('failed');
  });

  it('when it fails, the next batch is not begun', async () => {
    const playbook = `
- hosts: all
  serial: 1
  tasks:
    - run: before
    - run: { say: once, rc: 1 }
      run_once: region
`;
    const many = `regions: { r: { nodes: { n1: { address: 10.0.0.1 }, n2: { address: 10.0.0.2 }, n3: { address: 10.0.0.3 } } } }`;
    const { world } = await runProject({
      inventory: many,
      playbook: playbook.replace('serial: 1', 'serial: 2'),
    });
    expect(world.log.filter((line) => line.startsWith('n3'))).to.deep.equal([]);
  });

  it('when it fails in a block, all run its always section', async () => {
    const playbook = `
- hosts: all
  tasks:
    - block:
        - run: { say: once, rc: 1 }
          run_once: true
      always:
        - run: unlock
`;
    const { world } = await runProject({ inventory: two, playbook });
    expect(world.log.filter((line) => line.endsWith('unlock'))).to.have.members([
      'n1 run unlock',
      'n2 run unlock',
    ]);
  });

  it('a block with rescue under host_pinned: every node goes to its rescue section', async () => {
    const playbook = `
- hosts: all
  strategy: host_pinned
  tasks:
    - block:
        - run: { say: once, rc: 1 }
          run_once: true
      rescue:
        - run: mended
    - run: after
`;
    const { world } = await runProject({ inventory, playbook, options: { forks: 1 } });
    for (const text of ['mended', 'after']) {
      expect(world.log.filter((line) => line.endsWith(text))).to.have.length(4);
    }
  });

  it('a handler that is notified again runs again', async () => {
    const playbook = `
- hosts: all
  handlers:
    - name: h
      run: handled
      run_once: true
  pre_tasks:
    - set: { key: a, value: 1 }
      notify: h
  tasks:
    - set: { key: b, value: 1 }
      notify: h
`;
    const { world } = await runProject({ inventory: two, playbook });
    expect(world.log.filter((line) => line.endsWith('handled'))).to.have.length(2);
  });
});

describeBothWays('handlers in a circle', () => {
  it('end, with a warning that names them', async () => {
    const playbook = `
- hosts: all
  handlers:
    - name: first
      run: first
      notify: second
    - name: second
      run: second
      notify: first
  tasks:
    - set: { key: a, value: 1 }
      notify: first
`;
    const { events, world } = await runProject({ inventory: one, playbook });
    expect(world.log.length).to.be.lessThan(10);
    const warnings = events.flatMap((e) => (e.type === 'warning' ? [e.message] : []));
    expect(warnings.join()).to.match(/again and again.*first/);
  });
});

describeBothWays('ignore_errors with a loop', () => {
  it('registers that an item has failed, as a task without a loop does', async () => {
    const playbook = `
- hosts: all
  tasks:
    - run: { say: "{{item}}", rc: 1 }
      loop: [a, b]
      ignore_errors: true
      register: r
    - name: seen
      run: seen
      when: r.failed
`;
    const { events } = await runProject({ inventory: one, playbook });
    expect(outcomes(events).at(-1)).to.equal('n1 seen changed');
  });
});

describeBothWays('an interrupted run', () => {
  const interrupted = async (playbook: string, when: string): Promise<{ ms: number; starts: number }> => {
    const controller = new AbortController();
    let asked = 0;
    const begun = performance.now();
    await runProject({
      inventory: one,
      playbook,
      options: { signal: controller.signal },
      connector: {
        connect: async () => {
          const link = createFakeLink([{ match: /test-fails/, exitCode: 1 }, { match: /[^]*/ }]);
          return {
            ...link,
            exec: (request) => {
              if (controller.signal.aborted) asked += 1;
              return link.exec(request);
            },
          };
        },
        close: async () => undefined,
      },
      onEvent: (e) => e.type === when && setTimeout(() => controller.abort(), 20),
    });
    return { ms: performance.now() - begun, starts: asked };
  };

  it('does not wait for a wait', async () => {
    const { ms } = await interrupted(
      '- hosts: all\n  tasks: [{ wait_for: { timeout: 3 } }]\n',
      'node-task-started',
    );
    expect(ms).to.be.lessThan(1000);
  });

  it('does not try again', async () => {
    const playbook = `
- hosts: all
  tasks:
    - command: test-fails
      register: r
      until: r.rc == 0
      retries: 5
      delay: 1
`;
    expect((await interrupted(playbook, 'task-retry')).starts).to.equal(0);
  });
});
