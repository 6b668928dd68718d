import { expect } from 'chai';
import { TransportError } from '../../../src/transport/contract.ts';
import { createFakeLink } from '../../../src/transport/fake.ts';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes as inventory, outcomes, recap, runProject, type Project } from '../support.ts';

const said = (log: readonly string[]): string[] => log.filter((line) => line.includes(' run '));

async function run(playbook: string, more: Partial<Project> = {}) {
  return runProject({ inventory, playbook: `- hosts: e1,e2\n${playbook}`, ...more });
}

describeBothWays('semantics: blocks', () => {
  it('rescue sees what failed, the innermost last; always and later tasks see it too', async () => {
    const { world, finished } = await run(`
  tasks:
    - block:
        - block:
            - name: inner
              run: { say: first, fail_on: [e1] }
              register: r
          rescue:
            - set: { key: inner, value: "{{ansible_failed_task.name}} {{ansible_failed_result.stdout}}" }
            - name: again
              run: { say: second, fail_on: [e1] }
          always:
            - set: { key: always, value: "{{ansible_failed_task.name}}" }
              when: has(vars.ansible_failed_task)
      rescue:
        - set: { key: outer, value: "{{ansible_failed_task.name}} {{ansible_failed_result.stdout}} {{r.failed}}" }
    - run: after
`);
    const values = Object.fromEntries([...world.values].filter(([key]) => key.startsWith('e1/')));
    expect(values).to.deep.equal({
      'e1/inner': 'inner first',
      'e1/always': 'again',
      'e1/outer': 'again second true',
    });
    expect([...world.values.keys()].filter((key) => key.startsWith('e2'))).to.deep.equal([]);
    expect(world.log.filter((line) => line.includes('after'))).to.have.length(2);
    expect(recap(finished, 'e1'))
      .to.match(/rescued=2/)
      .and.not.match(/failed/);
  });

  it('an unreachable node goes neither to rescue nor to always, unless that is ignored', async () => {
    const playbook = (ignore: boolean): string => `
  tasks:
    - block:
        - get: { key: a, lost: e1 }
          ignore_unreachable: ${ignore}
        - run: rest
      rescue:
        - run: rescue
      always:
        - run: always
    - run: after
`;
    const lost = await run(playbook(false));
    expect(said(lost.world.log)).to.deep.equal(['e2 run rest', 'e2 run always', 'e2 run after']);
    const ignored = await run(playbook(true));
    expect(said(ignored.world.log).filter((line) => line.startsWith('e1'))).to.deep.equal([
      ...['e1 run rest', 'e1 run always', 'e1 run after'],
    ]);
  });

  it('a node that cannot be connected to in always is lost; the others keep their failure', async () => {
    let away = false;
    const link = createFakeLink([{ match: /[^]*/ }]);
    const connector = {
      connect: async ({ name }: { readonly name: string }) => {
        if (away && name === 'e1') throw new TransportError('timeout', 'e1: no answer');
        return link;
      },
      close: async () => undefined,
    };
    const { events, finished } = await run(
      `
  tasks:
    - block:
        - run: { say: try, rc: 1 }
      always:
        - name: always
          get: { key: a, lost: e1 }
`,
      { connector, onEvent: () => (away = true) },
    );
    expect(outcomes(events).slice(2)).to.have.members(['e1 always unreachable', 'e2 always ok']);
    expect(recap(finished, 'e2')).to.equal('ok=1 failed=1');
    expect(recap(finished, 'e1')).to.equal('unreachable=1 failed=1');
  });

  it('keywords reach all sections: when, become aside, ignore_errors, run_once', async () => {
    const { world, events } = await run(`
  tasks:
    - block:
        - run: { say: try, rc: 1 }
        - run: rest
      rescue:
        - run: rescue
      always:
        - run: always
      when: inventory_hostname == "e2"
      ignore_errors: true
`);
    expect(said(world.log)).to.deep.equal(['e2 run try', 'e2 run rest', 'e2 run always']);
    expect(
      outcomes(events)
        .filter((o) => o.startsWith('e1'))
        .every((o) => o.endsWith('skipped')),
    ).to.equal(true);
    const once = await run(`
  tasks:
    - block: [{ run: a }, { run: b }]
      run_once: true
`);
    expect(said(once.world.log)).to.deep.equal(['e1 run a', 'e1 run b']);
  });

  it('a failure in always is one, after a rescue too', async () => {
    const { finished } = await run(`
  tasks:
    - block:
        - run: { say: try, fail_on: [e1] }
      rescue:
        - run: mend
      always:
        - run: { say: always, fail_on: [e1] }
    - run: after
`);
    expect(recap(finished, 'e1')).to.equal('ok=1 changed=1 failed=1 rescued=1');
    expect(recap(finished, 'e2')).to.equal('ok=3 changed=3');
  });

  it('what is rescued is no reason to stop a region', async () => {
    const { world } = await run(`
  any_errors_fatal: true
  max_fail_percentage: 0
  tasks:
    - block:
        - run: { say: try, rc: 1 }
      rescue:
        - run: mend
    - run: after
`);
    expect(world.log.filter((line) => line.includes('after'))).to.have.length(2);
  });

  it('any_errors_fatal of a block holds in it, and its false takes back what the play says', async () => {
    const inside = await run(`
  tasks:
    - block:
        - run: { say: try, fail_on: [e1] }
      any_errors_fatal: true
    - run: after
`);
    expect(said(inside.world.log).filter((line) => line.includes('after'))).to.deep.equal([]);
    const back = await run(`
  any_errors_fatal: true
  tasks:
    - block:
        - run: { say: try, fail_on: [e1] }
      any_errors_fatal: false
    - run: after
`);
    expect(said(back.world.log).filter((line) => line.includes('after'))).to.deep.equal(['e2 run after']);
  });

  it('in check mode a failure that is only unknown is not rescued', async () => {
    const { events } = await run(
      `
  tasks:
    - block:
        - { name: change, set: { key: a, value: 1 } }
        - { name: look, get: { key: a, needed: true } }
      rescue:
        - { name: rescue, run: rescue }
      always:
        - { name: always, get: { key: b } }
`,
      { options: { check: true }, limit: 'e1' },
    );
    expect(outcomes(events)).to.deep.equal(['e1 change changed', 'e1 look unknown', 'e1 always ok']);
  });
});
