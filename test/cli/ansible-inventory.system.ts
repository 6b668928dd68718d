import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { oms, projectFolder } from './terminal.ts';

const HOSTS = `[web]
w[1:3] ansible_connection=local
[db]
d1 ansible_host=10.0.0.9 pw_token=s3cret_value
[site:children]
web
db
[web:vars]
dc=north
tier=1
[db:vars]
dc=south
oms_region_parallel=1
`;

describe("cli: Ansible's inventories", () => {
  const cwd = projectFolder({
    hosts: HOSTS,
    'group_vars/web.yml': 'tier: 2\n',
    'play.yml':
      '- hosts: all\n  tasks:\n    - debug: { msg: "{{inventory_hostname}} in {{region}}, groups {{group_names}}" }\n',
    'limit.txt': '# the first two\nw1\n\n  w2\n',
    'wrong.txt': 'w1\nweeb\n',
    'empty.txt': '# nobody\n',
    'dyn.sh': '#!/bin/sh\nsleep 5\n',
  });
  before(async function () {
    this.timeout(60_000);
    await oms(['inventory', '-i', 'hosts'], { cwd });
  });
  const env = { OMS_PLAY_REGION_BY: 'dc' };
  const inventory = (...args: string[]) => oms(['inventory', '-i', 'hosts', ...args], { cwd, env });

  it('the graph shows regions, groups in groups, and nodes', async () => {
    const { stdout, stderr } = await inventory('--graph');
    expect(stderr).to.equal('');
    expect(stdout).to.equal(`@all:
  |--@north:  region
  |  |--w1
  |  |--w2
  |  |--w3
  |--@south:  region, 1 at once
  |  |--d1  10.0.0.9
  |--@site:
  |  |--@web:
  |  |  |--w1
  |  |  |--w2
  |  |  |--w3
  |  |--@db:
  |  |  |--d1  10.0.0.9
`);
  });

  it('the list is that of ansible-inventory, with regions marked', async () => {
    const { stdout } = await inventory('--list', '-l', 'w1:db');
    const list = JSON.parse(stdout) as Record<string, unknown>;
    expect(list['all']).to.deep.equal({ children: ['north', 'south', 'site'] });
    expect(list['south']).to.deep.equal({ hosts: ['d1'], region: true, parallel: 1 });
    expect(list['site']).to.deep.equal({ children: ['web', 'db'] });
    expect(list['web']).to.deep.equal({ hosts: ['w1'] });
    expect(stdout).not.to.contain('s3cret');
  });

  it('explains where a value is from, INI included', async () => {
    const { stdout } = await inventory('--host', 'w1', '--explain', 'tier');
    expect(stdout).to.match(
      /tier on w1 = 2\n {2}from +group_vars\/web\.yml:1 .*\n {2}overrides +hosts:10 +hosts: \[web:vars\] +1/,
    );
  });

  it('--region-by wins over the environment; a group says it too', async () => {
    const { stdout } = await inventory('--graph', '--region-by', 'site');
    expect(stdout.split('\n').slice(0, 2)).to.deep.equal(['@all:', '  |--@site:']);
    expect(stdout).to.contain('|--@web:  region').and.to.contain('|--@db:  region, 1 at once');
    const wrong = await inventory('--graph', '--region-by', 'sit');
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.contain('Did you mean "site"');
  });

  it('-l @file takes the lines of a file, and tells a wrong one by its line', async () => {
    const names = async (...limit: string[]) => {
      const { stdout, stderr } = await inventory('--list', '-l', ...limit);
      if (stdout === '') return stderr;
      const list = JSON.parse(stdout) as { _meta: { hostvars: object } };
      return Object.keys(list._meta.hostvars).join(' ');
    };
    expect(await names('@limit.txt')).to.equal('w1 w2');
    expect(await names('@limit.txt,d1,!w1')).to.equal('w2 d1');
    expect(await names('@wrong.txt')).to.match(/wrong\.txt:2:1[^]*"weeb"[^]*Did you mean "web"/);
    expect(await names('@empty.txt')).to.match(/names no node/);
    expect(await names('@nowhere.txt')).to.match(/no such file/);
  });

  it('plays run on its nodes, region by region', async () => {
    const args = ['play.yml', '-i', 'hosts', '-l', 'web[0:1]'];
    const { stdout, code } = await oms(args, { cwd, env });
    expect(code, stdout).to.equal(0);
    expect(stdout).to.contain('REGION north').and.to.contain('w1 in north, groups');
    const list = await oms([...args, '--list-hosts'], { cwd, env });
    expect(list.stdout).to.contain('w1').and.to.contain('w2').and.not.to.contain('w3');
  });

  it('a list of hosts is an inventory with one region', async () => {
    const args = ['play.yml', '-i', 'a,b,', '-e', 'ansible_connection=local'];
    const { stdout, code } = await oms(args, { cwd });
    expect(code, stdout).to.equal(0);
    expect(stdout).to.contain('REGION all').and.to.contain('a in all, groups ["ungrouped"]');
    const missing = await oms(['inventory', '-i', 'a b,', '--graph'], { cwd });
    expect(missing.stderr).to.match(/-i:1:1[^]*cannot name a node/);
  });

  it('a dynamic inventory has its time', async () => {
    chmodSync(join(cwd, 'dyn.sh'), 0o755);
    const slow = { OMS_PLAY_INVENTORY_TIMEOUT: '0.2' };
    const { stderr, code } = await oms(['inventory', '-i', 'dyn.sh', '--list'], { cwd, env: slow });
    expect(code).to.equal(1);
    expect(stderr).to.contain('dyn.sh --list: it did not end within 0.2 s');
    const wrong = await oms(['inventory', '-i', 'hosts'], { cwd, env: { OMS_PLAY_INVENTORY_TIMEOUT: 'x' } });
    expect(wrong.stderr).to.contain('OMS_PLAY_INVENTORY_TIMEOUT must be a number of seconds');
  });

  it('lint reads it too, and runs no script that it only found', async () => {
    const { stderr, code } = await oms(['lint', 'hosts', 'play.yml'], { cwd, env });
    expect(stderr).to.not.match(/^Error/m);
    expect(code).to.equal(0);
  });
});
