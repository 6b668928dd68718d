import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, outcomes, recap, runProject } from './support.ts';

const inventory = `regions: { r: { nodes: { n1: { address: 10.0.0.1 } } } }`;
const check = { check: true };

async function reasons(playbook: string): Promise<string[]> {
  const { events } = await runProject({ inventory, playbook, options: check });
  return finishedTasks(events).map(
    (e) => `${e.name}: ${e.status}${e.reason === undefined ? '' : ` (${e.reason})`}`,
  );
}

describeBothWays('check mode', () => {
  it('acts on nothing and says what would change', async () => {
    const playbook = `
- hosts: r
  handlers: [{ name: h, set: { key: h, value: 1 } }]
  tasks:
    - name: one
      set: { key: a, value: 1 }
      notify: h
`;
    const { world, events, finished } = await runProject({ inventory, playbook, options: check });
    expect(world.log).to.deep.equal([]);
    expect(world.values.size).to.equal(0);
    expect(outcomes(events)).to.deep.equal(['n1 one changed', 'n1 h changed']);
    expect(recap(finished, 'n1')).to.equal('ok=2 changed=2');
  });

  it('does not guess what a task with pending changes would have registered', async () => {
    const playbook = `
- hosts: r
  tasks:
    - name: one
      set: { key: a, value: 1 }
      register: r
    - name: uses it
      set: { key: b, value: "{{r.value}}" }
    - name: its flag is known
      get: { key: c }
      when: r.changed
    - name: depends
      get: { key: c }
      when: r.value == "1"
`;
    expect(await reasons(playbook)).to.deep.equal([
      'one: changed',
      'uses it: unknown ("one" would change something first)',
      'its flag is known: ok',
      'depends: unknown ("one" would change something first)',
    ]);
  });

  it('says of a command only that it would run, unless the user says that it changes nothing', async () => {
    const playbook = `
- hosts: r
  tasks:
    - name: command
      run: hi
    - name: calm
      run: hi
      changed_when: false
`;
    expect(await reasons(playbook)).to.deep.equal([
      'command: unknown (it acts every time)',
      'calm: ok (it acts every time)',
    ]);
  });

  it('check_mode: false runs a task for real', async () => {
    const playbook = `
- hosts: r
  tasks:
    - run: hi
      check_mode: false
      register: r
    - name: uses it
      set: { key: a, value: "{{r.stdout}}" }
`;
    const { world, events } = await runProject({ inventory, playbook, options: check });
    expect(world.log).to.deep.equal(['n1 run hi']);
    expect(outcomes(events).at(-1)).to.equal('n1 uses it changed');
  });

  it('check_mode: true looks only, also in a real run', async () => {
    const playbook = `
- hosts: r
  tasks:
    - set: { key: a, value: 1 }
      check_mode: true
`;
    const { world } = await runProject({ inventory, playbook });
    expect(world.values.size).to.equal(0);
  });

  it('check_mode: true in a real run: who needs what it would bring about fails, and does not pass it over', async () => {
    const playbook = `
- hosts: r
  tasks:
    - set: { key: a, value: 1 }
      check_mode: true
      register: r
    - name: flag
      get: { key: c }
      when: r.changed
    - block:
        - name: member
          set: { key: b, value: "{{r.value}}" }
      rescue:
        - name: rescued
          set: { key: d, value: 1 }
    - name: condition
      get: { key: c }
      when: r.value == "1"
`;
    const { events, world } = await runProject({ inventory, playbook });
    expect(outcomes(events).slice(1)).to.deep.equal([
      'n1 flag ok',
      'n1 member rescued',
      'n1 rescued changed',
      'n1 condition failed',
    ]);
    expect(world.values.has('n1/b')).to.equal(false);
    expect(finishedTasks(events).at(-1)?.failure?.message).to.include('is not known');
  });

  it('a look that fails behind a pending change is unknown, with the reason; before one it fails', async () => {
    const playbook = (first: string) => `
- hosts: r
  tasks:
    ${first}
    - name: look
      get: { key: a, needed: true }
`;
    expect(await reasons(playbook('- set: { key: a, value: 1 }'))).to.deep.equal([
      'set: changed',
      'look: unknown (fails as things stand (no a on n1); earlier changes of this run may mend that)',
    ]);
    const { events } = await runProject({ inventory, playbook: playbook(''), options: check });
    expect(outcomes(events)).to.deep.equal(['n1 look failed']);
  });

  it('an assertion about the inventory fails as it would for real', async () => {
    const playbook = `
- hosts: r
  vars: { n: 1 }
  tasks:
    - set: { key: a, value: 1 }
    - name: judge
      assert: { that: n == 2 }
`;
    const { events } = await runProject({ inventory, playbook, options: check });
    expect(outcomes(events).at(-1)).to.equal('n1 judge failed');
  });

  it('set_fact of an unknown value is unknown too', async () => {
    const playbook = `
- hosts: r
  tasks:
    - name: one
      set: { key: a, value: 1 }
      register: r
    - name: fact
      set_fact: { v: "{{r.value}}" }
    - name: use
      set: { key: b, value: "{{v}}" }
`;
    const got = await reasons(playbook);
    expect(got.slice(1).every((line) => line.includes('unknown'))).to.equal(true);
  });
});
