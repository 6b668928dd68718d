import { expect } from 'chai';
import { describeBothWays } from '../both-ways.ts';
import { createFakeLink } from '../../../src/transport/fake.ts';
import { TransportError } from '../../../src/transport/contract.ts';
import {
  fourNodes as inventory,
  outcomes,
  planProject,
  recap,
  runProject,
  yesConnector,
} from '../support.ts';

const ran = (log: readonly string[]): string[] => log.filter((line) => line.includes(' run '));

describeBothWays('meta', () => {
  it('flush_handlers runs them now, for the nodes whose when holds', async () => {
    const playbook = `
- hosts: east
  handlers:
    - name: h
      run: h
  tasks:
    - set: { key: a, value: 1 }
      notify: h
    - meta: flush_handlers
      when: inventory_hostname == "e1"
    - run: after
`;
    const { world } = await runProject({ inventory, playbook });
    expect(ran(world.log)).to.deep.equal(['e1 run h', 'e1 run after', 'e2 run after', 'e2 run h']);
  });

  it('end_host ends the play for a node without failing it; later plays have it again', async () => {
    const playbook = `
- hosts: east
  handlers:
    - name: h
      run: h
  tasks:
    - block:
        - set: { key: a, value: 1 }
          notify: h
        - meta: end_host
          when: inventory_hostname == "e1"
        - run: rest
      rescue:
        - run: rescue
      always:
        - run: always
- hosts: east
  tasks:
    - run: later
`;
    const { world, finished } = await runProject({ inventory, playbook });
    expect(ran(world.log)).to.deep.equal([
      'e2 run rest',
      'e2 run always',
      'e2 run h',
      'e1 run later',
      'e2 run later',
    ]);
    expect(recap(finished, 'e1')).to.equal('ok=2 changed=2');
  });

  for (const strategy of ['linear', 'host_pinned', 'free']) {
    it(`end_play ends it for all nodes of all regions and their batches (${strategy})`, async () => {
      const playbook = `
- hosts: all
  strategy: ${strategy}
  serial: 1
  regions: 1
  tasks:
    - run: before
    - meta: end_play
      when: inventory_hostname == "e1"
    - run: after
- hosts: all
  tasks:
    - run: later
`;
      const { world, events } = await runProject({ inventory, playbook });
      expect(ran(world.log).filter((line) => !line.includes('later'))).to.deep.equal(['e1 run before']);
      expect(ran(world.log).filter((line) => line.includes('later'))).to.have.length(4);
      const steered = events.filter((e) => e.type === 'play-steered');
      expect(steered.map((e) => `${e.action} ${e.nodes.join()}`)).to.deep.equal(['end_play e1']);
    });
  }

  it('end_batch ends the batch of its region; the next one begins', async () => {
    const playbook = `
- hosts: east
  serial: 1
  tasks:
    - run: before
    - meta: end_batch
      when: inventory_hostname == "e1"
    - run: after
`;
    const { world } = await runProject({ inventory, playbook });
    expect(ran(world.log)).to.deep.equal(['e1 run before', 'e2 run before', 'e2 run after']);
  });

  it('end_role leaves out the rest of that use of the role', async () => {
    const playbook = `
- hosts: e1
  roles:
    - role: r
      vars: { leave: true }
    - role: r
      vars: { leave: false }
  tasks:
    - run: tasks
`;
    const files = {
      'roles/r/tasks/main.yml': `
- set: { key: "k{{leave}}", value: 1 }
  notify: h
- meta: end_role
  when: leave
- run: rest {{leave}}
`,
      'roles/r/handlers/main.yml': '- name: h\n  run: handler\n',
    };
    const { world } = await runProject({ inventory, playbook, files });
    expect(ran(world.log)).to.deep.equal(['e1 run rest false', 'e1 run tasks', 'e1 run handler']);
  });

  it('clear_host_errors: failed nodes are back in later plays, unreachable ones with the next task', async () => {
    let away = true;
    const connector = {
      connect: async (target: { name: string }) => {
        if (target.name === 'e1' && away) throw new TransportError('timeout', 'e1: no answer');
        return createFakeLink([{ match: /[^]*/ }]);
      },
      close: async () => undefined,
    };
    const playbook = `
- hosts: all
  tasks:
    - get: { key: a }
    - run: { say: try, fail_on: [w1] }
    - meta: clear_host_errors
    - name: after
      get: { key: b }
- hosts: all
  tasks:
    - name: later
      get: { key: c }
`;
    const onEvent = (event: { type: string }): void => {
      if (event.type === 'play-steered') away = false;
    };
    const { events } = await runProject({ inventory, playbook, connector, onEvent });
    const told = outcomes(events);
    expect(told.filter((o) => o.startsWith('e1'))).to.deep.equal([
      'e1 get unreachable',
      'e1 after ok',
      'e1 later ok',
    ]);
    expect(told.filter((o) => o.startsWith('w1')).slice(-2)).to.deep.equal(['w1 run failed', 'w1 later ok']);
  });

  it('reset_connection opens it anew', async () => {
    const connected: string[] = [];
    const connector = {
      ...yesConnector(),
      connect: async (target: { name: string }) => {
        connected.push(target.name);
        return createFakeLink([{ match: /[^]*/ }]);
      },
    };
    const playbook = `
- hosts: e1
  tasks:
    - get: { key: a }
    - meta: reset_connection
    - get: { key: b }
    - meta: noop
    - get: { key: c }
`;
    const { finished } = await runProject({ inventory, playbook, connector });
    expect(connected).to.deep.equal(['e1', 'e1']);
    expect(recap(finished, 'e1')).to.equal('ok=3');
  });

  it('a when that cannot be told fails the node, and a rescue section takes it up', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - block:
        - run: hi
          register: r
        - meta: end_host
          when: r.nothing.there == 1
      rescue:
        - set: { key: why, value: "{{ansible_failed_task.action}}" }
`;
    const { world, events } = await runProject({ inventory, playbook });
    expect(outcomes(events)).to.include('e1 meta rescued');
    expect(world.values.get('e1/why')).to.equal('meta');
  });

  it('what makes no sense is told at load', () => {
    const problems = (tasks: string): string[] =>
      planProject({ inventory, playbook: `- hosts: all\n  tasks:\n${tasks}` }).problems.map(
        ({ detail }) => detail,
      );
    expect(problems('    - meta: end_plays\n').join()).to.match(/end_play/);
    expect(problems('    - meta: end_role\n').join()).to.match(/belongs into a role/);
    expect(problems('    - meta: noop\n      loop: [1]\n').join()).to.match(/nothing to repeat/);
    expect(problems('    - meta: "{{region}}"\n').join()).to.match(/no template/);
  });
});
