import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, fourNodes, outcomes, planProject, runProject } from './support.ts';

const files = {
  'v/east.yml': 'a: east\nb: "{{a}} of {{inventory_hostname}}"\n',
  'v/default.yml': 'a: default\nb: "{{a}}"\n',
  'v/debian.yml': 'family: deb\n',
};

describeBothWays('vars_files', () => {
  it('a list in the list is the first file that is there', async () => {
    const playbook =
      '- hosts: e1\n  gather_facts: false\n  vars_files: [[v/none.yml, v/default.yml, v/east.yml]]\n  tasks: [{ run: "{{a}}" }]\n';
    const { world } = await runProject({ inventory: fourNodes, playbook, files });
    expect(world.log).to.deep.equal(['e1 run default']);
  });

  it('templates in names choose a file for each node; play vars are below it', async () => {
    const playbook = `
- hosts: all
  gather_facts: false
  vars: { a: play, dir: v }
  vars_files: [["{{dir}}/{{region}}.yml", v/default.yml]]
  tasks:
    - set: { key: b, value: "{{b}}" }
`;
    const { world } = await runProject({ inventory: fourNodes, playbook, files });
    expect(world.values.get('e2/b')).to.equal('east of e2');
    expect(world.values.get('w1/b')).to.equal('default');
  });

  it('what names them may be set by a task; before that they are left out', async () => {
    const playbook = `
- hosts: e1
  gather_facts: false
  vars: { a: play }
  vars_files: ["v/{{which}}.yml"]
  tasks:
    - run: "{{a}}"
    - set_fact: { which: default }
    - run: "{{a}}"
`;
    const { world } = await runProject({ inventory: fourNodes, playbook, files });
    expect(world.log).to.deep.equal(['e1 run play', 'e1 run default']);
  });

  it('none that is there fails the tasks that need it, with the place', async () => {
    const playbook =
      '- hosts: e1\n  gather_facts: false\n  vars_files: ["v/{{inventory_hostname}}.yml"]\n  tasks:\n    - run: "{{a}}"\n';
    const { events } = await runProject({
      inventory: `${fourNodes}vars: { a: low }\n`,
      playbook,
      files: { 'v/e2.yml': 'a: 1\n' },
    });
    expect(outcomes(events)).to.deep.equal(['e1 run failed']);
    expect(finishedTasks(events)[0]?.failure?.message).to.match(
      /play\.yml:3:\d+: none of vars_files is there: .*v\/e1\.yml/,
    );
  });
});

describe('vars_files before the run', () => {
  const problems = (playbook: string, more: Record<string, string> = {}) =>
    planProject({ inventory: fourNodes, playbook, files: { ...files, ...more } }).problems.map(
      ({ at, summary, severity }) =>
        `${at?.file.replace(/.*\//, '')}:${at?.line}:${at?.column} ${severity} ${summary}`,
    );

  it('reports lists without any file, and names that no file defines', () => {
    expect(problems('- hosts: e1\n  vars_files: [[x.yml, y.yml]]\n')).to.deep.equal([
      'play.yml:2:16 error cannot read vars_files',
    ]);
    const playbook =
      '- hosts: e1\n  vars_files: ["v/{{region}}.yml"]\n  tasks: [{ run: "{{a}} {{nobody}}" }]\n';
    expect(problems(playbook)).to.deep.equal(['play.yml:3:27 error undefined variable']);
    expect(problems(playbook.replace(' {{nobody}}', ''), { 'v/x.yml': 'a-b: 1\n' })).to.deep.equal([
      'x.yml:1:1 warning bad variable name',
    ]);
  });

  it('gathers the facts that a name needs', () => {
    const playbook = '- hosts: e1\n  vars_files: ["v/{{ansible_os_family}}.yml"]\n  tasks: [{ run: x }]\n';
    const { plan } = planProject({ inventory: fourNodes, playbook, files });
    const [first] = plan.plays[0]?.steps ?? [];
    expect(first?.kind === 'task' && first.module).to.equal('setup');
  });
});
