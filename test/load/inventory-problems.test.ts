import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { passable } from '../../src/diagnostics/diagnostic.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { SMALL, load } from './inventories.ts';
import { places, withProject } from './project.ts';

describe('loadInventory reports', () => {
  it('an inventory without nodes', () => {
    const { problems } = load({ 'inventory.yml': 'regions: {}\n' });
    expect(problems.map(({ summary }) => summary)).to.deep.equal(['inventory is empty']);
    expect(passable(problems)).to.equal(false);
  });

  it('no inventory at all, an empty folder, a missing file', () => {
    const summary = (paths: readonly string[]) =>
      load({ 'empty/x.md': '' }, paths).problems.map((found) => found.detail);
    expect(summary([])[0]).to.contain('-i');
    expect(summary(['empty'])[0]).to.contain('empty holds no inventory.yml');
    expect(summary(['nowhere.yml'])[0]).to.contain('no such file');
  });

  it('inventory.yml and inventory.yaml together', () => {
    const { problems } = load({ 'inventory.yml': SMALL, 'inventory.yaml': SMALL });
    expect(places(problems)).to.deep.equal(['inventory.yaml:1:1 duplicate']);
  });

  it('all mistakes of all files at once', () => {
    const { problems } = load({
      'inventory.yml': 'vars: 3\nregions:\n  r:\n    parallel: x\n    nodes:\n      a: 5\n',
      'group_vars/all.yml': 'x: @bad\na-b: 1\n',
      'host_vars/a.yml': '- list\n',
    });
    expect([...places(problems)].sort()).to.deep.equal([
      'group_vars/all.yml:1:4 yaml-syntax',
      'group_vars/all.yml:2:1 bad-value',
      'host_vars/a.yml:1:1 wrong-type',
      'inventory.yml:1:7 wrong-type',
      'inventory.yml:4:15 wrong-type',
      'inventory.yml:6:10 wrong-type',
    ]);
  });

  it('variables of nobody and empty regions as warnings only', () => {
    const { problems } = load({
      'inventory.yml': SMALL + '  s:\ngroups: {g: ["x*"], n1: [n1]}\n',
      'group_vars/rr.yml': 'x: 1',
      'host_vars/n2.yml': 'x: 1',
      'host_vars/README.md': 'x',
    });
    expect(passable(problems)).to.equal(true);
    expect(problems.map(({ detail }) => detail).join('\n'))
      .to.contain('no region or group "rr"')
      .and.contain('no node "n2", so nothing reads these variables. Did you mean "n1"?')
      .and.contain('Region "s" has no nodes')
      .and.contain('"x*" matches no node')
      .and.contain('"n1" is a node too');
    expect(problems).to.have.lengthOf(5);
  });

  it('a folder where a file belongs', () => {
    withProject({ 'inventory.yml': SMALL }, ({ path, sources }) => {
      mkdirSync(path('host_vars'));
      mkdirSync(path('x/inventory.yml'), { recursive: true });
      expect(loadInventory([path('x')], sources).problems[0]?.detail).to.contain('is a folder');
    });
  });

  it('deep chains of groups without falling over', () => {
    const groups = Array.from({ length: 5000 }, (_, i) => `  g${i}: [g${i + 1}]\n`).join('');
    const { problems } = load({ 'inventory.yml': `${SMALL}groups:\n${groups}  g5000: [n1]\n` });
    expect(problems.length).to.be.greaterThan(0);
  });
});
