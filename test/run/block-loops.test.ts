import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import {
  finishedTasks,
  fourNodes,
  outcomes,
  planProject,
  recap,
  runProject,
  type Project,
} from './support.ts';

function run(tasks: string, more: Partial<Project> = {}) {
  const playbook = `- hosts: east\n  gather_facts: false\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  return runProject({ inventory: fourNodes, playbook, ...more });
}

function problems(tasks: string) {
  const playbook = `- hosts: east\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  const found = planProject({ inventory: fourNodes, playbook }).problems;
  return found.map(({ at, summary }) => `${at?.line}:${at?.column} ${summary}`);
}

describeBothWays('a loop over a block', () => {
  it('goes through all of it item by item, all nodes together', async () => {
    const { world, events, finished } = await run(`
- name: rolling
  loop: [a, b]
  loop_control: { loop_var: part, index_var: i, extended: true, label: "part {{part}}" }
  vars: { shown: "{{part}}{{i}}" }
  block:
    - run: "{{shown}} {{ansible_loop.last}}"
    - run: "second {{part}}"`);
    expect(world.log).to.deep.equal([
      'e1 run a0 false',
      'e2 run a0 false',
      'e1 run second a',
      'e2 run second a',
      'e1 run b1 true',
      'e2 run b1 true',
      'e1 run second b',
      'e2 run second b',
    ]);
    expect(recap(finished, 'e1')).to.equal('ok=4 changed=4');
    const started = events.flatMap((e) => (e.type === 'task-started' ? [e.within?.join() ?? ''] : []));
    expect(started).to.deep.equal(['part a', 'part a', 'part b', 'part b']);
    expect(finishedTasks(events)[0]?.within).to.deep.equal(['part a']);
  });

  it('a failing item stops the rest of that node’s items; the variable is in reach of rescue and always', async () => {
    const { world, finished } = await run(`
- loop: [a, b]
  block:
    - run: { say: "{{item}}", fail_on: [e1] }
    - run: "done {{item}}"
  always:
    - run: "always {{item}}"
- run: after`);
    expect(world.log.filter((line) => line.startsWith('e1'))).to.deep.equal(['e1 run a', 'e1 run always a']);
    expect(world.log.filter((line) => line.startsWith('e2'))).to.deep.equal([
      ...['e2 run a', 'e2 run done a', 'e2 run always a', 'e2 run b', 'e2 run done b', 'e2 run always b'],
      'e2 run after',
    ]);
    expect(recap(finished, 'e1')).to.equal('ok=1 changed=1 failed=1');
  });

  it('one that is rescued goes on with the next', async () => {
    const { world, finished } = await run(`
- loop: [a, b]
  block:
    - run: { say: "{{item}}", fail_on: [e1] }
  rescue:
    - run: "rescued {{item}} {{ansible_failed_task.action}}"
- run: after`);
    expect(world.log.filter((line) => line.startsWith('e1'))).to.deep.equal([
      'e1 run a',
      'e1 run rescued a run',
      'e1 run b',
      'e1 run rescued b run',
      'e1 run after',
    ]);
    expect(recap(finished, 'e1')).to.equal('ok=3 changed=3 rescued=2');
  });

  it('tests when with the item; nodes may have lists of their own', async () => {
    const { world, events } = await run(
      `
- loop: "{{lookup parts inventory_hostname}}"
  when: item != "b"
  block:
    - run: "{{item}}"`,
      { inventory: `${fourNodes}vars: { parts: { e1: [a, b, c], e2: [x] } }\n` },
    );
    expect(world.log).to.deep.equal(['e1 run a', 'e2 run x', 'e1 run c']);
    expect(outcomes(events)).to.include('e1 run skipped');
  });

  it('nests, holds other loops and includes, and ends with the item that was there before', async () => {
    const { world } = await run(
      `
- loop: [a, b]
  loop_control: { loop_var: outer }
  block:
    - loop: [1, 2]
      block:
        - run: "{{outer}}{{item}}{{x}}"
          loop: [x, y]
          loop_control: { loop_var: x }
    - include_tasks: one.yml
      loop: [z]
- run: "{{default outer \\"gone\\"}}"`,
      { limit: 'e1', files: { 'one.yml': '- run: "{{outer}} {{item}}"\n' } },
    );
    expect(world.log.map((line) => line.slice(7))).to.deep.equal([
      ...['a1x', 'a1y', 'a2x', 'a2y', 'a z'],
      ...['b1x', 'b1y', 'b2x', 'b2y', 'b z', 'gone'],
    ]);
  });

  it('is skipped as a whole where its condition or its list says so, and fails where it is no list', async () => {
    const { events, finished } = await run(
      `
- name: none
  loop: []
  block: [{ run: x }]
- name: not here
  when: inventory_hostname == "e2"
  loop: [1]
  block: [{ run: x }]
- block:
    - name: wrong
      loop: "{{what}}"
      vars: { what: 3 }
      block: [{ run: x }]
  rescue:
    - run: rescued`,
      { limit: 'e1' },
    );
    expect(outcomes(events)).to.deep.equal([
      'e1 none skipped',
      'e1 not here skipped',
      'e1 wrong rescued',
      'e1 run changed',
    ]);
    expect(finishedTasks(events)[2]?.failure?.message).to.equal('loop must be a list, not number');
    expect(recap(finished, 'e1')).to.equal('ok=1 changed=1 skipped=2 rescued=1');
  });

  it('a value registered in it is the last item’s; what is looked at is looked at for each item', async () => {
    const { world } = await run(
      `
- loop: [a, b]
  block:
    - set: { key: "{{item}}", value: "1" }
    - get: { key: "{{item}}" }
      register: seen
- run: "{{seen.value}}"
- loop: [a, b]
  block:
    - get: { key: "{{item}}" }
      register: seen
    - set: { key: last, value: "{{item}}{{seen.value}}" }`,
      { limit: 'e1' },
    );
    expect(world.values.get('e1/last')).to.equal('b1');
    expect(world.log).to.include('e1 run 1');
  });

  it('of two regions each takes its own time; run_once in it is once for each item', async () => {
    const { world } = await runProject({
      inventory: fourNodes,
      playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - loop: [a, b]
      block:
        - run: "{{item}}"
          run_once: true
`,
    });
    expect(world.log.map((line) => line.slice(3)).toSorted()).to.deep.equal(['run a', 'run b']);
  });

  it('in a rolling window a node goes through all items before the next', async () => {
    const { world } = await runProject({
      inventory: fourNodes,
      playbook:
        '- hosts: east\n  strategy: host_pinned\n  parallel: 1\n  gather_facts: false\n  tasks:\n    - loop: [a, b]\n      block: [{ run: "{{item}}" }]\n',
    });
    expect(world.log).to.deep.equal(['e1 run a', 'e1 run b', 'e2 run a', 'e2 run b']);
  });

  it('with a limit each node goes through all items by itself; sync inside makes them wait at each', async () => {
    const playbook = (strategy: string, block: string) => `
- hosts: east
  gather_facts: false
  strategy: ${strategy}
  limits: { one: 1 }
  tasks:
    - loop: [a, b]
      ${block}
`;
    const limited = 'limit: one\n      block: [{ run: "{{item}}1" }, { run: "{{item}}2" }]';
    const { world } = await runProject({ inventory: fourNodes, playbook: playbook('linear', limited) });
    expect(world.log).to.deep.equal([
      ...['e1 run a1', 'e1 run a2', 'e1 run b1', 'e1 run b2'],
      ...['e2 run a1', 'e2 run a2', 'e2 run b1', 'e2 run b2'],
    ]);
    const synced = 'block: [{ run: "{{item}}1" }, { run: "{{item}}2", sync: region }]';
    const free = await runProject({
      inventory: fourNodes,
      playbook: playbook('free', synced),
      dependsOnTime: true,
    });
    const at = (line: string): number => free.world.log.indexOf(line);
    expect(Math.max(at('e1 run a1'), at('e2 run a1'))).to.be.lessThan(
      Math.min(at('e1 run a2'), at('e2 run a2')),
    );
    expect(Math.max(at('e1 run b1'), at('e2 run b1'))).to.be.lessThan(
      Math.min(at('e1 run b2'), at('e2 run b2')),
    );
    expect(free.world.log).to.have.lengthOf(8);
  });

  it('in check mode changes nothing and goes through all the same', async () => {
    const { world, events } = await run(
      '\n- loop: [a, b]\n  block:\n    - set: { key: "{{item}}", value: "1" }',
      {
        options: { check: true },
        limit: 'e1',
      },
    );
    expect(world.log).to.deep.equal([]);
    expect(outcomes(events)).to.deep.equal(['e1 set changed', 'e1 set changed']);
  });

  it('no_log on the block hides the items too', async () => {
    const { events } = await run('\n- loop: [hush]\n  no_log: true\n  block: [{ run: x }]', { limit: 'e1' });
    expect(JSON.stringify(events)).to.not.contain('hush');
  });
});

describe('a loop over a block reports', () => {
  it('a loop that is no list, unknown keys of loop_control, and items at once', () => {
    expect(problems('- loop: 3\n  block: [{ run: x }]')).to.deep.equal(['3:13 wrong type']);
    expect(problems('- loop: []\n  loop_control: { labl: x }\n  block: [{ run: x }]')).to.deep.equal([
      '4:23 unknown key',
    ]);
    expect(problems('- loop: []\n  loop_control: { parallel: 2 }\n  block: [{ run: x }]')).to.deep.equal([
      '4:23 keyword in the wrong place',
    ]);
    expect(problems('- loop_control: { loop_var: x }\n  block: [{ run: x }]')).to.deep.equal([
      '3:7 missing key',
    ]);
  });

  it('an item outside of it, and an inner loop that hides the outer item', () => {
    expect(problems('- loop: [1]\n  block: [{ run: x }]\n- run: "{{item}}"')).to.deep.equal([
      '5:15 undefined variable',
    ]);
    expect(problems('- loop: [1]\n  block:\n    - run: "{{item}}"\n      loop: [2]')).to.deep.equal([
      '6:17 loop variable hidden',
    ]);
  });
});
