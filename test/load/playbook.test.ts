import { join } from 'node:path';
import { expect } from 'chai';
import { passable } from '../../src/diagnostics/diagnostic.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import type { Block, Play, Task, TaskItem } from '../../src/model/playbook.ts';
import { places, withProject } from './project.ts';

const MODULES = new Set([
  'command',
  'shell',
  'copy',
  'file',
  'template',
  'debug',
  'directory',
  'docker_image',
]);

function load(files: Readonly<Record<string, string>>, file = 'site.yml') {
  return withProject(files, ({ path, sources, dir }) => {
    const options = { rolePaths: [path('package/roles')], moduleNames: MODULES };
    return { ...loadPlaybook(path(file), sources, options), dir };
  });
}

function goodPlay(text: string, files: Readonly<Record<string, string>> = {}): Play {
  const { value, problems } = load({ 'site.yml': text, ...files });
  expect(problems).to.deep.equal([]);
  const [play] = value.plays;
  if (play === undefined) throw new Error('no play');
  return play;
}

function taskOf(item: TaskItem | undefined): Task {
  if (item?.kind !== 'task') throw new Error('no task');
  return item;
}

function blockOf(item: TaskItem | undefined): Block {
  if (item?.kind !== 'block') throw new Error('no block');
  return item;
}

/** The problems of one play's tasks; the first line is line 3. */
function inTasks(tasks: string) {
  const { problems } = load({ 'site.yml': `- hosts: all\n  tasks:\n${tasks}` });
  return {
    places: shortPlaces(problems),
    details: problems.map(({ detail }) => detail).join('\n'),
    problems,
  };
}

function inPlay(keys: string) {
  const { problems } = load({ 'site.yml': `- hosts: all\n${keys}` });
  return { places: shortPlaces(problems), details: problems.map(({ detail }) => detail).join('\n') };
}

function shortPlaces(problems: Parameters<typeof places>[0]): readonly string[] {
  return places(problems).map((place) => place.replace('site.yml:', ''));
}

