import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, fourNodes as inventory, outcomes, recap, runProject } from './support.ts';

const one = `regions: { r: { nodes: { n1: { address: 10.0.0.1 } } } }`;
const two = `regions: { r: { nodes: { n1: { address: 10.0.0.1 }, n2: { address: 10.0.0.2 } } } }`;

describeBothWays('handlers', () => {
  it('run once after the tasks, in the order they are defined, only where notified', async () => {
    const playbook = `
- hosts: r
  handlers:
    - name: restart
      run: restart
    - name: reload
      run: reload
  tasks:
    - set: { key: a, value: 1 }
      notify: [reload, restart]
      when: inventory_hostname == "n1"
    - set: { key: b, value: 1 }
      notify: restart
      when: inventory_hostname == "n1"
    - name: last
      get: { key: a }
`;
    const { world } = await runProject({ inventory: two, playbook });
    expect(world.log.filter((l) => l.includes(' run '))).to.deep.equal(['n1 run restart', 'n1 run reload']);
    expect(world.log.at(-1)).to.equal('n1 run reload');
  });

  it('are reached by listen, may notify others, and do not run when nothing changed', async () => {
    const playbook = `
- hosts: r
  handlers:
    - name: first
      set: { key: h, value: 1 }
      listen: topic
      notify: second
    - name: second
      run: second
  tasks:
    - set: { key: a, value: 1 }
      notify: topic
`;
    const { world } = await runProject({ inventory: one, playbook });
    expect(world.log).to.deep.equal(['n1 set a=1', 'n1 set h=1', 'n1 run second']);
    world.log.length = 0;
    await runProject({ inventory: one, playbook, world });
    expect(world.log).to.deep.equal([]);
  });

  it('run after pre_tasks, after roles and tasks, and after post_tasks', async () => {
    const playbook = `
- hosts: r
  handlers:
    - name: h
      run: h
  pre_tasks: [{ set: { key: a, value: 1 }, notify: h }]
  tasks: [{ set: { key: b, value: 1 }, notify: h }]
  post_tasks: [{ set: { key: c, value: 1 }, notify: h }]
`;
    const { world } = await runProject({ inventory: one, playbook });
    expect(world.log.map((l) => l.split(' ').at(-1))).to.deep.equal(['a=1', 'h', 'b=1', 'h', 'c=1', 'h']);
  });
});

describeBothWays('blocks', () => {
  it('rescue takes the failed nodes, always takes all; rescued does not count as failed', async () => {
    const playbook = `
- hosts: r
  tasks:
    - block:
        - name: try
          run: { say: try, fail_on: [n1] }
        - name: rest
          run: rest
      rescue:
        - name: mend
          run: mend
      always:
        - name: finally
          run: finally
    - name: after
      run: after
`;
    const { events, finished } = await runProject({ inventory: two, playbook });
    expect(outcomes(events)).to.deep.equal([
      'n1 try rescued',
      'n2 try changed',
      'n2 rest changed',
      'n1 mend changed',
      'n1 finally changed',
      'n2 finally changed',
      'n1 after changed',
      'n2 after changed',
    ]);
    expect(recap(finished, 'n1')).to.equal('ok=3 changed=3 rescued=1');
  });

  it('without rescue, always runs and the failure stays', async () => {
    const playbook = `
- hosts: r
  tasks:
    - block:
        - name: try
          run: { say: try, rc: 1 }
      always:
        - name: finally
          run: finally
    - name: after
      run: after
`;
    const { events, finished } = await runProject({ inventory: one, playbook });
    expect(outcomes(events)).to.deep.equal(['n1 try failed', 'n1 finally changed']);
    expect(recap(finished, 'n1')).to.equal('ok=1 changed=1 failed=1');
  });

  it('a failure in rescue is a failure; an outer rescue takes it', async () => {
    const playbook = `
- hosts: r
  tasks:
    - block:
        - block:
            - name: try
              run: { say: try, rc: 1 }
          rescue:
            - name: mend
              run: { say: mend, rc: 1 }
      rescue:
        - name: outer
          run: outer
`;
    const { events } = await runProject({ inventory: one, playbook });
    expect(outcomes(events)).to.deep.equal(['n1 try rescued', 'n1 mend rescued', 'n1 outer changed']);
  });

  it('hands down when, tags and vars', async () => {
    const playbook = `
- hosts: r
  tasks:
    - block:
        - set: { key: a, value: "{{word}}" }
      when: inventory_hostname == "n2"
      vars: { word: inner }
`;
    const { world } = await runProject({ inventory: two, playbook });
    expect(world.log).to.deep.equal(['n2 set a=inner']);
  });
});

