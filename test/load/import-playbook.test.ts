import { expect } from 'chai';
import { describeBothWays } from '../run/both-ways.ts';
import { fourNodes, outcomes, planProject, runProject } from '../run/support.ts';

function problems(playbook: string, files: Record<string, string> = {}) {
  const found = planProject({ inventory: fourNodes, playbook, files }).problems;
  return found.map(
    ({ at, summary }) => `${at?.file.replace(/.*\//, '')}:${at?.line}:${at?.column} ${summary}`,
  );
}

describeBothWays('import_playbook', () => {
  const files = {
    'sub/site.yml': `
- hosts: e1
  gather_facts: false
  vars: { what: own }
  vars_files: [v.yml]
  roles: [r]
  tasks:
    - run: "{{what}} {{v}}"
    - run: tagged
      tags: [t]
- import_playbook: ../last.yml
`,
    'sub/v.yml': 'v: 1\n',
    'sub/roles/r/tasks/main.yml': '- run: "role {{what}} {{playbook_dir}}"\n',
    'last.yml': '- hosts: e1\n  gather_facts: false\n  roles: [top]\n',
    'roles/top/tasks/main.yml': '- run: top\n',
  };

  it('takes in the plays, with their own folder for roles and files; vars and tags reach into all of them', async () => {
    const playbook = `
- import_playbook: sub/site.yml
  name: everything
  vars: { what: given }
- hosts: e1
  gather_facts: false
  tasks: [{ run: behind }]
`;
    const { world } = await runProject({ inventory: fourNodes, playbook, files });
    expect(world.log.map((line) => line.replace(/ \/.*\//, ' '))).to.deep.equal([
      'e1 run role given sub',
      'e1 run given 1',
      'e1 run tagged',
      'e1 run top',
      'e1 run behind',
    ]);
    const tagged = await runProject({
      inventory: fourNodes,
      playbook:
        '- ansible.builtin.import_playbook: sub/site.yml\n  tags: [t]\n- hosts: e1\n  tasks: [{ run: behind }]\n',
      files,
      tags: ['t'],
    });
    expect(tagged.world.log).to.have.lengthOf(4);
  });

  it('when counts for every task', async () => {
    const { events } = await runProject({
      inventory: fourNodes,
      playbook: '- import_playbook: last.yml\n  when: inventory_hostname == "e2"\n',
      files,
    });
    expect(outcomes(events)).to.deep.equal(['e1 run skipped']);
  });
});

describe('import_playbook reports', () => {
  it('circles, missing files, templates, other keys, and mistakes inside', () => {
    const circle = { 'a.yml': '- import_playbook: b.yml\n', 'b.yml': '- import_playbook: a.yml\n' };
    expect(problems('- import_playbook: a.yml\n', circle)).to.deep.equal(['b.yml:1:20 imports in a circle']);
    expect(problems('- import_playbook: none.yml\n')).to.deep.equal([
      'play.yml:1:20 cannot read the playbook to import',
    ]);
    expect(problems('- import_playbook: "{{x}}.yml"\n')).to.deep.equal([
      'play.yml:1:20 template in import_playbook',
    ]);
    expect(problems('- import_playbook: a.yml\n  hosts: all\n', { 'a.yml': '- hosts: e1\n' })).to.deep.equal([
      'play.yml:2:3 unknown key',
    ]);
    expect(problems('- import_playbook: a.yml\n', { 'a.yml': '- hosts: e1\n  taks: []\n' })).to.deep.equal([
      'a.yml:2:3 unknown key',
    ]);
    expect(problems('- import_playbook: a.yml\n', { 'a.yml': '' })).to.deep.equal([
      'a.yml:1:1 empty playbook',
    ]);
  });
});