describe('loadPlaybook', () => {
  it('reads a play with all its keywords', () => {
    const play = goodPlay(
      `- name: install
  hosts: [web, "&canary"]
  vars: { a: 1 }
  vars_files: [v/x.yml, v/empty.yml]
  gather_facts: false
  become: true
  become_user: oms
  environment: { LANG: C }
  tags: [x, "y, z"]
  regions: 1
  order: default_first
  parallel: 2
  serial: [1, "50%", "3"]
  strategy: host_pinned
  max_fail_percentage: 12.5
  any_errors_fatal: true
  pre_tasks: [{ command: a }]
  tasks: [{ command: b }]
  post_tasks: [{ command: c }]
  handlers: [{ name: restart, command: d, listen: [x, y] }]
`,
      { 'v/x.yml': 'a: 2', 'v/empty.yml': '' },
    );
    expect(play).to.deep.include({
      ...{ name: 'install', hosts: 'web,&canary', regions: 1, order: 'default_first', parallel: 2 },
      ...{
        serial: [1, { percent: 50 }, 3],
        strategy: 'host_pinned',
        maxFailPercentage: 12.5,
        anyErrorsFatal: true,
      },
    });
    expect(play.hostsAt).to.deep.equal({ file: 'site.yml', line: 2, column: 10, length: 16 });
    expect(play.layers.map(({ label, vars }) => [label, [...vars.keys()]])).to.deep.equal([
      ['play vars', ['a']],
      ['vars_files: v/x.yml', ['a']],
      ['vars_files: v/empty.yml', []],
    ]);
    expect(play.keywords).to.deep.include({ become: true, tags: ['x', 'y', 'z'], vars: undefined });
    expect(play.keywords.environment).to.have.lengthOf(1);
    const modules = [play.preTasks, play.tasks, play.postTasks, play.handlers].map((tasks) => {
      const { args } = taskOf(tasks[0]);
      return args.kind === 'scalar' && args.value;
    });
    expect(modules).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(play.handlers[0]?.listen).to.deep.equal(['x', 'y']);
  });

  it('has defaults where nothing is said', () => {
    expect(goodPlay('- hosts: all\n')).to.deep.include({
      ...{ name: 'all', hosts: 'all', layers: [], roles: [], tasks: [], handlers: [], regions: undefined },
      ...{ order: 'inventory', strategy: 'linear', serial: [], parallel: undefined, anyErrorsFatal: false },
    });
    expect(goodPlay('- hosts: all\n  regions: all\n  serial: 2\n')).to.deep.include({
      regions: undefined,
      serial: [2],
    });
  });

  it('reads a task with all its keywords', () => {
    const play = goodPlay(`- hosts: all
  tasks:
    - name: "{{n}} on disk"
      ansible.builtin.copy: { src: a, mode: "0755" }
      when: [true, x == 1]
      loop: [1, 2]
      register: result
      until: result.ok
      retries: 3
      delay: 0.5
      changed_when: false
      failed_when: [a, b]
      ignore_errors: true
      run_once: region
      delegate_to: "{{other}}"
      no_log: true
      check_mode: false
      diff: true
      timeout: 30
      vars: { x: 1 }
      notify: [a, b]
`);
    const task = taskOf(play.tasks[0]);
    expect(task).to.deep.include({
      ...{
        name: '{{n}} on disk',
        module: 'copy',
        register: 'result',
        retries: 3,
        delay: 0.5,
        notify: ['a', 'b'],
      },
    });
    expect(task.at).to.include({ line: 3, column: 7 });
    expect(task.moduleAt).to.include({ line: 4, column: 7, length: 20 });
    expect(task.changedWhen?.map(({ text }) => text)).to.deep.equal(['false']);
    expect(task.failedWhen?.map(({ text }) => text)).to.deep.equal(['a', 'b']);
    expect(task.until.map(({ text }) => text)).to.deep.equal(['result.ok']);
    expect(task.keywords.when).to.deep.equal([
      { text: 'true', at: { file: 'site.yml', line: 5, column: 14, length: 4 } },
      { text: 'x == 1', at: { file: 'site.yml', line: 5, column: 20, length: 6 } },
    ]);
    expect(task.keywords).to.include({
      ...{ runOnce: 'region', noLog: true, checkMode: false, diff: true, timeout: 30, ignoreErrors: true },
    });
    expect(task.keywords.vars?.label).to.equal('task vars');
    expect(task.loop?.kind).to.equal('list');
  });

  it('names a task by its module, and keeps free-form text', () => {
    const task = taskOf(goodPlay('- hosts: all\n  tasks:\n    - command: echo a=b\n    - debug:\n').tasks[0]);
    expect(task).to.include({ name: 'command', module: 'command' });
    expect(task.args).to.include({ kind: 'scalar', value: 'echo a=b' });
  });

  it('reads blocks in blocks', () => {
    const play = goodPlay(`- hosts: all
  tasks:
    - name: outer
      when: x
      block:
        - block: [{ command: a }]
      rescue: [{ command: b }]
      always: [{ command: c }]
`);
    const outer = blockOf(play.tasks[0]);
    expect(outer.name).to.equal('outer');
    expect(outer.keywords.when[0]?.text).to.equal('x');
    expect(blockOf(outer.block[0]).block).to.have.lengthOf(1);
    expect([outer.rescue.length, outer.always.length]).to.deep.equal([1, 1]);
  });
});

