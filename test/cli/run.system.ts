import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oms, projectFolder, LOCAL_INVENTORY } from './terminal.ts';

interface JsonEvent {
  readonly type: string;
  readonly node?: string;
  readonly status?: string;
  readonly message?: string;
  readonly recap?: readonly Record<string, unknown>[];
}

const PLAYBOOK = `- name: make files
  hosts: all
  tasks:
    - name: folder
      file: { path: "{{out}}/{{inventory_hostname}}", state: directory }
      tags: [folder]
    - name: greet
      copy: { content: "{{greeting}}\\n", dest: "{{out}}/{{inventory_hostname}}/hello" }
      tags: [greet]
    - name: whisper
      debug: { msg: "the password is {{db_password}}" }
      tags: [never, whisper]
`;

describe('cli: run', () => {
  const files = {
    'inventory/inventory.yml': LOCAL_INVENTORY,
    'playbooks/files.yml': PLAYBOOK,
    'playbooks/broken.yml':
      '- hosts: al\n  tasks:\n    - direktory: {}\n    - debug: { msg: "{{nowhere}}" }\n',
    'playbooks/fail.yml':
      '- hosts: all\n  tasks:\n    - fail: { msg: "no {{db_password}}" }\n      when: region == "south"\n',
    'playbooks/slow.yml':
      '- hosts: n-1\n  tasks:\n    - shell: echo started; sleep 20\n    - debug: { msg: never here }\n',
    'playbooks/modules/greet.mjs': `export default ({ defineModule, z }) => defineModule({
      name: 'greet', summary: 'Say hello', args: z.strictObject({ who: z.string() }), returns: z.object({}),
      check: async (node, args) => ({ changes: [], result: {}, message: 'hello ' + args.who }),
      apply: async () => ({}),
    });\n`,
    'playbooks/own.yml': '- hosts: n-1\n  tasks:\n    - greet: { who: "{{region}}" }\n',
  };
  const cwd = projectFolder(files);
  const run = (...args: string[]) => oms(args, { cwd });
  const events = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonEvent);

  it('checks, runs, and runs again without changes', async () => {
    const out = projectFolder({});
    const args = ['files.yml', '-e', `out=${out}`, '--output', 'json'];
    const check = await run(...args, '--check', '--exit-code');
    expect(check.code).to.equal(3);
    expect(existsSync(join(out, 'n-1'))).to.equal(false);
    const first = await run(...args);
    expect(first.code).to.equal(0);
    expect(readFileSync(join(out, 'n-1', 'hello'), 'utf8')).to.equal('hello n-1\n');
    expect(readFileSync(join(out, 's-1', 'hello'), 'utf8')).to.equal('hi\n');
    const second = events((await run(...args)).stdout).at(-1);
    expect(second?.recap?.map((row) => [row['node'], row['ok'], row['changed']])).to.deep.equal([
      ['n-1', 2, 0],
      ['n-2', 2, 0],
      ['s-1', 2, 0],
    ]);
    const settled = await run(...args, '--check', '--exit-code');
    expect(settled.code).to.equal(0);
  });

  it('runs only what limit and tags leave', async () => {
    const out = projectFolder({});
    const { code } = await run('files.yml', '-e', `out=${out}`, '-l', 'all:!n-1', '-t', 'folder');
    expect(code).to.equal(0);
    expect([existsSync(join(out, 'n-1')), existsSync(join(out, 'n-2'))]).to.deep.equal([false, true]);
    expect(existsSync(join(out, 'n-2', 'hello'))).to.equal(false);
  });

  it('never shows a secret', async () => {
    for (const output of ['plain', 'json']) {
      const ran = await run('files.yml', '-e', 'out=/x', '-t', 'whisper', '--output', output, '-vvv');
      expect(ran.stdout + ran.stderr).not.to.include('S3cret_word');
      expect(ran.code).to.equal(0);
    }
  });

  it('gives 2 when a task fails, and masks its message', async () => {
    const ran = await run('fail.yml', '--output', 'json');
    expect(ran.code).to.equal(2);
    expect(ran.stdout).to.include('no ***').and.not.to.include('S3cret_word');
  });

  it('prints every problem at once on stderr and runs nothing', async () => {
    const ran = await run('broken.yml', 'missing.yml', '-e', 'x');
    expect(ran.code).to.equal(1);
    expect(ran.stdout).to.equal('');
    for (const words of ['playbooks/broken.yml:1:10', 'direktory', 'missing.yml', '-e:1:1']) {
      expect(ran.stderr).to.include(words);
    }
  });

  it('tells of a problem in an inventory together with those of the playbook', async () => {
    const dir = projectFolder({ ...files, 'inventory/inventory.yml': 'regions:\n  north: { nodess: {} }\n' });
    const ran = await oms(['broken.yml'], { cwd: dir });
    expect(ran.code).to.equal(1);
    expect(ran.stderr).to.include('nodess').and.to.include('direktory');
  });

  it('needs an inventory', async () => {
    const dir = projectFolder({ 'playbooks/files.yml': PLAYBOOK });
    const ran = await oms(['files.yml'], { cwd: dir });
    expect(ran.code).to.equal(1);
    expect(ran.stderr).to.include('no inventory').and.to.include('-i PATH');
  });

  it('suggests the playbook that was meant', async () => {
    const ran = await run('flies.yml');
    expect(ran.stderr).to.include('Did you mean "files.yml"?');
  });

  it('only checks with --syntax-check', async () => {
    const ran = await run('files.yml', '-e', 'out=/nowhere', '--syntax-check');
    expect(ran).to.include({ code: 0, stdout: 'no problems\n' });
  });

  it('lists hosts, tasks and tags', async () => {
    const ran = await run(
      'files.yml',
      '-e',
      'out=/x',
      '--list-hosts',
      '--list-tasks',
      '--list-tags',
      '-l',
      'south',
    );
    expect(ran.stdout).to.equal(
      'PLAY make files\n  REGION south  (1 node)\n    s-1\n  folder  TAGS: [folder]\n  greet  TAGS: [greet]\n' +
        '  TAGS: [folder, greet, never, whisper]\n',
    );
  });

  it('asks for passwords and never shows them', async () => {
    const ran = await oms(['files.yml', '-e', 'out=/x', '-t', 'none', '-k', '-K'], {
      cwd,
      typed: ['typed_pass', ''],
    });
    expect(ran.asked).to.deep.equal(['SSH password: ', 'BECOME password [defaults to SSH password]: ']);
    expect(ran.code).to.equal(0);
    expect(ran.stdout + ran.stderr).not.to.include('typed_pass');
  });

  it("uses a user's own module beside the playbook", async () => {
    const ran = await run('own.yml', '--output', 'json');
    expect(ran.stderr).to.equal('');
    expect(events(ran.stdout).find((e) => e.type === 'task-finished')?.message).to.equal('hello north');
  });

  it('ends in good order on Ctrl-C, and at once on the second', async () => {
    let pressed = 0;
    const started = Date.now();
    const ran = await oms(['slow.yml', '--output', 'json'], {
      cwd,
      onOutput: (stdout, interrupt) => {
        if (pressed > 0 || !stdout.includes('started\\n')) return;
        pressed = 1;
        interrupt('signal');
        interrupt('signal');
      },
    });
    expect(ran.code).to.equal(130);
    expect(ran.exits).to.deep.equal([130]);
    expect(ran.stderr).to.include('interrupting').and.to.include('again to leave at once');
    const last = events(ran.stdout).at(-1);
    expect(last).to.include({ type: 'run-finished', interrupted: true });
    expect(ran.stdout).not.to.include('never here');
    expect(Date.now() - started).to.be.below(8000);
  });
});
