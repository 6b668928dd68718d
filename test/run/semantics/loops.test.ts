import { expect } from 'chai';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes as inventory, outcomes, recap, runProject, type Project } from '../support.ts';

const said = (log: readonly string[]): string[] => log.filter((line) => line.includes(' run '));

async function run(tasks: string, more: Partial<Project> = {}) {
  return runProject({ inventory, playbook: `- hosts: e1\n  tasks:\n${tasks}`, ...more });
}

describeBothWays('semantics: loops', () => {
  it('goes through all items though one fails; the task fails, and says which did', async () => {
    const { world, events, finished } = await run(`
    - name: each
      run: { say: "item {{item}}", rc: "{{item}}" }
      loop: [0, 1, 0]
      register: r
      ignore_errors: true
    - set: { key: "r", value: "{{r.failed}} {{r.changed}} {{#each r.results}}{{rc}}{{failed}} {{/each}}" }
`);
    expect(world.values.get('e1/r')).to.equal('true true 0false 1true 0false ');
    expect(outcomes(events)[0]).to.equal('e1 each ignored');
    expect(recap(finished, 'e1')).to.match(/ignored=1/);
  });

  it('registers an entry for each item, skipped ones too, with the item in it', async () => {
    const { world } = await run(`
    - run: "{{item}}"
      loop: [a, b]
      when: item != "a"
      register: r
    - set: { key: r, value: "{{r.skipped}} {{r.results.[0].skipped}} {{r.results.[0].item}} {{r.results.[1].stdout}}" }
`);
    expect(world.values.get('e1/r')).to.equal('false true a b');
  });

  it('all items skipped, or none at all: the task is skipped, and its register says so', async () => {
    const { world, events } = await run(`
    - { name: none, run: "{{item}}", loop: [], register: none }
    - { name: skipped, run: "{{item}}", loop: [a, b], when: false, register: all }
    - set: { key: r, value: "{{none.skipped}} {{length none.results}} {{all.skipped}}" }
      when: '!none.failed && !all.changed'
`);
    expect(outcomes(events).slice(0, 2)).to.deep.equal(['e1 none skipped', 'e1 skipped skipped']);
    expect(world.values.get('e1/r')).to.equal('true 0 true');
  });

  it('until is asked for each item by itself', async () => {
    const { world, events } = await run(`
    - run: "item {{item}}"
      loop: [2, 4]
      register: r
      until: r.calls >= item
      retries: 4
      delay: 0
    - set: { key: r, value: "{{#each r.results}}{{calls}}/{{attempts}} {{/each}}" }
`);
    expect(world.values.get('e1/r')).to.equal('2/2 4/2 ');
    const retries = events.filter((e) => e.type === 'task-retry').map((e) => `${e.item} ${e.attempt}`);
    expect(retries).to.deep.equal(['2 1', '4 1']);
  });

  it('changed_when and failed_when judge each item; the task is what the worst of them is', async () => {
    const { events } = await run(`
    - name: each
      run: "item {{item}}"
      loop: [1, 2, 3]
      register: r
      changed_when: item == 2
      failed_when: item == 3
      ignore_errors: true
`);
    const items = events.filter((e) => e.type === 'task-finished').map((e) => `${e.item} ${e.status}`);
    expect(items).to.deep.equal(['1 ok', '2 changed', '3 ignored', 'undefined ignored']);
  });

  it('label names items where a secret must not be shown, and no_log hides them', async () => {
    const { events } = await run(`
    - set: { key: "{{item.name}}", value: 1, password: "{{item.password}}" }
      loop: [{ name: a, password: S3cret!word }]
      loop_control: { label: "{{item.name}}" }
    - set: { key: "{{item}}", value: 1 }
      loop: [S3cret!word]
      no_log: true
`);
    expect(events.filter((e) => e.type === 'task-finished').map((e) => e.item)[0]).to.equal('a');
    expect(JSON.stringify(events)).to.not.contain('S3cret!word');
  });

  it('stops at an unreachable node, and delegates item by item', async () => {
    const lost = await run(`
    - get: { key: "{{item}}", lost: e1 }
      loop: [a, b]
`);
    const items = lost.events.filter((e) => e.type === 'task-finished').map((e) => `${e.item} ${e.status}`);
    expect(items).to.deep.equal(['a unreachable', 'undefined unreachable']);
    const delegated = await run(`
    - run: here
      loop: [w1, w2]
      delegate_to: "{{item}}"
`);
    expect(said(delegated.world.log)).to.deep.equal(['w1 run here', 'w2 run here']);
  });

  it('run_once with a loop does all items once; all nodes have all results', async () => {
    const playbook = `
- hosts: all
  tasks:
    - run: "{{item}}"
      loop: [a, b]
      run_once: true
      register: r
    - set: { key: r, value: "{{r.results.[1].stdout}}" }
`;
    const { world } = await runProject({ inventory, playbook });
    expect(said(world.log)).to.have.length(2);
    expect(['e1', 'e2', 'w1', 'w2'].map((node) => world.values.get(`${node}/r`))).to.deep.equal(
      Array(4).fill('b'),
    );
  });

  it('in check mode an item that would change makes the task changed, and its register unknown', async () => {
    const { events, world } = await run(
      `
    - { name: each, set: { key: "{{item}}", value: 1 }, loop: [a, b], register: r }
    - { name: uses, set: { key: c, value: "{{r.results.[0].value}}" } }
    - { name: counts, run: x, when: r.changed }
`,
      { options: { check: true } },
    );
    expect(world.log).to.deep.equal([]);
    expect(outcomes(events)).to.deep.equal(['e1 each changed', 'e1 uses unknown', 'e1 counts unknown']);
  });
});

describeBothWays('semantics: register of a task that was skipped', () => {
  it('says that it was, in conditions and templates, in a loop over it and in check mode', async () => {
    for (const check of [false, true]) {
      const { world, events } = await run(
        `
    - { name: t, run: hi, when: false, register: r }
    - { name: yes, get: { key: yes }, when: r.skipped && !r.changed && !r.failed }
    - { name: no, get: { key: no }, when: has(r.stdout) }
    - { name: word, get: { key: "{{default r.stdout 'nothing'}}" } }
`,
        { options: { check } },
      );
      expect(world.log).to.deep.equal(['e1 get yes', 'e1 get nothing']);
      expect(outcomes(events)).to.include('e1 no skipped');
    }
  });

  it('replaces what an earlier task registered under that name', async () => {
    const { world } = await run(`
    - { run: first, register: r }
    - { run: second, register: r, when: false }
    - set: { key: r, value: "{{default r.stdout 'skipped'}}" }
`);
    expect(world.values.get('e1/r')).to.equal('skipped');
  });

  it('a name that is used but was never registered on a node is told with its place', async () => {
    const { events } = await run(`
    - block:
        - run: { say: x, rc: 1 }
        - { run: y, register: r }
      rescue:
        - { name: late, run: "{{r.stdout}}" }
`);
    const failure = events.filter((e) => e.type === 'task-finished').find((e) => e.name === 'late')?.failure;
    expect(failure?.message).to.match(/play\.yml:8:\d+: .*"?r"?/);
  });
});
