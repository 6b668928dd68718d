import { expect } from 'chai';
import { loadProject } from '../../src/cli/project.ts';
import { nodeLookup } from '../../src/cli/node-lookup.ts';
import { oms, projectFolder } from './terminal.ts';

const own = `
regions:
  east: { nodes: { e1: { address: 10.0.0.1 } } }
groups: { web: [e1] }
`;
const ini = '[web]\ne1 ansible_host=10.0.0.1\n[east:children]\nweb\n[all:vars]\noms_region=east\n';
const vars = {
  'inv/group_vars/all.yml': 'a: inv all\nb: inv all\nc: inv all\nd: inv all\n',
  'inv/group_vars/web.yml': 'b: inv web\nc: inv web\nd: inv web\n',
  'inv/host_vars/e1.yml': 'd: inv e1\n',
  'playbooks/group_vars/all.yml': 'a: play all\nb: play all\n',
  'playbooks/group_vars/web.yml': 'c: play web\n',
  'playbooks/group_vars/nobody.yml': 'x: 1\n',
  'playbooks/host_vars/e1.yml': 'd: play e1\n',
  'playbooks/site.yml': '- hosts: all\n  tasks: []\n',
};

for (const [form, text, name] of [
  ['of its own form', own, 'inv/inventory.yml'],
  ['of Ansible’s', ini, 'inv/hosts'],
] as const) {
  describe(`group_vars and host_vars beside the playbook, with an inventory ${form}`, function () {
    this.timeout(10_000);
    const cwd = projectFolder({ ...vars, [name]: text });

    it('are just above those beside the inventory, each in its place', async () => {
      const project = await loadProject({ inventories: ['inv'], playbooks: ['playbooks/site.yml'], cwd });
      expect(project.problems).to.deep.equal([]);
      const lookup = nodeLookup(project.plan, 'e1', project.masker);
      expect(['a', 'b', 'c', 'd'].map((key) => lookup.get(key))).to.deep.equal([
        ...['play all', 'inv web', 'play web', 'play e1'],
      ]);
    });

    it('are shown by --explain with --playbook-dir', async () => {
      const command = ['inventory', '-i', 'inv', '--host', 'e1', '--explain', 'd'];
      const without = await oms(command, { cwd });
      expect(without.stdout).to.match(/= "inv e1"/);
      const { stdout, code } = await oms([...command, '--playbook-dir', 'playbooks'], { cwd });
      expect(code).to.equal(0);
      expect(stdout).to.match(/= "play e1"\n {2}from +playbooks\/host_vars\/e1.yml:1 /);
      expect(stdout).to.match(/overrides +inv\/host_vars\/e1.yml:1 /);
    });
  });
}

describe('group_vars beside playbook and inventory', () => {
  it('that are in one folder are read once', async () => {
    const cwd = projectFolder({
      'inventory.yml': own,
      'group_vars/web.yml': 'a: 1\n',
      'site.yml': '- hosts: all\n  tasks: []\n',
    });
    const project = await loadProject({ inventories: ['inventory.yml'], playbooks: ['site.yml'], cwd });
    const layers = project.inventory.nodes.get('e1')?.layers ?? [];
    expect(layers.filter(({ label }) => label.includes('web'))).to.have.lengthOf(1);
  });
});
