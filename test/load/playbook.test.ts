import { expect } from 'chai';
import type { Block, Task, TaskItem } from '../../src/model/playbook.ts';
import { goodPlay } from './playbooks.ts';

function taskOf(item: TaskItem | undefined): Task {
  if (item?.kind !== 'task') throw new Error('no task');
  return item;
}

function blockOf(item: TaskItem | undefined): Block {
  if (item?.kind !== 'block') throw new Error('no block');
  return item;
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
      ...{ name: 'install', hosts: 'web,&canary', regions: 1, parallel: 2 },
      order: { regions: 'default_first', nodes: 'inventory' },
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
    expect(taskOf(play.handlers[0]).listen).to.deep.equal(['x', 'y']);
  });

  it('has defaults where nothing is said', () => {
    expect(goodPlay('- hosts: all\n')).to.deep.include({
      ...{ name: 'all', hosts: 'all', layers: [], roles: [], tasks: [], handlers: [], regions: undefined },
      ...{
        order: { regions: 'inventory', nodes: 'inventory' },
        limits: [],
        strategy: 'linear',
        serial: [],
        parallel: undefined,
        anyErrorsFatal: false,
      },
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
      },
    });
    expect(task.keywords.notify?.topics).to.deep.equal(['a', 'b']);
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

  it('takes plain booleans where a condition stands', () => {
    const task = taskOf(
      goodPlay(
        '- hosts: all\n  tasks:\n    - command: a\n      when: true\n      changed_when: false\n      failed_when: [false]\n      until: true\n',
      ).tasks[0],
    );
    const texts = [task.keywords.when, task.changedWhen, task.failedWhen, task.until];
    expect(texts.map((list) => list?.map(({ text }) => text))).to.deep.equal([
      ['true'],
      ['false'],
      ['false'],
      ['true'],
    ]);
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
