import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadProject } from '../../src/cli/project.ts';

describe('planning again while the run is on', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-replan-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (inventory: string): void => writeFileSync(join(dir, 'inventory.yml'), inventory);
  const load = () => {
    const playbook =
      '- hosts: all\n  tasks: [{ meta: refresh_inventory }]\n- hosts: all\n  tasks: [{ ping: }]\n';
    writeFileSync(join(dir, 'play.yml'), playbook);
    return loadProject({
      inventories: [join(dir, 'inventory.yml')],
      playbooks: [join(dir, 'play.yml')],
      cwd: dir,
    });
  };
  const one = 'regions: { r: { nodes: { n1: {} } } }';
  const added = { node: 'n9', region: 'r', groups: ['fresh'], vars: { word: 'x' } };

  it('refresh_inventory reads it again; what tasks added stays', async () => {
    write(one);
    const { replan } = await load();
    write('regions: { r: { nodes: { n1: {}, n2: {} } } }');
    // Only the inventory counts: the playbook was checked, and is being carried out.
    writeFileSync(join(dir, 'play.yml'), '- hosts: [');
    const before = await replan?.({ additions: [added], refresh: false, afterId: 100 });
    expect(before?.plan?.plays[1]?.regions[0]?.batches).to.deep.equal([['n1', 'n9']]);
    const after = await replan?.({ additions: [added], refresh: true, afterId: 200 });
    expect(after?.problems).to.deep.equal([]);
    expect(after?.plan?.plays[1]?.regions[0]?.batches).to.deep.equal([['n1', 'n2', 'n9']]);
    expect(after?.plan?.groups.get('fresh')).to.deep.equal(['n9']);
    expect([...(after?.plan?.nodes.get('n9')?.layers.at(-1)?.vars.keys() ?? [])]).to.deep.equal(['word']);
    const ids = [before, after].map((r) => r?.plan?.plays[0]?.steps[0]);
    expect(ids.map((step) => step?.kind === 'task' && step.id)).to.deep.equal([101, 201]);
  });

  it('an inventory that cannot be read any more is told, and nothing is planned', async () => {
    write(one);
    const { replan } = await load();
    write('regions: [');
    const after = await replan?.({ additions: [], refresh: true, afterId: 100 });
    expect(after?.plan).to.equal(undefined);
    expect(after?.problems).to.not.deep.equal([]);
  });
});
