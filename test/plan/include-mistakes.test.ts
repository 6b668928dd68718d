import { expect } from 'chai';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { withProject } from '../load/project.ts';
import { fourNodes, planProject } from '../run/support.ts';

function problems(tasks: string, files: Record<string, string> = {}) {
  const playbook = `- hosts: east\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  const found = planProject({ inventory: fourNodes, playbook, files }).problems;
  return found.map(
    ({ at, summary }) => `${at?.file.replace(/.*\//, '')}:${at?.line}:${at?.column} ${summary}`,
  );
}

describe('include_tasks reports before the run', () => {
  it('what is wrong in a file of a fixed name, and the file that is missing', () => {
    expect(
      problems('- include_tasks: one.yml\n  when: false', { 'one.yml': '- run: { nonsense: 1, say: x }\n' }),
    ).to.deep.equal(['one.yml:1:10 unknown argument']);
    expect(problems('- include_tasks: nowhere.yml')).to.deep.equal([
      'play.yml:3:22 cannot read the file of tasks',
    ]);
    expect(problems('- include_tasks: one.yml', { 'one.yml': '- run: "{{nobody}}"\n' })).to.deep.equal([
      'one.yml:1:11 undefined variable',
    ]);
    expect(problems('- include_tasks: one.yml', { 'one.yml': '- run: x\n  notify: nobody\n' })).to.deep.equal(
      ['one.yml:2:11 unknown handler'],
    );
  });

  it('keywords that would only count for the include, and unknown arguments', () => {
    expect(
      problems('- include_tasks: one.yml\n  become: true\n  retries: 2', { 'one.yml': '' }),
    ).to.deep.equal(['play.yml:4:7 keyword in the wrong place', 'play.yml:5:7 keyword in the wrong place']);
    expect(problems('- include_tasks: { file: one.yml, aply: {} }', { 'one.yml': '' })).to.deep.equal([
      'play.yml:3:39 unknown argument',
    ]);
    expect(
      problems('- include_tasks: { file: one.yml, apply: { loop: [] } }', { 'one.yml': '' }),
    ).to.deep.equal(['play.yml:3:48 unknown key']);
  });

  it('knows the variables of the loop around, and those that tasks inside register', () => {
    const files = { 'one.yml': '- run: "{{item}} {{i}}"\n  register: inside\n' };
    const tasks =
      '- include_tasks: one.yml\n  loop: [a]\n  loop_control: { index_var: i }\n- run: "{{inside.stdout}}"';
    expect(problems(tasks, files)).to.deep.equal([]);
    expect(problems('- include_tasks: one.yml', files)).to.deep.equal([
      'one.yml:1:11 undefined variable',
      'one.yml:1:20 undefined variable',
    ]);
  });

  it('where a template names the file, what none of the files that it may mean defines', () => {
    const files = {
      'install-a.yml': '- run: x\n  register: seen\n',
      'install-b.yml': '- set_fact: { made: 1 }\n',
      'vars/a.yml': 'given: 1\n',
    };
    const play = (use: string) => `- include_tasks: "install-{{what}}.yml"
  vars: { what: a }
- include_vars: "{{what}}.yml"
  vars: { what: a }
- run: "{{seen.rc}} {{made}} {{given}} ${use}"`;
    expect(problems(play(''), files)).to.deep.equal([]);
    expect(problems(play('{{nobody}}'), files)).to.deep.equal(['play.yml:7:46 undefined variable']);
    // What takes in others may define anything.
    const open = { ...files, 'install-c.yml': '- include_tasks: more.yml\n', 'more.yml': '[]' };
    expect(problems(play('{{nobody}}'), open)).to.deep.equal([]);
    expect(
      problems('- include_role: { name: "{{what}}" }\n  vars: { what: a }\n- run: "{{nobody}}"'),
    ).to.deep.equal([]);
  });

  it('where a template names the file, mistakes in the files that it may mean, as warnings', () => {
    const files = {
      'install-a.yml': '- run: { nonsense: 1 }\n- rnu: x\n- run: x\n  tags: [mine]\n',
      'install-self.yml': '- include_tasks: "install-{{what}}.yml"\n  vars: { what: a }\n',
      'other.yml': '- rnu: x\n',
    };
    const playbook = (file: string) =>
      `- hosts: east\n  tasks:\n    - include_tasks: "${file}"\n      vars: { what: a }\n`;
    const of = (file: string) =>
      planProject({ inventory: fourNodes, playbook: playbook(file), files, tags: ['mine'] }).problems.map(
        ({ at, summary, severity }) => `${at?.file.replace(/.*\//, '')}:${at?.line} ${severity} ${summary}`,
      );
    expect([...new Set(of('install-{{what}}.yml'))]).to.deep.equal([
      'install-a.yml:2 warning unknown module',
      'install-a.yml:1 warning unknown argument',
      'install-a.yml:1 warning missing argument',
    ]);
    // A name that is all template says nothing about which files are meant.
    expect(of('{{what}}.yml')).to.deep.equal(['undefined:undefined warning unknown tag']);
  });

  it('files and roles that take in each other again and again, before memory ends', () => {
    const chain = (name: (i: number) => string, next: (i: number) => string) =>
      Object.fromEntries(
        Array.from({ length: 24 }, (_, i) => [name(i), i === 23 ? '[]' : `${next(i + 1)}${next(i + 1)}`]),
      );
    const files = chain(
      (i) => `f${i}.yml`,
      (i) => `- include_tasks: f${i}.yml\n`,
    );
    withProject({ ...files, 'site.yml': '- hosts: all\n  tasks: [{ include_tasks: f0.yml }]\n' }, (made) => {
      const options = { rolePaths: [], moduleNames: new Set(['include_tasks']) };
      const found = loadPlaybook(made.path('site.yml'), made.sources, options).problems;
      expect(found.map(({ summary }) => summary)).to.deep.equal(['too many includes']);
    });
    const roles = chain(
      (i) => `roles/r${i}/tasks/main.yml`,
      (i) => `- import_role: { name: r${i} }\n`,
    );
    const found = problems('- import_role: { name: r0 }', roles);
    expect(found.map((text) => text.replace(/.*\d /, ''))).to.deep.equal(['too many roles']);
  }).timeout(10_000);
});