describe('loadPlaybook reports in tasks', () => {
  const cases: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    [
      'an unknown module',
      '    - direktory: {}\n',
      ['3:7 unknown-module'],
      /No module is called "direktory". Did you mean "directory"/,
    ],
    ['a module nothing is like', '    - zzzzzzzzz: {}\n', ['3:7 unknown-module'], /oms-play doc/],
    [
      'a module of a collection',
      '    - community.docker.docker_image: {}\n',
      ['3:7 unknown-module'],
      /Did you mean "docker_image"/,
    ],
    [
      'a misspelt keyword beside a module',
      '    - command: x\n      whne: y\n',
      ['4:7 unknown-key'],
      /Did you mean "when"/,
    ],
    [
      'a misspelt keyword and a misspelt module',
      '    - comand: x\n      whne: y\n',
      ['3:7 unknown-module', '4:7 unknown-key'],
      /"command"[^]*"when"/,
    ],
    [
      'a misspelt keyword without a module',
      '    - name: x\n      regster: y\n',
      ['4:7 unknown-key'],
      /Did you mean "register"/,
    ],
    ['two modules', '    - command: x\n      copy: {}\n', ['4:7 unknown-key'], /has "command" already/],
    ['no module', '    - name: x\n', ['3:7 missing-key'], /needs a module/],
    ['an unquoted mode', '    - file: { path: x, mode: 0755 }\n', ['3:30 bad-argument'], /write "0755"/],
    ['an octal mode', '    - file: { path: x, mode: 0o644 }\n', ['3:30 bad-argument'], /write "0644"/],
    ['a three digit mode', '    - file: { path: x, mode: 755 }\n', ['3:30 bad-argument'], /write "0755"/],
    ['a keyword of plays', '    - command: x\n      hosts: y\n', ['4:7 unknown-key'], /belongs to a play/],
    [
      'listen outside handlers',
      '    - command: x\n      listen: y\n',
      ['4:7 unknown-key'],
      /belongs to a handler/,
    ],
    ['loop on a block', '    - block: []\n      loop: [1]\n', ['4:7 unknown-key'], /not possible in a block/],
    [
      'an unknown key on a block',
      '    - block: []\n      rescu: []\n',
      ['4:7 unknown-key'],
      /Did you mean "rescue"/,
    ],
    ['rescue without block', '    - rescue: []\n', ['3:7 missing-key'], /belong to a "block"/],
    ['yes for a boolean', '    - command: x\n      become: yes\n', ['4:15 wrong-type'], /write true/],
    [
      'a quoted boolean',
      '    - command: x\n      become: "true"\n',
      ['4:15 wrong-type'],
      /quoted words are text: write true/,
    ],
    [
      'a template for a boolean',
      '    - command: x\n      become: "{{b}}"\n',
      ['4:15 wrong-type'],
      /Templates are not possible/,
    ],
    [
      'a name that is no variable',
      '    - command: x\n      register: a-b\n',
      ['4:17 bad-value'],
      /Write a_b/,
    ],
    ['a reserved variable', '    - command: x\n      register: loop\n', ['4:17 bad-value'], /reserved word/],
    ['a loop over a map', '    - command: x\n      loop: { a: 1 }\n', ['4:13 wrong-type'], /a list/],
    ['a number as a condition', '    - command: x\n      when: 3\n', ['4:13 wrong-type'], /condition/],
    ['an empty condition', '    - command: x\n      when:\n', ['4:7 wrong-type'], /not nothing/],
    ['negative retries', '    - command: x\n      retries: -1\n', ['4:16 bad-value'], /at least 0/],
    ['a fraction of retries', '    - command: x\n      retries: 1.5\n', ['4:16 bad-value'], /whole number/],
    ['retries as text', '    - command: x\n      retries: "3"\n', ['4:16 wrong-type'], /Remove the quotes/],
    [
      'run_once with another word',
      '    - command: x\n      run_once: group\n',
      ['4:17 wrong-type'],
      /region/,
    ],
    ['environment as text', '    - command: x\n      environment: A=b\n', ['4:20 wrong-type'], /a map/],
    ['a task that is text', '    - command x\n', ['3:7 wrong-type'], /must be a map/],
    ['an unquoted template', '    - command: {{ x }}\n', ['3:16 yaml-syntax'], /must be quoted/],
    ['a duplicate key', '    - command: x\n      command: y\n', ['4:7 duplicate'], /line 3/],
    [
      'args in the task',
      '    - command: x\n      args: {chdir: y}\n',
      ['4:7 unknown-key'],
      /below the name of the module/,
    ],
    ['variables with bad names', '    - command: x\n      vars: {a.b: 1}\n', ['4:14 bad-value'], /a_b/],
  ];
  for (const [name, tasks, expected, detail] of cases) {
    it(name, () => {
      const found = inTasks(tasks);
      expect(found.places).to.deep.equal(expected);
      expect(found.details).to.match(detail);
    });
  }

  const later = [
    ...[
      'async',
      'poll',
      'loop_control',
      'remote_user',
      'connection',
      'throttle',
      'module_defaults',
      'debugger',
    ],
    ...[
      'args',
      'port',
      'become_method',
      'become_flags',
      'become_exe',
      'collections',
      'delegate_facts',
      'with_items',
    ],
    ...['with_dict', 'ignore_unreachable', 'local_action', 'action', 'meta', 'include_tasks', 'import_role'],
    ...['import_tasks', 'include_role', 'ansible.builtin.include_tasks', 'ansible.builtin.meta'],
  ];
  for (const keyword of later) {
    it(`"${keyword}" as not supported yet, and nothing else`, () => {
      const { problems } = inTasks(`    - ${keyword}: x\n`);
      expect(problems.map(({ summary }) => summary)).to.deep.equal(['not supported yet']);
      expect(problems[0]?.detail).to.match(/not supported yet\. \S+/);
    });
  }

  it('all mistakes of a file at once', () => {
    const found = inTasks(
      '    - direktory: {}\n    - command: x\n      become: yes\n    - file: {mode: 0644}\n    - name: none\n',
    );
    expect(found.places).to.deep.equal([
      '3:7 unknown-module',
      '5:15 wrong-type',
      '6:20 bad-argument',
      '7:7 missing-key',
    ]);
  });
});

