import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { oms, projectFolder } from './terminal.ts';

const SECRET = 'n0-one-sees-this';

/** Modules with files of the controller, as a playbook uses them, on two nodes that are this machine. */
describe('cli: scripts, fetched files and programs of the user', function () {
  this.timeout(20000);
  const cwd = projectFolder({
    'inv.yml': `vars: { ansible_connection: local, token: ${SECRET} }
regions: { r: { nodes: { n-1: { address: 127.0.0.1 }, n-2: { address: 127.0.0.2 } } } }
`,
    'files/say.sh': '#!/bin/sh\necho "$@" "$0"\n',
    'files/n-1': '1',
    'files/n-2': '2',
    'modules/keep.yml': 'summary: Keep a line\nargs: { path: { required: true }, token: { no_log: true } }\n',
    'modules/keep.sh': `#!/bin/sh
read -r call
now=$(cat "$OMS_PLAY_ARG_PATH" 2>/dev/null)
case $OMS_PLAY_ACTION in
check) [ "$now" = "$OMS_PLAY_ARG_TOKEN" ] && echo '{}' || printf '{"changes": [{"subject": "%s", "summary": "line", "diff": {"before": "%s", "after": "%s"}}]}' "$OMS_PLAY_ARG_PATH" "$now" "$OMS_PLAY_ARG_TOKEN" ;;
apply) printf %s "$OMS_PLAY_ARG_TOKEN" >"$OMS_PLAY_ARG_PATH"; printf '{"result": {"said": "%s"}}' "$OMS_PLAY_ARG_TOKEN" ;;
esac
`,
    'play.yml': `- hosts: all
  gather_facts: false
  tasks:
    - script: say.sh {{inventory_hostname}} "b  c"
      register: said
      changed_when: false
      check_mode: false
    - assert: { that: ["said.stdout.startsWith(inventory_hostname + ' b  c /')"] }
    - keep: { path: "{{playbook_dir}}/kept-{{inventory_hostname}}", token: "{{token}}" }
      register: kept
    - fetch: { src: "{{playbook_dir}}/files/say.sh", dest: got }
    - debug: { msg: "{{kept.said}}" }
      when: has(kept.said)
`,
    'flat.yml': `- hosts: all
  tasks: [{ fetch: { src: "{{playbook_dir}}/files/{{inventory_hostname}}", dest: one, flat: true } }]
`,
    'roles/own/modules/hello.yml': 'summary: Say hello\n',
    'roles/own/modules/hello': `#!/bin/sh\necho '{"message": "hello from the role"}'\n`,
    'roles/own/tasks/main.yml': '- hello:\n',
    'role.yml': '- hosts: all\n  roles: [own]\n  tasks: [{ hello: {} }]\n',
    'wrong.yml': `- hosts: all
  tasks:
    - script: no.sh a
    - keep: { pth: x }
    - fetch: { src: /etc/hosts }
`,
  });
  const run = (...args: string[]) => oms([...args, '-i', 'inv.yml', '-vvv', '--diff'], { cwd });
  before(() => chmodSync(join(cwd, 'modules/keep.sh'), 0o644));

  it('check mode says what would come, and nothing comes', async () => {
    const { code, stdout, stderr } = await run('play.yml', '--check');
    expect(code, stderr).to.equal(0);
    expect(stdout)
      .to.match(/changed +n-1 +.*got\/n-1\/.*say\.sh/)
      .and.include('kept-n-2');
    expect(existsSync(join(cwd, 'got'))).to.equal(false);
    expect(existsSync(join(cwd, 'kept-n-1'))).to.equal(false);
    expect(stdout + stderr).to.not.include(SECRET);
  });

  it('a run brings it, the next one has nothing to do; secrets are shown nowhere', async () => {
    const first = await run('play.yml');
    expect(first.code, first.stdout + first.stderr).to.equal(0);
    expect(readFileSync(join(cwd, 'kept-n-2'), 'utf8')).to.equal(SECRET);
    for (const node of ['n-1', 'n-2']) {
      expect(readFileSync(join(cwd, 'got', node, cwd, 'files/say.sh'), 'utf8')).to.include('echo');
    }
    const second = await run('play.yml', '--no-speculation', '--output', 'json');
    expect(second.stdout).to.include('"changed":0');
    for (const { stdout, stderr } of [first, second]) expect(stdout + stderr).to.not.include(SECRET);
  });

  it('a second node that would overwrite a fetched file is refused', async () => {
    const { code, stdout } = await run('flat.yml');
    expect(code).to.equal(2);
    expect(stdout).to.include('would be overwritten').and.include('inventory_hostname');
  });

  it('a role brings modules along', async () => {
    const { code, stdout, stderr } = await run('role.yml', '--output', 'json');
    expect(code, stderr).to.equal(0);
    expect(stdout.match(/"message":"hello from the role"/g)).to.have.length(4);
  });

  it('mistakes are told before anything is run, with their place', async () => {
    const { code, stderr } = await run('wrong.yml');
    expect(code).to.equal(1);
    expect(stderr).to.include('wrong.yml:3:15').and.include('"no.sh" is in none of');
    expect(stderr).to.include('wrong.yml:4:15').and.include('needs "path"');
    expect(stderr).to.include('needs "dest"');
    writeFileSync(join(cwd, 'modules/lonely.py'), '');
    chmodSync(join(cwd, 'modules/lonely.py'), 0o755);
    expect((await run('play.yml')).stderr)
      .to.include('modules/lonely.py')
      .and.include('lonely.yml');
  });
});
