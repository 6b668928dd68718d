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

function run(tasks: string, files: Record<string, string> = {}, more: Partial<Project> = {}) {
  const playbook = `- hosts: e1\n  gather_facts: false\n  vars: { a: play }\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  return runProject({ inventory: fourNodes, playbook, files, ...more });
}

function problems(tasks: string, files: Record<string, string> = {}) {
  const playbook = `- hosts: e1\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  const found = planProject({ inventory: fourNodes, playbook, files }).problems;
  return found.map(
    ({ at, summary }) => `${at?.file.replace(/.*\//, '')}:${at?.line}:${at?.column} ${summary}`,
  );
}

describeBothWays('include_vars', () => {
  it('is above the variables of plays and tasks, below set_fact and -e; templates in it are rendered late', async () => {
    const { world, finished } = await run(
      `- run: "{{a}}"
- include_vars: more.yml
  register: read
- run: "{{a}} {{b}}"
  vars: { a: task, b: task, c: late }
- run: "{{read.ansible_facts.b}} {{length read.ansible_included_var_files}}"
- set_fact: { a: fact }
- run: "{{a}} {{d}}"
  vars: { c: x }`,
      { 'vars/more.yml': 'a: file\nb: "b {{c}}"\nd: file\n' },
      { extra: { d: 'extra' } },
    );
    expect(world.log.map((line) => line.slice(7))).to.deep.equal([
      'play',
      'file b late',
      'b {{c}} 1',
      'fact extra',
    ]);
    expect(recap(finished, 'e1')).to.equal('ok=6 changed=4');
  });

  it('takes a file for each node by a template, and lasts for further plays', async () => {
    const { world } = await runProject({
      inventory: fourNodes,
      playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - include_vars: "{{region}}.yml"
    - set: { key: here, value: "{{what}}" }
- hosts: all
  gather_facts: false
  tasks:
    - set: { key: later, value: "{{what}}" }
`,
      files: { 'east.yml': 'what: e\n', 'west.yml': 'what: w\n' },
    });
    expect(world.values.get('e1/here')).to.equal('e');
    expect(world.values.get('w2/later')).to.equal('w');
  });

  it('reads folders by their names, with depth, files_matching, ignore_files, extensions; name gathers all', async () => {
    const files = {
      'conf/1.yml': 'a: one\nb: one\n',
      'conf/2.yaml': 'b: two\n',
      'conf/more/3.json': '{"c": "three"}',
      'conf/note.txt': 'x',
    };
    const { world } = await run(
      `- include_vars: { dir: conf, ignore_unknown_extensions: true }
- run: "{{a}} {{b}} {{c}}"
- include_vars: { dir: conf, depth: 1, files_matching: "^[12]", ignore_files: [aml], name: all_of }
- run: "{{all_of.b}} {{length (keys all_of)}}"`,
      files,
    );
    expect(world.log).to.deep.equal(['e1 run one two three', 'e1 run one 2']);
    expect(problems('- include_vars: { dir: conf }', files)).to.deep.equal([
      'play.yml:3:28 unknown kind of file',
    ]);
  });

  it('loops, waits for its condition, and in a role looks in its vars', async () => {
    const { world, events } = await runProject({
      inventory: fourNodes,
      playbook: '- hosts: e1\n  gather_facts: false\n  roles: [r]\n',
      files: {
        'roles/r/tasks/main.yml': `
- include_vars: "{{item}}.yml"
  loop: [x, y]
  when: item == "y"
- run: "{{v}}"
`,
        'roles/r/vars/x.yml': 'v: x\n',
        'roles/r/vars/y.yml': 'v: y\n',
      },
    });
    expect(world.log).to.deep.equal(['e1 run y']);
    expect(outcomes(events)).to.deep.equal(['e1 include_vars ok', 'e1 run changed']);
  });

  it('fails with the place where there is no such file, or it is no map', async () => {
    const { events } = await run(
      '- include_vars: "{{item}}.yml"\n  loop: [gone, list]\n  ignore_errors: true',
      { 'list.yml': '- 1\n' },
    );
    const messages = events.flatMap((e) =>
      e.type === 'task-finished' && e.item !== undefined ? [e.failure?.message ?? ''] : [],
    );
    expect(messages[0]).to.match(/cannot read the variables: include_vars finds no file "gone.yml"/);
    expect(messages[1]).to.match(/list\.yml:1:1: wrong type/);
    expect(finishedTasks(events)[0]?.status).to.equal('ignored');
  });

  it('is no change in check mode, and its variables are there', async () => {
    const { world, events } = await run(
      '- include_vars: v.yml\n- set: { key: k, value: "{{v}}" }',
      { 'v.yml': 'v: 1\n' },
      {
        options: { check: true },
      },
    );
    expect(outcomes(events)).to.deep.equal(['e1 include_vars ok', 'e1 set changed']);
    expect(world.log).to.deep.equal([]);
  });
});

describe('include_vars reports before the run', () => {
  it('a file that is missing, a name that no variable can have, and what no file defines', () => {
    expect(problems('- include_vars: gone.yml')).to.deep.equal(['play.yml:3:21 cannot read the variables']);
    expect(problems('- include_vars: {}')).to.deep.equal(['play.yml:3:21 file or dir']);
    expect(problems('- include_vars: { file: v.yml, name: a-b }', { 'v.yml': 'a: 1\n' })).to.deep.equal([
      'play.yml:3:29 bad variable name',
    ]);
    expect(problems('- include_vars: v.yml\n- run: "{{w}}"', { 'v.yml': 'v: 1\n' })).to.deep.equal([
      'play.yml:4:15 undefined variable',
    ]);
    expect(problems('- include_vars: v.yml\n- run: "{{v}}"', { 'v.yml': 'v: "{{u}}"\n' })).to.deep.equal([
      'v.yml:1:7 undefined variable',
    ]);
  });
});
