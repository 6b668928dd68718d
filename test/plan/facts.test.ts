import { expect } from 'chai';
import type { PlayPlan, TaskPlan } from '../../src/model/plan.ts';
import { planProject, type Project } from '../run/support.ts';

const inventory = `
vars: { of_inventory: "{{ansible_kernel}}", plain: 1 }
regions: { r: { nodes: { n1: { address: 10.0.0.1 }, n2: { address: 10.0.0.2, vars: { own: "{{ansible_fqdn}}" } } } } }
`;
const nowhere = { get: () => undefined, names: () => [] };

function gathering(play: PlayPlan | undefined): TaskPlan | undefined {
  const first = play?.steps[0];
  return first?.kind === 'task' &&
    first.module === 'setup' &&
    first.name.render(nowhere) === 'Gathering Facts'
    ? first
    : undefined;
}

/** For each play what it gathers: arguments, or undefined. */
function gathered(playbook: string, more: Partial<Project> = {}): unknown[] {
  const { plan, problems } = planProject({ inventory, playbook, ...more });
  expect(problems.map(({ detail }) => detail)).to.deep.equal([]);
  return plan.plays.map((play) => gathering(play)?.args.render(nowhere));
}

const only = (...subsets: string[]) => ({ gather_subset: ['!all', '!min', ...subsets] });
const play = (words: string, keywords = '') => `- hosts: all\n${keywords}  tasks:\n    - ${words}\n`;
const shows = (name: string) => `debug: { msg: "{{${name}}}" }`;

describe('plan: gathering facts', () => {
  it('not where nothing refers to them', () => {
    expect(gathered(play(shows('plain')))).to.deep.equal([undefined]);
    expect(gathered(play('command: uptime'))).to.deep.equal([undefined]);
  });

  it('where something does, and no more than it refers to', () => {
    const cases: readonly (readonly [string, unknown])[] = [
      [shows('ansible_distribution'), only('distribution')],
      [shows('ansible_facts.memtotal_mb'), only('memory')],
      [shows('ansible_facts'), { gather_subset: ['all'] }],
      [shows('oms_facts.docker.version'), only('docker')],
      [shows('ansible_eth0.ipv4.address'), only('network')],
      [shows('default ansible_local.cm.location 1'), only('local')],
      ['debug: { msg: a, }\n      when: ansible_os_family == "Debian"', only('distribution')],
      ['debug: { msg: a }\n      when: has(vars.ansible_virtualization_type)', only('virtual')],
      ['debug: { msg: a }\n      when: vars.ansible_pkg_mgr == "apt"', only('pkg_mgr')],
      ['command: a\n      register: r\n      changed_when: ansible_fips', only('fips')],
      ['debug: { msg: "{{item.mount}}" }\n      loop: "{{ansible_mounts}}"', only('mounts')],
      ['command: a\n      become: true\n      become_user: "{{ansible_user_id}}"', only('user')],
      ['command: a\n      environment: { X: "{{ansible_env.HOME}}" }', only('env')],
      ['debug: { var: ansible_date_time.epoch }', only('date_time')],
      ['assert: { that: ["ansible_processor_vcpus >= 4"] }', only('processor')],
      [
        'block: [{ command: a }]\n      rescue: [{ debug: { msg: "{{ansible_machine}}" } }]',
        only('platform'),
      ],
    ];
    for (const [words, args] of cases) expect(gathered(play(words)), words).to.deep.equal([args]);
  });

  it('through variables, of the inventory, a node, a role and the play', () => {
    expect(gathered(play(shows('of_inventory')))).to.deep.equal([only('platform')]);
    expect(gathered(play(shows('own'), '  vars: { own: x }\n'))).to.deep.equal([only('platform')]);
    const deep = '  vars: { a: "{{b}}", b: ["{{c.d}}"], c: { d: "{{ansible_selinux.status}}" } }\n';
    expect(gathered(play(shows('a'), deep))).to.deep.equal([only('selinux')]);
    const files = {
      'roles/x/tasks/main.yml': '- debug: { msg: "{{tool}}" }',
      'roles/x/defaults/main.yml': 'tool: "{{ansible_pkg_mgr}}"',
    };
    expect(gathered('- hosts: all\n  roles: [x]', { files })).to.deep.equal([only('pkg_mgr')]);
  });

  it('in handlers and in template files; for all, where the file is not known before the run', () => {
    const handler = `- hosts: all
  tasks: [{ command: a, notify: h }]
  handlers: [{ name: h, debug: { msg: "{{ansible_hostname}}" } }]
`;
    expect(gathered(handler)).to.deep.equal([only('platform')]);
    const files = { 'templates/a.conf': '{{#if x}}{{ansible_memtotal_mb}}{{/if}}', 'templates/b.conf': 'b' };
    const uses = (src: string) =>
      play(`template: { src: "${src}", dest: /x }`, '  vars: { x: true, a: b }\n');
    expect(gathered(uses('a.conf'), { files })).to.deep.equal([only('memory')]);
    expect(gathered(uses('b.conf'), { files })).to.deep.equal([undefined]);
    expect(gathered(uses('{{a}}.conf'), { files })).to.deep.equal([{ gather_subset: ['all'] }]);
  });

  it('not for a name that something else defines', () => {
    const vars = '  vars: { ansible_distribution: mine }\n';
    expect(gathered(play(shows('ansible_distribution'), vars))).to.deep.equal([undefined]);
    expect(gathered(play(shows('ansible_facts.distribution'), vars))).to.deep.equal([only('distribution')]);
    const registered = play(`command: a\n      register: ansible_lsb\n    - ${shows('ansible_lsb.stdout')}`);
    expect(gathered(registered)).to.deep.equal([undefined]);
    const extra = { extra: { ansible_kernel: 'x' } };
    expect(gathered(play(shows('ansible_kernel')), extra)).to.deep.equal([undefined]);
  });

  it('not again what an earlier play has gathered on these nodes', () => {
    const first = play(shows('ansible_kernel'));
    const both = play(`debug: { msg: "{{ansible_kernel}} {{ansible_memtotal_mb}}" }`);
    expect(gathered(first + both)).to.deep.equal([only('platform'), only('memory')]);
    expect(gathered(first + first)).to.deep.equal([only('platform'), undefined]);
    expect(gathered(first.replace('all', 'n1') + first)).to.deep.equal([only('platform'), only('platform')]);
    expect(gathered(first + first.replace('all', 'n1'))).to.deep.equal([only('platform'), undefined]);
    const asks = play('command: a', '  gather_facts: true\n');
    expect(gathered(asks + first)).to.deep.equal([{}, undefined]);
    expect(gathered(first + asks)).to.deep.equal([only('platform'), {}]);
  });

  it('always with true, never with false, as the keywords say', () => {
    const keywords =
      '  gather_facts: true\n  gather_subset: [network, "!min"]\n  gather_timeout: 3\n  fact_path: /opt/f\n';
    const args = { gather_subset: ['network', '!min'], gather_timeout: 3, fact_path: '/opt/f' };
    expect(gathered(play('command: a', keywords))).to.deep.equal([args]);
    expect(gathered(play('command: a', keywords.replace('  gather_facts: true\n', '')))).to.deep.equal([
      undefined,
    ]);
    const some = keywords.replace(/.*(true|subset).*\n/g, '');
    expect(gathered(play(shows('ansible_fqdn'), some))).to.deep.equal([
      { ...only('platform'), gather_timeout: 3, fact_path: '/opt/f' },
    ]);
    expect(gathered(play(shows('ansible_fqdn'), '  gather_subset: min\n'))).to.deep.equal([
      { gather_subset: 'min' },
    ]);
    const own = `setup:\n    - ${shows('ansible_fqdn')}`;
    expect(gathered(play(own, '  gather_facts: false\n'))).to.deep.equal([undefined]);
    // Who gathers in a task of the play knows when.
    expect(gathered(play(own))).to.deep.equal([undefined]);
  });

  it('goes by the tasks that the tags choose', () => {
    const tagged = `- hosts: all
  tasks:
    - { debug: { msg: "{{ansible_kernel}}" }, tags: [a] }
    - { command: x, tags: [b] }
`;
    expect(gathered(tagged, { tags: ['a'] })).to.deep.equal([only('platform')]);
    expect(gathered(tagged, { tags: ['b'] })).to.deep.equal([undefined]);
    const asks = tagged.replace('tasks:', 'gather_facts: true\n  tasks:');
    expect(gathered(asks, { tags: ['b'] })).to.deep.equal([{}]);
    expect(gathered(asks, { tags: ['b'], skipTags: ['always'] })).to.deep.equal([undefined]);
    expect(gathered(asks.replace('tasks:', 'tags: [web]\n  tasks:'), { tags: ['b'] })).to.deep.equal([
      undefined,
    ]);
  });

  it('takes over what the play hands down, but for run_once', () => {
    const { plan } = planProject({
      inventory,
      playbook: play(
        shows('ansible_kernel'),
        '  become: true\n  run_once: true\n  no_log: true\n  environment: { A: b }\n',
      ),
    });
    const task = gathering(plan.plays[0]);
    expect(task).to.include({ become: true, runOnce: false, noLog: true });
    expect(task?.environment).to.have.length(1);
    expect(plan.plays[0]?.steps).to.have.length(3);
  });
});

