import { expect } from 'chai';
import { oms, projectFolder } from './terminal.ts';

const inventory = `
vars: { a: inventory, made: "of {{a}}", api_token: "{{vault_token}}", vault_token: S3cret_word }
regions:
  east: { vars: { a: region }, nodes: { e1: { address: 127.0.0.1, vars: { a: node, only: 1 } }, e2: { address: 127.0.0.2 } } }
`;
const site = `- name: First
  hosts: all
  gather_facts: false
  vars: { a: play }
  vars_files: [more.yml]
  roles: [{ role: web, b: parameter }]
  tasks:
    - name: sees files
      debug: { msg: "{{a}}" }
    - block:
        - name: sees the block
          debug: { msg: "{{a}}" }
        - name: sees its own
          debug: { msg: "{{a}}" }
          vars: { a: "task of {{inventory_hostname}}" }
      vars: { a: block }
    - include_vars: late.yml
    - set_fact: { a: fact }
    - command: x
      register: a
    - name: the last
      debug: { msg: "{{a}}" }
- name: Second
  hosts: e2
  tasks:
    - name: another play
      debug: { msg: "{{ansible_distribution}}" }
`;
const files = {
  'inv/inventory.yml': inventory,
  'site.yml': site,
  'more.yml': 'a: file\n',
  'late.yml': 'a: late\n',
  'roles/web/defaults/main.yml': 'a: default\nb: default\n',
  'roles/web/tasks/main.yml': '- name: in the role\n  debug: { msg: "{{b}}" }\n',
};

describe('cli: inventory --explain --playbook', () => {
  const cwd = projectFolder(files);
  const explain = (name: string, ...args: string[]) =>
    oms(['inventory', '-i', 'inv', '--host', 'e1', '--explain', name, '--playbook', 'site.yml', ...args], {
      cwd,
    });
  /** The first lines of the answers, and where each value is from. */
  const told = async (name: string, ...args: string[]) => {
    const { stdout } = await explain(name, ...args);
    return stdout
      .trimEnd()
      .split('\n\n')
      .map((answer) => {
        const [value, , from] = answer.split('\n');
        return `${value?.replace(/.* = /, '')} ${from?.replace(/^ +from +/, '')}`;
      });
  };

  it('gives an answer for each way in which tasks see it, in their order', async () => {
    expect(await told('a')).to.deep.equal([
      '"file" more.yml:1  vars_files: more.yml',
      '"file" more.yml:1  vars_files: more.yml',
      '"block" site.yml:16  block vars',
      '"task of e1" site.yml:15  task vars',
      '"late" late.yml:1  include_vars: late.yml',
      '(known only in a run) site.yml:18  set_fact',
      '(known only in a run) site.yml:19  register',
    ]);
  });

  it('names the tasks, and all that is overridden, nearest first', async () => {
    const { stdout } = await explain('a');
    expect(stdout.split('\n\n')[2]?.split('\n')).to.deep.equal([
      'a on e1 = "block"',
      '  in         a task of play "First", at site.yml:11',
      '  from       site.yml:16  block vars',
      '  overrides  more.yml:1  vars_files: more.yml  "file"',
      '  overrides  site.yml:4  play vars  "play"',
      '  overrides  inv/inventory.yml:4  inventory.yml: e1  "node"',
      '  overrides  inv/inventory.yml:4  inventory.yml: regions.east.vars  "region"',
      '  overrides  inv/inventory.yml:2  inventory.yml: vars  "inventory"',
      '  overrides  roles/web/defaults/main.yml:1  role web defaults  "default"',
    ]);
  });

  it('what is made of something that a task has set is not told from what it was before', async () => {
    expect(await told('made')).to.deep.equal([
      '"of file" inv/inventory.yml:2  inventory.yml: vars',
      '"of block" inv/inventory.yml:2  inventory.yml: vars',
      '"of task of e1" inv/inventory.yml:2  inventory.yml: vars',
      '"of late" inv/inventory.yml:2  inventory.yml: vars',
      '(known only in a run: a is set by the run) inv/inventory.yml:2  inventory.yml: vars',
    ]);
  });

  it('-e is above all, a parameter above the defaults of its role, for that role alone', async () => {
    expect(await told('a', '-e', 'a=1')).to.include.members(['"1" -e:1  extra vars (-e)']);
    expect(await told('b')).to.deep.equal([
      '"parameter" site.yml:6  parameters of role web',
      '"default" roles/web/defaults/main.yml:2  role web defaults',
    ]);
  });

  it('facts, of the node’s own plays only', async () => {
    const { stderr } = await explain('ansible_distribution');
    expect(stderr).to.include('no task on e1 has a variable "ansible_distribution"');
    const { stdout } = await oms(
      [
        'inventory',
        '-i',
        'inv',
        '--host',
        'e2',
        '--explain',
        'ansible_distribution',
        '--playbook',
        'site.yml',
      ],
      { cwd },
    );
    expect(stdout).to.match(
      /= \(known only in a run\)\n {2}in +a task of play "Second", .*\n {2}from +site.yml:23 {2}facts of the node/,
    );
  });

  it('shows no secret; says what is always there; suggests a name', async () => {
    const secret = await explain('api_token');
    expect(secret.stdout).to.include('api_token on e1 = "***"').and.not.to.include('S3cret');
    expect((await explain('region')).stdout).to.include('set by oms-play itself');
    const wrong = await explain('onyl');
    expect([wrong.code, wrong.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code !== 0 && text.includes('Did you mean "only"'),
    );
  });

  it('needs --explain, and a playbook without mistakes', async () => {
    const alone = await oms(['inventory', '-i', 'inv', '--host', 'e1', '--playbook', 'site.yml'], { cwd });
    expect(alone.stderr).to.include('--playbook goes with --explain');
    const missing = await oms(
      ['inventory', '-i', 'inv', '--host', 'e1', '--explain', 'a', '--playbook', 'none.yml'],
      { cwd },
    );
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.include('none.yml');
  });
});
