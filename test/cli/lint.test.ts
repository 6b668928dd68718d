import { resolve } from 'node:path';
import { expect } from 'chai';
import { oms, projectFolder, LOCAL_INVENTORY } from './terminal.ts';

const ROLE = '- name: One\n  copy: { content: x, dest: "{{where}}" }\n- name: Two\n  copyy: {}\n';

describe('cli: lint', () => {
  const cwd = projectFolder({
    'inventory/lab/inventory.yml': LOCAL_INVENTORY,
    'inventory/bad/inventory.yml': 'regions:\n  r: { nodess: {} }\n',
    'playbooks/good.yml': '- hosts: all\n  tasks:\n    - name: Greet\n      debug: { msg: "{{greeting}}" }\n',
    'playbooks/names.yml':
      '- hosts: nrth\n  tasks:\n    - name: Greet\n      debug: { msg: "{{greetign}}" }\n',
    'roles/alone/tasks/main.yml': ROLE,
    'notes.yml': 'just: notes\n',
  });
  const lint = (...args: string[]) => oms(['lint', ...args], { cwd });

  it('finds inventories, playbooks and roles in a folder and tells everything', async () => {
    const ran = await lint('.');
    expect(ran.code).to.equal(1);
    expect(ran.stderr).to.include('inventory/bad/inventory.yml:2:8');
    expect(ran.stderr).to.include('playbooks/names.yml:1:10');
    expect(ran.stderr).to.include('roles/alone/tasks/main.yml:4:3').and.to.include('Did you mean "copy"?');
    expect(ran.stderr).not.to.include('notes.yml');
  });

  it('does not judge names without an inventory, and does with one', async () => {
    expect(await lint('playbooks')).to.include({ code: 0, stdout: 'no problems\n' });
    const ran = await lint('playbooks', '-i', 'inventory/lab');
    expect(ran.code).to.equal(1);
    expect(ran.stderr).to.include('nrth').and.to.include('Did you mean "north"?');
  });

  it('tells a problem once, however many inventories there are', async () => {
    const ran = await lint('inventory/lab', 'inventory/lab/inventory.yml', 'playbooks/names.yml');
    expect(ran.stderr.match(/names\.yml:1:10/g)).to.have.length(1);
  });

  it('checks a role by itself', async () => {
    const ran = await lint('roles/alone');
    expect(ran.code).to.equal(1);
    expect(ran.stderr.match(/ {2}roles\/alone\S+/g)).to.deep.equal(['  roles/alone/tasks/main.yml:4:3']);
  });

  it('only warns of a handler that another role may bring, and knows those of the roles beside it', async () => {
    const dir = projectFolder({
      'roles/a/tasks/main.yml': '- name: Say\n  command: echo\n  changed_when: true\n  notify: restart all\n',
      'roles/b/handlers/main.yml': '- name: restart all\n  command: echo\n',
    });
    const alone = await oms(['lint', 'roles/a'], { cwd: dir });
    expect(alone.code).to.equal(0);
    expect(alone.stderr).to.include('Warning: unknown handler').and.to.include('must bring one');
    expect((await oms(['lint', 'roles'], { cwd: dir })).stderr).to.equal('');
  });

  it('knows the modules of the project that a role is in', async () => {
    const dir = projectFolder({
      'roles/a/tasks/main.yml': '- name: Greet\n  motd: { text: a }\n',
      'modules/motd.yml': 'summary: A line\nargs: { text: { type: str, description: The line. } }\n',
      'modules/motd.sh': '#!/bin/sh\n',
    });
    for (const path of ['roles/a', '.']) {
      expect(await oms(['lint', path], { cwd: dir })).to.include({ code: 0, stdout: 'no problems\n' });
    }
  });

  it('finds nothing in the playbooks, roles and inventories that come with oms-play', async () => {
    const root = resolve(import.meta.dirname, '../..');
    const argv = ['lint', 'playbooks', 'roles', 'inventory', '--strict'];
    expect(await oms(argv, { cwd: root })).to.include({ code: 0, stdout: 'no problems\n', stderr: '' });
  });

  it('complains of a path that is not there, and of a folder with nothing in it', async () => {
    expect((await lint('nowhere')).stderr).to.include('no file or folder "nowhere"');
    const empty = await oms(['lint', '.'], { cwd: projectFolder({ 'a.txt': '' }) });
    expect(empty.code).to.equal(1);
    expect(empty.stderr).to.include('nothing to check');
  });
});
