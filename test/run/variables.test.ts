import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, outcomes, planProject, runProject } from './support.ts';

const inventory = `
vars: { v: all }
regions:
  r:
    vars: { secret_password: "S3cret-value" }
    nodes:
      n1: { address: 10.0.0.1, vars: { v: node } }
      n2: { address: 10.0.0.2 }
`;

async function valueOf(playbook: string, more: object = {}): Promise<string | undefined> {
  const { world } = await runProject({ inventory, playbook, ...more });
  return world.values.get('n1/k');
}

const set = '- set: { key: k, value: "{{v}}" }';

describeBothWays('precedence', () => {
  const role = (files: Record<string, string>) => ({
    'roles/x/tasks/main.yml': set,
    ...Object.fromEntries(Object.entries(files).map(([k, v]) => [`roles/x/${k}/main.yml`, v])),
  });

  it('role defaults are below the inventory', async () => {
    const playbook = '- hosts: n1\n  roles: [x]';
    expect(await valueOf(playbook, { files: role({ defaults: 'v: default' }) })).to.equal('node');
  });

  it('play vars are above the inventory, vars_files above them', async () => {
    expect(await valueOf(`- hosts: n1\n  vars: { v: play }\n  tasks:\n    ${set}`)).to.equal('play');
    const playbook = `- hosts: n1\n  vars: { v: play }\n  vars_files: [f.yml]\n  tasks:\n    ${set}`;
    expect(await valueOf(playbook, { files: { 'f.yml': 'v: file' } })).to.equal('file');
  });

  it('role vars above vars_files, role parameters above role vars', async () => {
    const files = { ...role({ vars: 'v: rolevar' }), 'f.yml': 'v: file' };
    expect(await valueOf('- hosts: n1\n  vars_files: [f.yml]\n  roles: [x]', { files })).to.equal('rolevar');
    expect(await valueOf('- hosts: n1\n  roles: [{ role: x, vars: { v: param } }]', { files })).to.equal(
      'param',
    );
  });

  it('task vars above block vars, set_fact above both, -e above all', async () => {
    const block = (task: string) => `- hosts: n1
  tasks:
    - set_fact: { other: 1 }
    - block:
        ${task}
      vars: { v: block }`;
    expect(await valueOf(block(set))).to.equal('block');
    expect(await valueOf(block(`${set}\n          vars: { v: task }`))).to.equal('task');
    const fact = block(`${set}\n          vars: { v: task }`).replace('other: 1', 'v: fact');
    expect(await valueOf(fact)).to.equal('fact');
    expect(await valueOf(fact, { extra: { v: 'extra' } })).to.equal('extra');
  });

  it('variables may refer to each other, late', async () => {
    const playbook = `- hosts: n1\n  vars: { v: "{{w}}-{{inventory_hostname}}", w: x }\n  tasks:\n    ${set}`;
    expect(await valueOf(playbook)).to.equal('x-n1');
    expect(await valueOf(playbook, { extra: { w: 'y' } })).to.equal('y-n1');
  });

  it('a variable that refers to itself is an error, not a hang', async () => {
    const playbook = `- hosts: n1\n  vars: { v: "{{w}}", w: "{{v}}" }\n  tasks:\n    ${set}`;
    const { events } = await runProject({ inventory, playbook });
    expect(finishedTasks(events)[0]?.failure?.message).to.match(/refers to itself: v → w → v/);
  });
});

describeBothWays('what a node says is data', () => {
  it('is never a template or an expression again', async () => {
    const playbook = `
- hosts: n1
  tasks:
    - run: { say: "{{text}}" }
      register: r
    - set_fact: { copied: "{{r.stdout}}" }
    - set: { key: k, value: "{{copied}}" }
    - name: guarded
      get: { key: x }
      when: copied == text
`;
    const hostile = '{{inventory_hostname}} {{#each x}} 1 == 1 || true';
    const world = (
      await runProject({
        inventory,
        playbook: playbook
          .replace('"{{text}}"', '"{{base64decode encoded}}"')
          .replace('copied == text', 'copied != ""'),
        extra: { encoded: Buffer.from(hostile).toString('base64') },
      })
    ).world;
    expect(world.values.get('n1/k')).to.equal(hostile);
  });
});