describeBothWays('loop, register, until', () => {
  it('an event per item and one for the loop; results are registered', async () => {
    const playbook = `
- hosts: r
  tasks:
    - name: each
      set: { key: "{{item.name}}", value: "{{item.v}}" }
      loop: [{ name: a, v: 1 }, { name: b, v: 2 }]
      when: item.v > 1
      register: r
    - set: { key: sum, value: "{{length r.results}} {{r.results.1.value}} {{r.results.0.skipped}}" }
`;
    const { events, world } = await runProject({ inventory: one, playbook });
    const items = events.filter((e) => e.type === 'task-finished').map((e) => `${e.item} ${e.status}`);
    expect(items.slice(0, 3)).to.deep.equal(['a skipped', 'b changed', 'undefined changed']);
    expect(world.values.get('n1/sum')).to.equal('2 2 true');
  });

  it('until tries again and tells how often', async () => {
    const playbook = `
- hosts: r
  tasks:
    - run: hi
      register: r
      until: r.calls >= 3
      retries: 5
      delay: 0
    - set: { key: n, value: "{{r.attempts}}" }
`;
    const { events, world } = await runProject({ inventory: one, playbook });
    expect(events.filter((e) => e.type === 'task-retry').map((e) => e.attempt)).to.deep.equal([1, 2]);
    expect(world.values.get('n1/n')).to.equal('3');
  });

  it('until that never holds is a failure', async () => {
    const playbook = `
- hosts: r
  tasks:
    - name: one
      run: hi
      register: r
      until: r.rc == 7
      retries: 1
      delay: 0
`;
    const { events } = await runProject({ inventory: one, playbook });
    expect(finishedTasks(events)[0]?.failure?.message).to.equal('gave up after 2 tries: until: r.rc == 7');
  });

  it('changed_when and failed_when have the last word', async () => {
    const playbook = `
- hosts: r
  tasks:
    - name: calm
      run: hi
      changed_when: false
    - name: fine
      run: { say: hi, rc: 1 }
      register: r
      failed_when: r.rc > 1
    - name: never bad
      run: { say: hi, rc: 1 }
      failed_when: false
      when: true
    - name: not at all
      run: hi
      when: false
    - name: bad
      run: hi
      register: r
      failed_when: r.stdout == "hi"
`;
    const { events } = await runProject({ inventory: one, playbook });
    expect(outcomes(events)).to.deep.equal([
      'n1 calm ok',
      'n1 fine changed',
      'n1 never bad changed',
      'n1 not at all skipped',
      'n1 bad failed',
    ]);
  });
});

describeBothWays('run_once and delegate_to', () => {
  it('run_once: true is once in the play, and all nodes have its answer', async () => {
    const playbook = `
- hosts: all
  tasks:
    - run: once
      run_once: true
      register: r
    - set: { key: got, value: "{{r.stdout}}" }
`;
    const { world, finished } = await runProject({ inventory, playbook });
    expect(world.log.filter((l) => l.includes('run once'))).to.have.length(1);
    expect(['e1', 'e2', 'w1', 'w2'].map((n) => world.values.get(`${n}/got`))).to.deep.equal(
      Array(4).fill('once'),
    );
    expect(finished.recap.reduce((sum, r) => sum + r.ok, 0)).to.equal(5);
  });

  it('run_once: region is once in each region', async () => {
    for (const strategy of ['linear', 'host_pinned']) {
      const playbook = `
- hosts: all
  strategy: ${strategy}
  tasks:
    - run: once
      run_once: region
`;
      const { world } = await runProject({ inventory, playbook });
      expect(world.log).to.have.members(['e1 run once', 'w1 run once']);
    }
  });

  it('a run_once that fails stops all that needed it', async () => {
    const playbook = `
- hosts: all
  tasks:
    - name: once
      run: { say: once, rc: 1 }
      run_once: region
    - name: after
      run: after
`;
    const { events, finished } = await runProject({ inventory, playbook });
    expect(outcomes(events)).to.have.members(['e1 once failed', 'w1 once failed']);
    expect(recap(finished, 'e2')).to.equal('');
  });

  it('delegate_to works on the other node with the first node’s variables', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - set: { key: a, value: "{{inventory_hostname}}" }
      delegate_to: w2
`;
    const { world, events } = await runProject({ inventory, playbook });
    expect(world.log).to.deep.equal(['w2 set a=e1']);
    expect(finishedTasks(events)[0]?.delegatedTo).to.equal('w2');
  });
});
