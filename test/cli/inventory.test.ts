import { expect } from 'chai';
import { oms, projectFolder, LOCAL_INVENTORY } from './terminal.ts';

describe('cli: inventory', () => {
  const cwd = projectFolder({
    'inv/inventory.yml': LOCAL_INVENTORY,
    'inv/group_vars/all.yml': 'zone: 0\nnested: { api_token: t0ken_value, plain: 1 }\n',
    'inv/host_vars/n-2.yml': 'only_here: "{{no_such_thing}}"\n',
  });
  const inventory = (...args: string[]) => oms(['inventory', '-i', 'inv', ...args], { cwd });

  it('draws regions, groups and nodes', async () => {
    const { stdout, code } = await inventory('--graph');
    expect(code).to.equal(0);
    expect(stdout.split('\n').slice(0, 4)).to.deep.equal([
      '@all:',
      '  |--@north:  region, 2 at once',
      '  |  |--n-1  127.0.0.1',
      '  |  |--n-2  127.0.0.2',
    ]);
    expect(stdout).to.include('  |--@canary:\n  |  |--n-1');
  });

  it('lists everything as JSON: rendered, with secrets hidden', async () => {
    const { stdout } = await inventory('--list');
    const list = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
    expect(list['north']).to.deep.equal({ hosts: ['n-1', 'n-2'], region: true, parallel: 2 });
    const hostvars = list['_meta']?.['hostvars'] as Record<string, Record<string, unknown>>;
    expect(hostvars['n-2']).to.deep.include({
      greeting: 'hello n-2',
      zone: 1,
      db_password: '***',
      nested: { api_token: '***', plain: 1 },
      only_here: '{{no_such_thing}}',
    });
    expect(stdout).not.to.include('S3cret').and.not.to.include('t0ken');
  });

  it('lists only the nodes of a limit', async () => {
    const { stdout } = await inventory('--list', '-l', 'canary');
    expect(JSON.parse(stdout)).to.have.nested.property('north.hosts').that.deep.equals(['n-1']);
  });

  it('explains a value: where it is from, and what it overrides, nearest first', async () => {
    const { stdout } = await inventory('--host', 's-1', '--explain', 'zone', '-e', 'zone:=9');
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).to.equal('zone on s-1 = 9');
    expect(lines[1]).to.match(/^ {2}from +-e:1 /);
    expect(lines[2]).to.match(/^ {2}overrides +inv\/inventory\.yml:14 .* 3$/);
    expect(lines[3]).to.match(/^ {2}overrides +inv\/inventory\.yml:12 .* 2$/);
    expect(lines[4]).to.match(/^ {2}overrides +inv\/group_vars\/all\.yml:1 .* 0$/);
  });

  it('explains a template and what it gives', async () => {
    const { stdout } = await inventory('--host', 'n-1', '--explain', 'greeting');
    expect(stdout).to.include('greeting on n-1 = "hello n-1"').and.to.include('{{inventory_hostname}}');
  });

  it('never shows a secret when explaining', async () => {
    const { stdout } = await inventory(
      '--host',
      'n-1',
      '--explain',
      'db_password',
      '-e',
      'db_password=0ther_one',
    );
    expect(stdout)
      .to.include('"***"')
      .and.not.to.match(/S3cret|0ther_one/);
  });

  it('explains what oms-play sets itself', async () => {
    const { stdout } = await inventory('--host', 's-1', '--explain', 'region_addresses');
    expect(stdout).to.include('["127.0.0.5"]').and.to.include('set by oms-play');
  });

  it('explains the address, under both of its names', async () => {
    for (const name of ['address', 'ansible_host']) {
      const { stdout } = await inventory('--host', 's-1', '--explain', name);
      expect(stdout)
        .to.include(`${name} on s-1 = "127.0.0.5"`)
        .and.to.match(/from {7}\S+inventory\.yml:14 /);
    }
  });

  it('knows what was meant', async () => {
    const node = await inventory('--host', 'ss-1');
    expect(node.code).to.equal(1);
    expect(node.stderr).to.include('Did you mean "s-1"?');
    const variable = await inventory('--host', 's-1', '--explain', 'greetign');
    expect(variable.code).to.equal(1);
    expect(variable.stderr).to.include('Did you mean "greeting"?');
    const alone = await inventory('--explain', 'zone');
    expect(alone.stderr).to.include('--explain needs --host');
  });

  it('says which inventories there are when none is chosen', async () => {
    const dir = projectFolder({
      'inventory/a/inventory.yml': LOCAL_INVENTORY,
      'inventory/b/inventory.yml': '',
    });
    const ran = await oms(['inventory'], { cwd: dir });
    expect(ran.code).to.equal(1);
    expect(ran.stderr).to.include('-i inventory/a or -i inventory/b');
  });

  it('takes $OMS_PLAY_INVENTORY, and ./inventory', async () => {
    const fromEnv = await oms(['inventory'], { cwd, env: { OMS_PLAY_INVENTORY: 'inv' } });
    expect(fromEnv.code).to.equal(0);
    const dir = projectFolder({ 'inventory/inventory.yml': LOCAL_INVENTORY });
    expect((await oms(['inventory'], { cwd: dir })).stdout).to.include('@north');
  });
});

describe('cli: doc', () => {
  it('lists modules, describes one, and knows what was meant', async () => {
    const cwd = projectFolder({});
    const list = await oms(['doc'], { cwd });
    expect(list.stdout).to.match(/^command +Run a program/m);
    const one = await oms(['doc', 'copy'], { cwd });
    expect(one.stdout).to.include('dest');
    const wrong = await oms(['doc', 'commnd'], { cwd });
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.include('Did you mean "command"?');
  });
});