describeBothWays('secrets', () => {
  it('are masked in every event, whatever carries them', async () => {
    const playbook = `
- hosts: n1
  tasks:
    - run: "say {{secret_password}}"
    - set: { key: k, value: "{{base64 secret_password}}", password: "argument-secret" }
    - debug: { msg: "it is {{secret_password}} argument-secret" }
`;
    const { events, world } = await runProject({ inventory, playbook });
    expect(world.values.get('n1/k')).to.equal(Buffer.from('S3cret-value').toString('base64'));
    const text = JSON.stringify(events);
    expect(text).to.not.include('S3cret-value').and.not.include('argument-secret');
    expect(text).to.not.include(Buffer.from('S3cret-value').toString('base64').replace(/=+$/, ''));
    expect(text).to.include('say ***');
  });

  it('no_log leaves nothing but the status', async () => {
    const playbook = `
- hosts: n1
  tasks:
    - name: quiet
      run: { say: "private words", rc: 1 }
      no_log: true
      register: r
`;
    const { events } = await runProject({ inventory, playbook });
    expect(JSON.stringify(events)).to.not.include('private words');
    expect(outcomes(events)).to.deep.equal(['n1 quiet failed']);
  });
});

describeBothWays('problems before the run', () => {
  const found = (playbook: string, files = {}) =>
    planProject({ inventory, playbook, files }).problems.map(
      (p) => `${p.at?.line}:${p.at?.column} ${p.summary}: ${p.detail}`,
    );

  it('names unknown variables with their place and a suggestion', () => {
    const problems = found(
      '- hosts: n1\n  vars: { colour: red }\n  tasks:\n    - debug: { msg: "{{color}}" }\n',
    );
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(
      /^4:\d+ undefined variable: Nothing defines "color"\. Did you mean "colour"\?/,
    );
  });

  it('lists all mistakes at once: arguments, handlers, patterns, conditions', () => {
    const problems = found(`- hosts: nowhere
  tasks:
    - file: { path: /x, staet: absent }
    - copy: { content: x }
    - debug: { msg: hi }
      notify: nobody
    - debug: { msg: hi }
      when: x and y
`);
    expect(problems.map((p) => p.replace(/:.*/s, '')).length).to.be.at.least(5);
    expect(problems.join('\n')).to.match(/no argument "staet"\. Did you mean "state"\?/);
    expect(problems.join('\n')).to.match(/"copy" needs "dest"/);
    expect(problems.join('\n')).to.match(/No handler of this play is called "nobody"/);
    expect(problems.join('\n')).to.match(/Nothing in the inventory matches "nowhere"/);
    expect(problems.join('\n')).to.match(/&&/);
  });

  it('checks the types of literal arguments and the files that are named', () => {
    const problems = found(`- hosts: n1
  tasks:
    - wait_for: { port: many }
    - copy: { src: missing.txt, dest: /x }
`);
    expect(problems.join('\n')).to.match(
      /3:\d+ wrong argument: "wait_for": port: must be a number, not text/,
    );
    expect(problems.join('\n')).to.match(/4:\d+ file not found/);
  });

  it('checks role arguments by the role’s specification', () => {
    const files = {
      'roles/x/tasks/main.yml': '- debug: { msg: "{{n}} {{mode}}" }',
      'roles/x/meta/argument_specs.yml':
        'argument_specs: { main: { options: { n: { type: int, required: true, description: how many }, mode: { type: str, choices: [a, b] } } } }',
    };
    const problems = found('- hosts: n1\n  roles: [{ role: x, vars: { mode: c } }]', files);
    expect(problems.join('\n')).to.match(/Role "x" needs "n" \(how many\)/);
    expect(problems.join('\n')).to.match(/"mode" must be one of a, b/);
  });
});
