import { join } from 'node:path';
import { expect } from 'chai';
import { passable } from '../../src/diagnostics/diagnostic.ts';
import { places } from './project.ts';
import { goodPlay, load, shortPlaces } from './playbooks.ts';

describe('loadPlaybook finds roles', () => {
  const TASKS = '- command: x\n  notify: restart\n';

  it('with all their parts', () => {
    const play = goodPlay('- hosts: all\n  roles: [web]\n', {
      'roles/web/tasks/main.yml': TASKS,
      'roles/web/handlers/main.yaml': '- name: restart\n  command: y\n',
      'roles/web/defaults/main.yml': 'a: 1\n',
      'roles/web/vars/main.yml': 'b: 2\n',
      'roles/web/meta/main.yml': 'galaxy_info: {author: me}\ndependencies: [{role: base, c: 3}]\n',
      'roles/web/meta/argument_specs.yml':
        'argument_specs:\n  main:\n    short_description: x\n    options:\n      port: {type: int, required: true, choices: [80, 443], description: [Port, of it]}\n      name_of: {}\n',
      'roles/base/tasks/main.yml': '',
    });
    const role = play.roles[0]?.role;
    expect(role?.name).to.equal('web');
    expect([role?.tasks.length, role?.handlers.length]).to.deep.equal([1, 1]);
    expect([...(role?.defaults.vars.keys() ?? [])]).to.deep.equal(['a']);
    expect(role?.vars.label).to.equal('role web vars');
    expect(
      role?.dependencies.map((use) => [use.role.name, [...(use.parameters?.vars.keys() ?? [])]]),
    ).to.deep.equal([['base', ['c']]]);
    expect(role?.argumentSpec.get('port')).to.deep.include({
      ...{ type: 'int', required: true, choices: [80, 443], description: 'Port of it', elements: undefined },
    });
    expect(role?.argumentSpec.get('name_of')).to.deep.include({
      type: 'str',
      required: false,
      choices: undefined,
    });
  });

  it('beside the playbook before those of the package, each read once', () => {
    const { value, problems, dir } = load({
      'site.yml': '- hosts: all\n  roles: [web, own, {role: web}]\n',
      'roles/web/tasks/main.yml': TASKS,
      'package/roles/web/tasks/main.yml': '',
      'package/roles/own/tasks/main.yml': '',
    });
    expect(problems).to.deep.equal([]);
    const roles = value.plays[0]?.roles.map(({ role }) => role) ?? [];
    expect(roles.map((role) => role.dir)).to.deep.equal([
      join(dir, 'roles/web'),
      join(dir, 'package/roles/own'),
      join(dir, 'roles/web'),
    ]);
    expect(roles[0]).to.equal(roles[2]);
  });

  it('with keywords and parameters; a key of its own beats vars', () => {
    const play = goodPlay(
      '- hosts: all\n  roles:\n    - { role: web, tags: t, when: x, become: true, vars: {p: 1, q: 1}, p: 2 }\n    - name: web\n',
      { 'roles/web/tasks/main.yml': TASKS },
    );
    const [first, second] = play.roles;
    expect(first?.keywords).to.deep.include({ tags: ['t'], become: true, vars: undefined });
    expect(first?.keywords.when[0]?.text).to.equal('x');
    const values = [...(first?.parameters?.vars ?? [])].map(([name, { value }]) => [
      name,
      value.kind === 'scalar' && value.value,
    ]);
    expect(values).to.deep.equal([
      ['p', 2],
      ['q', 1],
    ]);
    expect(second?.parameters).to.equal(undefined);
  });

  it('or says where it looked', () => {
    const { problems, dir } = load({
      'site.yml': '- hosts: all\n  roles: [wbe]\n',
      'roles/web/tasks/main.yml': TASKS,
    });
    expect(shortPlaces(problems)).to.deep.equal(['2:11 not-found']);
    expect(problems[0]?.detail).to.contain('Did you mean "web"?').and.contain('\n  roles/wbe');
    expect(problems[0]?.detail).to.contain('package/roles/wbe').and.not.contain(dir);
  });

  it('and reports mistakes in all their files once', () => {
    const { problems } = load({
      'site.yml': '- hosts: all\n  roles: [web, {role: web, collections: x}, {tags: x}, 3, "../x"]\n',
      'roles/web/tasks/main.yml': '- comand: x\n',
      'roles/web/handlers/main.yml': '- command: x\n',
      'roles/web/defaults/main.yml': '- a\n',
      'roles/web/vars/main.yml': 'a-b: 1\n',
      'roles/web/meta/main.yml':
        'dependancies: []\nargument_specs: {main: {options: {a: {type: string, requird: true}}}}\n',
    });
    expect([...places(problems)].sort()).to.deep.equal([
      'roles/web/defaults/main.yml:1:1 wrong-type',
      'roles/web/handlers/main.yml:1:3 missing-key',
      'roles/web/meta/main.yml:1:1 unknown-key',
      'roles/web/meta/main.yml:2:45 bad-value',
      'roles/web/meta/main.yml:2:53 unknown-key',
      'roles/web/tasks/main.yml:1:3 unknown-module',
      'roles/web/vars/main.yml:1:1 bad-value',
      'site.yml:2:28 unknown-key',
      'site.yml:2:45 missing-key',
      'site.yml:2:56 wrong-type',
      'site.yml:2:59 bad-value',
    ]);
  });

  it('and refuses circles of dependencies', () => {
    const { problems } = load({
      'site.yml': '- hosts: all\n  roles: [a]\n',
      'roles/a/meta/main.yml': 'dependencies: [b]\n',
      'roles/b/meta/main.yml': 'dependencies: [{role: a}]\n',
    });
    expect(places(problems)).to.deep.equal(['roles/b/meta/main.yml:1:23 bad-value']);
    expect(problems[0]?.detail).to.contain('a → b → a');
  });

  it('and warns of folders and parameters that nothing reads', () => {
    const { problems } = load({
      'site.yml': '- hosts: all\n  roles: [{role: web, whne: x, becom: 1, known: 2, sync: all}]\n',
      'roles/web/template/x': '',
      'roles/web/defaults/main.yml': 'becom: 1',
    });
    expect(passable(problems)).to.equal(true);
    expect(places(problems)).to.deep.equal([
      'roles/web/template:1:1 unknown-name',
      'site.yml:2:23 unknown-key',
      'site.yml:2:52 unknown-key',
    ]);
    expect(problems[2]?.detail).to.match(/"sync" is taken as a parameter .* it belongs to a task\.$/);
  });
});
