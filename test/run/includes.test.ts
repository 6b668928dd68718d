import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, fourNodes, outcomes, recap, runProject, type Project } from './support.ts';

const inventory = fourNodes;

function run(tasks: string, files: Record<string, string> = {}, more: Partial<Project> = {}) {
  const playbook = `- hosts: east\n  gather_facts: false\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  return runProject({ inventory, playbook, files, ...more });
}

describeBothWays('include_tasks', () => {
  it('takes in the tasks of a file; vars beside it reach them, when counts for the include alone', async () => {
    const { events, finished } = await run(
      `- include_tasks: one.yml
  vars: { what: x }
  when: inventory_hostname == "e1"
- run: after`,
      { 'one.yml': '- set: { key: a, value: "{{what}}" }\n- run: "{{what}} {{inventory_hostname}}"\n' },
    );
    expect(outcomes(events)).to.deep.equal([
      'e2 include_tasks skipped',
      'e1 include_tasks ok',
      'e1 set changed',
      'e1 run changed',
      'e1 run changed',
      'e2 run changed',
    ]);
    // As Ansible counts: the include is one ok.
    expect(recap(finished, 'e1')).to.equal('ok=4 changed=3');
    expect(recap(finished, 'e2')).to.equal('ok=1 changed=1 skipped=1');
  });

  it('with a templated name takes in another file on each node, those with the same one together', async () => {
    const { world, events } = await runProject({
      inventory,
      playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - include_tasks: "{{region}}.yml"
      register: taken
    - set: { key: taken, value: "{{taken.include}}" }
`,
      files: {
        'east.yml': '- run: east one\n- run: east two\n',
        'west.yml': '- run: west one\n',
      },
    });
    expect(world.log.filter((line) => line.includes('run'))).to.have.members([
      'e1 run east one',
      'e2 run east one',
      'e1 run east two',
      'e2 run east two',
      'w1 run west one',
      'w2 run west one',
    ]);
    expect(world.values.get('w1/taken')).to.match(/west\.yml$/);
    expect(finishedTasks(events).filter((e) => e.message?.startsWith('included:'))).to.have.lengthOf(4);
  });

  it('goes through a loop item by item, nodes with the same file and item together', async () => {
    const { world, finished, events } = await run(
      `- include_tasks: "{{part}}.yml"
  loop: "{{lookup parts inventory_hostname}}"
  loop_control: { loop_var: part, index_var: i, label: "part {{part}}" }
  vars: { shown: "{{i}}" }`,
      { 'a.yml': '- run: "a {{part}} {{shown}}"\n- run: a2\n', 'b.yml': '- run: "b {{part}} {{shown}}"\n' },
      { extra: {}, inventory: `${inventory}vars: { parts: { e1: [a, b], e2: [b, a] } }\n` },
    );
    expect(world.log).to.deep.equal([
      'e1 run a a 0',
      'e1 run a2',
      'e1 run b b 1',
      'e2 run b b 0',
      'e2 run a a 1',
      'e2 run a2',
    ]);
    expect(recap(finished, 'e1')).to.equal('ok=5 changed=3');
    const within = events.flatMap((e) => (e.type === 'task-started' ? [e.within ?? []] : []));
    expect(within).to.deep.include(['part a']);
  });

  it('goes in step where file and item are the same', async () => {
    const { world } = await run('- include_tasks: one.yml\n  loop: [x, y]', {
      'one.yml': '- run: "first {{item}}"\n- run: "second {{item}}"\n',
    });
    expect(world.log).to.deep.equal([
      'e1 run first x',
      'e2 run first x',
      'e1 run second x',
      'e2 run second x',
      'e1 run first y',
      'e2 run first y',
      'e1 run second y',
      'e2 run second y',
    ]);
  });

  it('tests when with the item, skips what does not hold, and needs no item when all are skipped', async () => {
    const { world, finished } = await run(
      `- include_tasks: one.yml
  loop: [x, y, z]
  when: item != "y"
- include_tasks: one.yml
  loop: [x]
  when: false`,
      { 'one.yml': '- run: "{{item}}"\n' },
    );
    expect(world.log.filter((line) => line.startsWith('e1'))).to.deep.equal(['e1 run x', 'e1 run z']);
    expect(recap(finished, 'e1')).to.equal('ok=4 changed=2 skipped=1');
  });

  it('a node that fails inside is done with the further items; another goes on', async () => {
    const { world, finished } = await run(
      `- include_tasks: one.yml
  loop: [x, y]
- run: after`,
      { 'one.yml': '- run: { say: "{{item}}", fail_on: [e1] }\n' },
    );
    expect(world.log).to.deep.equal(['e1 run x', 'e2 run x', 'e2 run y', 'e2 run after']);
    expect(recap(finished, 'e1')).to.equal('ok=1 failed=1'.replace('ok=1', 'ok=2'));
  });

  it('nests: an include in an include sees both items, and rescue around takes up a failure inside', async () => {
    const { world } = await run(
      `- block:
    - include_tasks: outer.yml
      loop: [a, b]
      loop_control: { loop_var: one }
  rescue:
    - run: "rescued {{ansible_failed_task.name}}"`,
      {
        'outer.yml': '- include_tasks: inner.yml\n  loop: [1, 2]\n',
        'inner.yml':
          '- name: deep\n  run: { say: "{{one}}{{item}}", rc: "{{#if (eq one \\"b\\")}}1{{else}}0{{/if}}" }\n',
      },
    );
    expect(world.log.filter((line) => line.startsWith('e1'))).to.deep.equal([
      'e1 run a1',
      'e1 run a2',
      'e1 run b1',
      'e1 run rescued deep',
    ]);
  });

  it('a name that leads to no file fails the task on those nodes, with the place', async () => {
    const { events, finished } = await run(
      '- include_tasks: "{{what}}.yml"\n  vars: { what: "no{{inventory_hostname}}" }\n  ignore_errors: true\n- run: after',
      { 'noe2.yml': '- run: fine\n- run: { nonsense: 1 }\n' },
    );
    const failures = finishedTasks(events).flatMap((e) => e.failure ?? []);
    expect(failures[0]?.message).to.match(/play\.yml:4:\d+: cannot read the file of tasks: .*noe1\.yml/s);
    expect(failures[1]?.message).to.match(
      /noe2\.yml:2:10: unknown argument: "run" has no argument "nonsense"/,
    );
    expect(failures[1]?.hint).to.match(/named by the task at .*play\.yml:4/);
    expect(recap(finished, 'e1')).to.equal('ok=2 changed=1 ignored=1');
  });

  it('of a file that only the run names: sync has to be known before it', async () => {
    const { events } = await run('- include_tasks: "{{part}}.yml"\n  vars: { part: one }', {
      'one.yml': '- run: x\n  sync: region\n',
    });
    expect(finishedTasks(events)[0]?.failure?.message).to.match(/one\.yml:1:\d+: "sync" in a file/);
  });

  it('may lead back to itself while its condition holds, and is ended where it never does', async () => {
    const again = await run('- set_fact: { n: 0 }\n- include_tasks: count.yml', {
      'count.yml': '- set_fact: { n: "{{add n 1}}" }\n- include_tasks: count.yml\n  when: n < 5\n',
    });
    expect(
      finishedTasks(again.events).filter((e) => e.name === 'set_fact' && e.node === 'e1'),
    ).to.have.lengthOf(6);
    const forever = await run('- include_tasks: loop.yml', { 'loop.yml': '- include_tasks: loop.yml\n' });
    const failure = finishedTasks(forever.events).find((e) => e.status === 'failed')?.failure;
    expect(failure?.message).to.match(/64 levels deep/);
    expect(failure?.hint).to.match(/when/);
  });

  it('apply hands keywords to the tasks inside; the include’s own tags do not', async () => {
    const files = { 'one.yml': '- run: inside\n- run: mine\n  tags: [mine]\n' };
    const tasks = `- include_tasks: one.yml
  tags: [t]
- include_tasks: { file: one.yml, apply: { tags: [t], when: inventory_hostname == "e1" } }
  tags: [t]`;
    const tagged = await run(tasks, files, { tags: ['t'] });
    expect(tagged.world.log).to.deep.equal(['e1 run inside', 'e1 run mine']);
    const own = await run(tasks, files, { tags: ['t', 'mine'] });
    expect(own.world.log).to.deep.equal(['e1 run mine', 'e2 run mine', 'e1 run inside', 'e1 run mine']);
    const not = await run(tasks, files, { tags: ['mine'] });
    expect(not.world.log).to.deep.equal([]);
    const skipping = await run(tasks, files, { skipTags: ['t'] });
    expect(skipping.world.log).to.deep.equal([]);
  });

  it('tags of a block around reach into it', async () => {
    const { world } = await run(
      '- block:\n    - include_tasks: one.yml\n  tags: [t]',
      { 'one.yml': '- run: inside\n' },
      {
        tags: ['t'],
      },
    );
    expect(world.log).to.have.lengthOf(2);
  });

  it('notify inside it reaches handlers, and a handler may be an include', async () => {
    const { world } = await runProject({
      inventory,
      playbook: `
- hosts: east
  gather_facts: false
  tasks:
    - include_tasks: one.yml
  handlers:
    - name: again
      include_tasks: handler.yml
      listen: changed
    - import_tasks: more.yml
`,
      files: {
        'one.yml': '- run: it\n  notify: [changed, plain]\n',
        'handler.yml': '- run: handled\n- run: twice\n',
        'more.yml': '- name: plain\n  run: plain\n- name: other\n  run: other\n',
      },
    });
    expect(world.log.filter((line) => line.startsWith('e1'))).to.deep.equal([
      'e1 run it',
      'e1 run handled',
      'e1 run twice',
      'e1 run plain',
    ]);
  });

  it('notify of a block or an import is that of every task in it which has none of its own', async () => {
    const { world } = await runProject({
      inventory,
      playbook: `
- hosts: e1
  gather_facts: false
  tasks:
    - block:
        - run: own
          notify: own
        - include_tasks: one.yml
      notify: block
    - meta: flush_handlers
    - import_tasks: one.yml
      notify: imported
    - include_tasks: { file: one.yml, apply: { notify: applied } }
  handlers:
    - { name: own, run: h own }
    - { name: block, run: h block }
    - { name: imported, run: h imported }
    - { name: applied, run: h applied }
`,
      files: { 'one.yml': '- run: one\n' },
    });
    expect(world.log.map((line) => line.slice(7))).to.deep.equal([
      ...['own', 'one', 'h own', 'h block', 'one', 'one', 'h imported', 'h applied'],
    ]);
  });

  it('run_once: what it brings is for the one node', async () => {
    const { world } = await run('- include_tasks: one.yml\n  run_once: true', { 'one.yml': '- run: it\n' });
    expect(world.log).to.deep.equal(['e1 run it']);
  });

  it('run_once inside a loop is once for each item', async () => {
    const { world } = await run('- include_tasks: one.yml\n  loop: [a, b]', {
      'one.yml': '- run: "{{item}}"\n  run_once: true\n',
    });
    expect(world.log).to.deep.equal(['e1 run a', 'e1 run b']);
  });

  it('in check mode is unknown where its condition is', async () => {
    const { events } = await run(
      '- run: x\n  register: r\n- include_tasks: one.yml\n  when: r.stdout == "x"',
      {
        'one.yml': '- run: it\n',
      },
      { options: { check: true } },
    );
    expect(outcomes(events).filter((line) => line.startsWith('e1'))).to.deep.equal([
      'e1 run unknown',
      'e1 include_tasks unknown',
    ]);
  });

  it('in a rolling window goes on by itself', async () => {
    const { world } = await runProject({
      inventory,
      playbook:
        '- hosts: east\n  strategy: host_pinned\n  parallel: 1\n  gather_facts: false\n  tasks:\n    - include_tasks: one.yml\n      loop: [a, b]\n',
      files: { 'one.yml': '- run: "{{item}}"\n' },
    });
    expect(world.log).to.deep.equal(['e1 run a', 'e1 run b', 'e2 run a', 'e2 run b']);
  });
});
