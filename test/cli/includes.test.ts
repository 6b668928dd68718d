import { expect } from 'chai';
import { oms, projectFolder } from './terminal.ts';

describe('cli: includes whose names come out in the run', function () {
  this.timeout(10_000);
  const cwd = projectFolder({
    'inventory.yml': 'regions: { east: { nodes: { e1: { address: 10.0.0.1 } } } }\n',
    'site.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - include_vars: "{{region}}.yml"
    - include_tasks: "part-{{region}}.yml"
      loop: [a, b]
    - include_role: { name: "{{role_of_region}}" }
`,
    'east.yml': 'greeting: hello\nrole_of_region: greet\n',
    'part-east.yml': '- debug: { msg: "{{greeting}} {{item}}" }\n',
    'roles/greet/tasks/main.yml': '- debug: { msg: "{{greeting}} from {{role_name}}" }\n',
  });

  it('are read by the same rules as before it, and shown with their items', async () => {
    const { stdout, code } = await oms(['site.yml', '-i', 'inventory.yml'], { cwd });
    expect(code).to.equal(0);
    const lines = stdout.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, '  '));
    expect(lines).to.include.members([
      'ok  e1  (item=a)  included: part-east.yml',
      'TASK debug  (item=b)',
      'ok  e1  hello b',
      'TASK greet : debug',
      'ok  e1  hello from greet',
    ]);
    expect(stdout).to.match(/e1 +ok=6 /);
  });

  it('are listed with what is known of them', async () => {
    const { stdout } = await oms(['site.yml', '-i', 'inventory.yml', '--list-tasks'], { cwd });
    expect(stdout.trim().split(/\n */)).to.deep.equal([
      ...['PLAY all', 'include_vars', 'include_tasks', 'include_role'],
    ]);
  });
});
