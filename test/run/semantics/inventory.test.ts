import { expect } from 'chai';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes as inventory, outcomes, planProject, runProject } from '../support.ts';

const ran = (log: readonly string[]): string[] => log.filter((line) => line.includes(' run '));

describeBothWays('add_host', () => {
  const files = { 'group_vars/fresh.yml': 'word: of the group\nlow: group\n' };

  it('later plays find the node, in its region, with its variables and those of its groups', async () => {
    const playbook = `
- hosts: all
  tasks:
    - add_host:
        name: "{{item}}"
        groups: [fresh]
        ansible_host: "10.9.0.{{item}}"
        low: "{{item}} {{region}}"
      loop: [n1, n2]
    - run: delegated
      delegate_to: n2
      run_once: true
- hosts: fresh:!n2
  tasks:
    - run: "{{region}} {{word}} {{node.address}}"
    - debug: { var: low }
    - run: "{{join group_names ','}} {{length groups.all}}"
`;
    const { world, events, finished } = await runProject({ inventory, playbook, files });
    expect(ran(world.log)).to.deep.equal([
      'n2 run delegated',
      'n1 run east of the group 10.9.0.n1',
      'n1 run east,fresh 6',
    ]);
    expect(outcomes(events).filter((o) => o.includes('add_host'))).to.deep.equal(['e1 add_host changed']);
    expect(finished.recap.map(({ node }) => node))
      .to.include('n1')
      .and.not.include('n2');
  });

  it('makes a region that is not there, and adds known nodes to groups', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - add_host: { name: x1, region: north }
    - add_host: { name: w1, groups: "a, b", said: "{{region}}" }
- hosts: north:a
  tasks:
    - run: "{{region}} {{default said 'nothing'}}"
`;
    const { world } = await runProject({ inventory, playbook });
    expect(ran(world.log)).to.have.members(['x1 run north nothing', 'w1 run west east']);
  });

  it('what came from a node is never a template', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - run: "{{{{raw}}}}{{secret}}{{{{/raw}}}}"
      register: r
    - add_host: { name: x1, told: "{{r.stdout}}" }
- hosts: x1
  tasks:
    - run: "{{told}}"
`;
    const { world } = await runProject({ inventory, playbook });
    expect(ran(world.log).at(-1)).to.equal('x1 run {{secret}}');
  });
});

describeBothWays('group_by', () => {
  it('makes groups of what nodes are; their variables are there in the next play', async () => {
    const playbook = `
- hosts: all
  tasks:
    - group_by:
        key: "kind {{region}}"
        parents: kinds
- hosts: kind-west
  gather_facts: false
  tasks:
    - run: "{{word}}"
      when: '"kinds" in group_names'
- hosts: nowhere
  tasks:
    - run: never
`;
    const files = { 'group_vars/kind-west.yml': 'word: west\n' };
    const { world, events } = await runProject({ inventory, playbook, files });
    expect(ran(world.log)).to.have.members(['w1 run west', 'w2 run west']);
    expect(events.filter((e) => e.type === 'warning').map(({ message }) => message)).to.deep.equal([
      'play "nowhere" is left out: nothing matches its hosts (nowhere)',
    ]);
  });

  it('a pattern that nothing matches is looked for again behind it, and an error elsewhere', () => {
    const severities = (tasks: string): string[] =>
      planProject({ inventory, playbook: `- hosts: all\n  tasks:\n${tasks}- hosts: later\n` }).problems.map(
        ({ code, severity }) => `${severity} ${code}`,
      );
    expect(severities('    - group_by: { key: x }\n')).to.deep.equal([]);
    expect(severities('    - ping:\n')).to.deep.equal(['error bad-pattern']);
  });
});

describeBothWays('delegate_facts', () => {
  it('gives what is set to the node that it is delegated to', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - set_fact: { a: "from {{inventory_hostname}}" }
      delegate_to: w1
      delegate_facts: true
      register: r
    - set_fact: { b: "mine" }
      delegate_to: w1
    - run: "{{default a 'nothing'}} {{b}} {{r.failed}}"
- hosts: w1
  tasks:
    - run: "{{a}} {{default b 'nothing'}}"
`;
    const { world } = await runProject({ inventory, playbook });
    expect(ran(world.log)).to.deep.equal(['e1 run nothing mine false', 'w1 run from e1 nothing']);
  });
});