describe('plan: names of facts', () => {
  const found = (playbook: string, more: Partial<Project> = {}) =>
    planProject({ inventory, playbook, ...more }).problems.map(
      ({ at, summary, detail }) => `${at?.line}:${at?.column} ${summary}: ${detail}`,
    );

  it('are unknown where the play forbids gathering', () => {
    const problems = found(play(shows('ansible_kernel'), '  gather_facts: false\n'));
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(
      /^4:\d+ undefined variable: "ansible_kernel" is a fact, and no play gathers facts/,
    );
    expect(found(play(shows('default ansible_kernel 1'), '  gather_facts: false\n'))).to.deep.equal([]);
  });

  it('are suggested for what is misspelt', () => {
    expect(found(play(shows('ansible_distribtion')))[0]).to.match(/Did you mean "ansible_distribution"\?/);
  });

  it('of interfaces are known when facts are gathered', () => {
    expect(found(play(`setup:\n    - ${shows('ansible_eth1.mtu')}`))).to.deep.equal([]);
  });

  it('tell which tags leave the gathering out', () => {
    expect(found(play(shows('ansible_kernel')), { skipTags: ['always'] })[0]).to.match(
      /--skip-tags leaves out/,
    );
  });

  it('cannot be set, nor can the maps of all', () => {
    const problems = found(play('set_fact: { a: 1 }', '  vars: { ansible_facts: {}, oms_facts: {} }\n'));
    expect(problems).to.have.length(2);
    expect(problems[0]).to.match(/"ansible_facts" cannot be the name of a variable: oms-play sets it itself/);
  });

  it('the keywords are checked as the arguments of setup are', () => {
    const keywords =
      '  gather_facts: true\n  gather_subset: [hardwear]\n  gather_timeout: soon\n  fact_path: here\n';
    const problems = found(play('command: a', keywords));
    expect(problems.map((text) => text.slice(0, 4))).to.deep.equal(['3:18', '4:19', '5:14']);
    expect(problems[0]).to.match(/no subset "hardwear"/);
    expect(found(play('command: a\n      gather_subset: [all]'))[0]).to.match(/not possible in a task/);
  });
});