describe('loadPlaybook reports in plays', () => {
  const cases: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    ['an unknown key', '  task: []\n', ['2:3 unknown-key'], /Did you mean "tasks"/],
    ['a keyword of tasks', '  register: x\n', ['2:3 unknown-key'], /not possible in a play/],
    ['gather_facts: true', '  gather_facts: true\n', ['2:3 unknown-key'], /leave it out/],
    ['gather_facts: no', '  gather_facts: no\n', ['2:17 wrong-type'], /write false/],
    ['a missing vars_file', '  vars_files: [x.yml]\n', ['2:16 not-found'], /x.yml: there is no such file/],
    ['a broken vars_file', '  vars_files: [bad.yml]\n', ['bad.yml:1:4 yaml-syntax'], /@/],
    [
      'a template in vars_files',
      '  vars_files: ["{{x}}.yml"]\n',
      ['2:16 bad-value'],
      /not possible in vars_files/,
    ],
    ['vars as a list', '  vars: [a]\n', ['2:9 wrong-type'], /a map/],
    ['serial of zero', '  serial: 0\n', ['2:11 bad-value'], /from 1/],
    ['serial of 0%', '  serial: ["0%", 1]\n', ['2:12 bad-value'], /"1%"/],
    ['serial above 100%', '  serial: "101%"\n', ['2:11 bad-value'], /"100%"/],
    ['an order of Ansible', '  order: sorted\n', ['2:10 bad-value'], /inventory, default_first, reverse/],
    ['the strategy free', '  strategy: free\n', ['2:13 bad-value'], /not supported yet/],
    ['a misspelt strategy', '  strategy: liner\n', ['2:13 bad-value'], /Did you mean "linear"/],
    ['max_fail_percentage above 100', '  max_fail_percentage: 101\n', ['2:24 bad-value'], /0 to 100/],
    ['regions of zero', '  regions: 0\n', ['2:12 bad-value'], /at least 1/],
    ['parallel as text', '  parallel: many\n', ['2:13 wrong-type'], /whole number/],
    ['tasks that are a map', '  tasks: {command: x}\n', ['2:10 wrong-type'], /must be a list/],
    ['handlers without a name', '  handlers: [{command: x}]\n', ['2:14 missing-key'], /needs a name/],
    [
      'blocks in handlers',
      '  handlers: [{name: x, block: []}]\n',
      ['2:24 unknown-key'],
      /belongs to a block/,
    ],
    ['vars_prompt', '  vars_prompt: []\n', ['2:3 unknown-key'], /-e/],
    ['any_errors_fatal as text', '  any_errors_fatal: on\n', ['2:21 wrong-type'], /write true/],
  ];
  for (const [name, keys, expected, detail] of cases) {
    it(name, () => {
      const { problems } = load({ 'site.yml': `- hosts: all\n${keys}`, 'bad.yml': 'a: @x\n' });
      expect(shortPlaces(problems)).to.deep.equal(expected);
      expect(problems.map((found) => found.detail).join('\n')).to.match(detail);
    });
  }

  it('nothing where there is nothing to report', () => {
    expect(inPlay('  tasks:\n  roles:\n  handlers: []\n  vars:\n').places).to.deep.equal([]);
  });

  it('missing hosts', () => {
    const of = (text: string) => shortPlaces(load({ 'site.yml': text }).problems);
    expect(of('- tasks: []\n')).to.deep.equal(['1:3 missing-key']);
    expect(of('- hosts:\n')).to.deep.equal(['1:3 missing-key']);
    expect(of('- hosts: []\n')).to.deep.equal(['1:10 missing-key']);
    expect(of('- host: all\n')).to.deep.equal(['1:3 unknown-key', '1:3 missing-key']);
  });

  it('what is no playbook', () => {
    const of = (text: string) => {
      const { problems } = load({ 'site.yml': text });
      return [shortPlaces(problems), problems[0]?.detail];
    };
    expect(of('')[0]).to.deep.equal(['1:1 empty-file']);
    expect(of('[]\n')[0]).to.deep.equal(['1:1 empty-file']);
    expect(of('hosts: all\n')[0]).to.deep.equal(['1:1 wrong-type']);
    expect(of('- x\n')[0]).to.deep.equal(['1:3 wrong-type']);
    expect(of('- name: a\n  command: x\n- copy: {}\n')[0]).to.deep.equal(['1:1 missing-key']);
    expect(of('- name: a\n  command: x\n')[1]).to.contain('list of tasks');
    expect(of('- import_playbook: x.yml\n')[1]).to.contain('not supported yet');
    const missing = load({}, 'none.yml').problems;
    expect(missing.map(({ detail }) => detail)).to.deep.equal(['none.yml: there is no such file.']);
  });

  it('loads 5,000 tasks in linear time', function () {
    this.timeout(20_000);
    const task = (i: number) =>
      `    - name: t${i}\n      file: { path: "/x/${i}", mode: "0755" }\n      when: a == ${i}\n`;
    const text = (count: number) =>
      `- hosts: all\n  tasks:\n${Array.from({ length: count }, (_, i) => task(i)).join('')}`;
    load({ 'site.yml': text(500) });
    const started = performance.now();
    const { value, problems } = load({ 'site.yml': text(5_000) });
    expect(problems).to.deep.equal([]);
    expect(value.plays[0]?.tasks).to.have.lengthOf(5_000);
    expect(performance.now() - started).to.be.lessThan(5_000);
  });
});

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
      'site.yml': '- hosts: all\n  roles: [web, {role: web, connection: local}, {tags: x}, 3, "../x"]\n',
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
      'site.yml:2:48 missing-key',
      'site.yml:2:59 wrong-type',
      'site.yml:2:62 bad-value',
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
      'site.yml': '- hosts: all\n  roles: [{role: web, whne: x, becom: 1, known: 2}]\n',
      'roles/web/template/x': '',
      'roles/web/defaults/main.yml': 'becom: 1',
    });
    expect(passable(problems)).to.equal(true);
    expect(places(problems)).to.deep.equal([
      'roles/web/template:1:1 unknown-name',
      'site.yml:2:22 unknown-key',
    ]);
  });
});
