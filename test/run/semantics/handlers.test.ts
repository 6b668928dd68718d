import { expect } from 'chai';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes as inventory, outcomes, recap, runProject, type Project } from '../support.ts';

const said = (log: readonly string[]): string[] => log.filter((line) => line.includes(' run '));

async function run(playbook: string, more: Partial<Project> = {}) {
  return runProject({ inventory, playbook: `- hosts: e1,e2\n${playbook}`, ...more });
}

describeBothWays('semantics: handlers', () => {
  it('run in the order they are defined, each once, whoever notified and how often', async () => {
    const { world } = await run(`
  handlers:
    - { name: a, run: a }
    - { name: b, run: b, listen: [all, "b and c"] }
    - { name: c, run: c, listen: all }
  tasks:
    - set: { key: x, value: 1 }
      notify: [c, all]
    - set: { key: y, value: 1 }
      notify: a
      when: inventory_hostname == "e2"
    - { run: y, notify: "b and c" }
`);
    expect(said(world.log)).to.deep.equal([
      ...['e1 run y', 'e2 run y', 'e2 run a'],
      ...['e1 run b', 'e2 run b', 'e1 run c', 'e2 run c'],
    ]);
  });

  it('of two with one name the last runs; of a role also as "role : name"', async () => {
    const files = {
      'roles/r/tasks/main.yml': '- { run: task, notify: restart }\n',
      'roles/r/handlers/main.yml': '- { name: restart, run: of the role }\n',
    };
    const playbook = `
  handlers: [{ name: restart, run: of the play }]
  roles: [r]
`;
    const { world } = await run(playbook, { files, limit: 'e1' });
    expect(said(world.log)).to.deep.equal(['e1 run task', 'e1 run of the play']);
    const named = { ...files, 'roles/r/tasks/main.yml': '- { run: task, notify: "r : restart" }\n' };
    const other = await run(playbook, { files: named, limit: 'e1' });
    expect(said(other.world.log)).to.deep.equal(['e1 run task', 'e1 run of the role']);
  });

  it('only a change notifies: of a loop one item is enough, changed_when and when have the last word', async () => {
    const { world } = await run(
      `
  handlers: [{ name: h, run: h }, { name: never, run: never }, { name: skipped, run: no, when: false }]
  tasks:
    - set: { key: "{{item}}", value: 1 }
      loop: [a, b]
      when: item == "b"
      notify: h
    - { run: calm, changed_when: false, notify: never }
    - { run: out, when: false, notify: never }
    - { run: bad, failed_when: true, ignore_errors: true, changed_when: false, notify: never }
    - { run: more, notify: skipped }
`,
      { limit: 'e1' },
    );
    expect(said(world.log).at(-1)).to.equal('e1 run h');
    expect(world.log.join()).to.not.match(/never|run no\b/);
  });

  it('a handler notifies others, earlier ones too, and a flush comes back to them', async () => {
    const { world } = await run(
      `
  handlers:
    - { name: a, run: a }
    - { name: b, run: b, notify: [a, c] }
    - { name: c, run: c }
  tasks:
    - { run: t, notify: b }
    - meta: flush_handlers
    - { run: u, notify: a }
`,
      { limit: 'e1' },
    );
    expect(said(world.log).map((line) => line.slice(-1))).to.deep.equal(['t', 'b', 'c', 'a', 'u', 'a']);
  });

  it('those of a block: what changed before a failure is handled when the node was rescued', async () => {
    const playbook = `
  handlers: [{ name: h, run: h }, { name: r, run: r }]
  tasks:
    - block:
        - { run: change, notify: h }
        - run: { say: try, fail_on: [e1] }
      rescue:
        - { run: mend, notify: r }
`;
    const { world } = await run(playbook);
    expect(said(world.log).slice(-3)).to.deep.equal(['e1 run h', 'e2 run h', 'e1 run r']);
  });

  it('a node that failed runs none, unless they are forced; then once', async () => {
    const playbook = `
  handlers: [{ name: h, run: h }]
  tasks:
    - { run: change, notify: h }
    - run: { say: try, fail_on: [e1] }
`;
    expect(said((await run(playbook)).world.log).at(-1)).to.equal('e2 run h');
    const forced = await run(`  force_handlers: true${playbook}`);
    expect(said(forced.world.log).slice(-2)).to.have.members(['e1 run h', 'e2 run h']);
    expect(recap(forced.finished, 'e1')).to.equal('ok=2 changed=2 failed=1');
  });

  it('one that fails stops its node; the others go on to the next handler', async () => {
    const { events } = await run(`
  handlers: [{ name: h, run: { say: h, fail_on: [e1] } }, { name: i, run: i }]
  tasks: [{ name: t, run: t, notify: [h, i] }]
  post_tasks: [{ name: post, run: post }]
`);
    expect(outcomes(events).slice(2)).to.deep.equal([
      ...['e1 h failed', 'e2 h changed', 'e2 i changed', 'e2 post changed'],
    ]);
  });

  it('an unreachable node runs none, even if they are forced', async () => {
    const { world } = await run(`
  force_handlers: true
  handlers: [{ name: h, run: h }]
  tasks:
    - { run: t, notify: h }
    - get: { key: a, lost: e1 }
`);
    expect(said(world.log).filter((line) => line.endsWith(' h'))).to.deep.equal(['e2 run h']);
  });

  it('have loops, run_once, throttle and delegate_to as tasks have', async () => {
    const { world } = await run(`
  handlers:
    - { name: h, run: "{{item}} {{inventory_hostname}}", loop: [x, y], delegate_to: w1, throttle: 1 }
    - { name: once, run: once, run_once: true }
  tasks: [{ run: t, notify: [h, once] }]
`);
    expect(said(world.log).slice(2)).to.deep.equal([
      ...['w1 run x e1', 'w1 run y e1', 'w1 run x e2', 'w1 run y e2', 'e1 run once'],
    ]);
  });

  it('in check mode they are gone through for what would have notified them', async () => {
    const { events, world } = await run(
      `
  handlers: [{ name: h, set: { key: h, value: 1 } }, { name: never, set: { key: n, value: 1 } }]
  tasks:
    - { name: t, set: { key: a, value: 1 }, notify: h }
    - { name: u, set: { key: a, value: 1 }, notify: never, when: false }
`,
      { options: { check: true }, limit: 'e1' },
    );
    expect(world.log).to.deep.equal([]);
    expect(outcomes(events)).to.deep.equal(['e1 t changed', 'e1 u skipped', 'e1 h changed']);
  });

  it('of a batch run before the next batch begins, of a region whatever others do', async () => {
    const { world } = await run(`
  serial: 1
  handlers: [{ name: h, run: h }]
  tasks: [{ run: t, notify: h }]
`);
    expect(said(world.log)).to.deep.equal(['e1 run t', 'e1 run h', 'e2 run t', 'e2 run h']);
  });
});
