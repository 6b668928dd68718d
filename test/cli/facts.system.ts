import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LOCAL_INVENTORY, oms, projectFolder } from './terminal.ts';

const PLAYBOOK = `- hosts: n-1
  tasks:
    - name: say
      debug: { msg: "{{ansible_facts.nodename}} has {{ansible_memtotal_mb}} MB" }
`;

describe('cli: facts', () => {
  const cwd = projectFolder({
    'inventory/inventory.yml': LOCAL_INVENTORY,
    'play.yml': PLAYBOOK,
    'none.yml': PLAYBOOK.replace('  tasks', '  gather_facts: false\n  tasks'),
  });
  const env = { XDG_CACHE_HOME: join(cwd, 'cache'), XDG_STATE_HOME: join(cwd, 'state') };
  const run = (...args: string[]) => oms(args, { cwd, env });
  const events = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; message?: string });

  it('are gathered on the spot, told as Ansible tells it', async () => {
    const { code, stdout } = await run('play.yml');
    expect(code).to.equal(0);
    expect(stdout).to.match(/TASK Gathering Facts\n {2}ok {11}n-1\nTASK say\n {2}ok {11}n-1/);
    expect(stdout).to.match(new RegExp(`${hostname()} has \\d+ MB`));
    expect(stdout).to.match(/n-1 +ok=2 /);
  });

  it('are listed with the tasks, not with the tags', async () => {
    expect((await run('play.yml', '--list-tasks')).stdout).to.include(
      '  Gathering Facts  TAGS: [always]\n  say\n',
    );
    expect((await run('play.yml', '--list-tags')).stdout).to.include('TAGS: []');
  });

  it('of earlier runs are taken with --fact-cache: no node is asked', async () => {
    const first = await run('play.yml', '--fact-cache', '10m', '--output', 'json');
    expect(events(first.stdout).map(({ type }) => type)).to.include('node-connected');
    const folder = join(cwd, 'cache/oms-play/facts');
    const [file, ...others] = readdirSync(folder);
    expect(others).to.deep.equal([]);
    expect(readFileSync(join(folder, file ?? ''), 'utf8')).to.include(hostname());
    const second = await run('play.yml', '--fact-cache', '10m', '--output', 'json');
    expect(second.code).to.equal(0);
    expect(events(second.stdout).map(({ type }) => type)).to.not.include('node-connected');
    const messages = (stdout: string) => events(stdout).flatMap(({ message }) => message ?? []);
    expect(messages(second.stdout)).to.deep.equal(messages(first.stdout));
    const without = await run('play.yml', '--output', 'json');
    expect(events(without.stdout).map(({ type }) => type)).to.include('node-connected');
  });

  it('say what an age is, and where a fact is used though none are gathered', async () => {
    for (const age of ['10', 'soon', '0m', '-1h', '1w']) {
      const { code, stderr } = await run('play.yml', '--fact-cache', age);
      expect(code, age).to.equal(1);
      expect(stderr).to.include('Write a number with s, m, h or d behind it, e.g. 10m.');
    }
    const { code, stderr } = await run('none.yml');
    expect(code).to.equal(1);
    expect(stderr)
      .to.match(/none\.yml:5:\d+/)
      .and.include('"ansible_memtotal_mb" is a fact, and no play gathers');
  });
});
