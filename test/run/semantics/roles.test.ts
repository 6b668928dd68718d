import { expect } from 'chai';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes as inventory, runProject } from '../support.ts';

const files = {
  'roles/base/tasks/main.yml': '- run: base\n',
  'roles/app/meta/main.yml': 'dependencies: [base]\n',
  'roles/app/tasks/main.yml': '- run: app\n',
};

/** What the roles did on the two nodes of the region east. */
async function did(play: string): Promise<readonly string[]> {
  const { world } = await runProject({ inventory, files, playbook: `- hosts: east\n${play}` });
  return world.log.map((line) => line.replace(' run', '')).toSorted();
}

describeBothWays('roles that are asked for more than once', () => {
  it('run once where they have run, also as a dependency under a condition', async () => {
    const app = `{ role: app, when: 'inventory_hostname == "e1"' }`;
    expect(await did(`  roles: [${app}, base]\n`)).to.deep.equal(['e1 app', 'e1 base', 'e2 base']);
    expect(await did(`  roles: [base, ${app}]\n`)).to.deep.equal(['e1 app', 'e1 base', 'e2 base']);
  });

  it('run again under a condition of their own, as in Ansible', async () => {
    const own = `{ role: base, when: 'inventory_hostname == "e1"' }`;
    expect(await did(`  roles: [${own}, base]\n`)).to.deep.equal(['e1 base', 'e1 base', 'e2 base']);
  });

  it('run again in the next play', async () => {
    const include = '  tasks:\n    - include_role: { name: base, allow_duplicates: false }\n';
    const both = await did(`${include}${include.replace('  tasks:\n', '')}- hosts: e1\n${include}`);
    expect(both).to.deep.equal(['e1 base', 'e1 base', 'e2 base']);
  });
});
