import { expect } from 'chai';
import { oms, projectFolder } from './terminal.ts';

describe('cli: doc --role', () => {
  const cwd = projectFolder({
    'roles/web/tasks/main.yml': '- command: x\n',
    'roles/web/tasks/drain.yml': '- command: y\n',
    'roles/web/meta/main.yml': 'dependencies: [base]\n',
    'roles/web/meta/argument_specs.yml': `
argument_specs:
  main:
    short_description: The web server
    description: [First., Second.]
    options:
      port: { type: int, required: true, default: 80, description: Where it listens }
      mode: { choices: [a, b] }
      nodes:
        type: list
        elements: dict
        options:
          name: { required: true, description: Its name }
  drain: { short_description: Takes a node out }
`,
    'roles/base/tasks/main.yml': '[]\n',
  });

  it('prints the page of a role, made from its argument_specs', async () => {
    const { stdout, code } = await oms(['doc', '--role', 'web'], { cwd });
    expect(code).to.equal(0);
    expect(stdout.replace(cwd, '…')).to.equal(`web — The web server
In …/roles/web; runs base before it

Entry point main  (include_role: { name: web })

First.

Second.

  port  (int, required, default 80)
      Where it listens
  mode  (a | b)
  nodes  (list of dict)
      name  (str, required)
          Its name

Entry point drain  (include_role: { name: web, tasks_from: drain })

Takes a node out

It takes no arguments.
`);
    const bare = await oms(['doc', '--role', 'base'], { cwd });
    expect(bare.stdout).to.contain('no meta/argument_specs.yml');
  });

  it('lists the roles in reach, and says what a wrong name may have meant', async () => {
    const { stdout } = await oms(['doc', '--role'], { cwd });
    expect(stdout)
      .to.match(/^base$/m)
      .and.match(/^web +The web server$/m)
      .and.match(/^preflight /m);
    const wrong = await oms(['doc', '--role', 'wbe'], { cwd });
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.contain('Did you mean "web"?');
  });
});
