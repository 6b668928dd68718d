import { expect } from 'chai';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes as inventory, outcomes, planProject, runProject, type Project } from '../support.ts';

async function run(tasks: string, more: Partial<Project> = {}) {
  const playbook = `- hosts: east\n  vars: { lenient: "{{eq inventory_hostname 'e1'}}", many: 2 }\n  tasks:\n${tasks}`;
  return runProject({ inventory, playbook, ...more });
}

describeBothWays('semantics: templates in the keywords of a task', () => {
  it('are told on each node: ignore_errors, no_log, check_mode', async () => {
    const { events, world } = await run(`
    - { name: fails, run: { say: x, rc: 1 }, ignore_errors: "{{lenient}}" }
    - { name: hidden, debug: { msg: S3cret_word }, no_log: "{{lenient}}" }
    - { name: looks, set: { key: a, value: 1 }, check_mode: "{{lenient}}" }
`);
    expect(outcomes(events)).to.deep.equal([
      ...['e1 fails ignored', 'e2 fails failed', 'e1 hidden ok', 'e1 looks changed'],
    ]);
    expect(JSON.stringify(events)).to.not.contain('S3cret_word');
    expect(world.values.size).to.equal(0);
  });

  it('retries and delay take numbers, those of -e too', async () => {
    const { events } = await run(
      `
    - { name: t, run: x, register: r, until: r.calls >= 3, retries: "{{many}}", delay: "{{slow}}" }
`,
      { extra: { slow: '0' }, limit: 'e1' },
    );
    expect(outcomes(events)).to.deep.equal(['e1 t changed']);
    expect(events.filter((e) => e.type === 'task-retry')).to.have.length(2);
  });

  it('the innermost counts, whether it is a template or not', async () => {
    const { events } = await run(`
    - block:
        - { name: a, run: { say: x, rc: 1 } }
        - { name: b, run: { say: x, rc: 1 }, ignore_errors: true }
        - { name: c, run: { say: x, rc: 1 }, ignore_errors: false }
      ignore_errors: "{{lenient}}"
`);
    expect(outcomes(events)).to.deep.equal(['e1 a ignored', 'e2 a failed', 'e1 b ignored', 'e1 c failed']);
  });

  it('any_errors_fatal too', async () => {
    const { events } = await run(`
    - { name: a, run: { say: x, fail_on: [e2] }, any_errors_fatal: "{{many}}" }
    - { name: b, run: y, when: false, retries: "{{inventory_hostname}}" }
`);
    const failed = events.filter((e) => e.type === 'task-finished').map(({ failure }) => failure?.message);
    expect(failed).to.deep.equal(Array(2).fill('"any_errors_fatal" must be true or false, not "2"'));
    const fatal = await run(`
    - { name: a, run: { say: x, fail_on: [e2] }, any_errors_fatal: "{{not lenient}}" }
    - { name: b, run: y }
`);
    expect(outcomes(fatal.events)).to.deep.equal(['e1 a changed', 'e2 a failed']);
  });

  it('a name that nothing defines is told before the run', () => {
    const playbook = '- hosts: all\n  tasks:\n    - ping:\n      become: "{{nobody}}"\n';
    const { problems } = planProject({ inventory, playbook });
    expect(problems.map(({ at, code }) => `${at?.line} ${code}`)).to.deep.equal(['4 undefined-variable']);
  });
});
