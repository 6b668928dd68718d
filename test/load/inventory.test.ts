import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadInventory } from '../../src/load/inventory.ts';
import { createSources } from '../../src/load/sources.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { CONFIG_KEYS } from '../../src/oms/keys.ts';
import { SMALL, good, load } from './inventories.ts';

/** Values of a variable, lowest precedence first, with the layer each is in. */
function history(inventory: Inventory, node: string, name: string): readonly string[] {
  return (inventory.nodes.get(node)?.layers ?? []).flatMap(({ label, vars }) => {
    const value = vars.get(name)?.value;
    return value?.kind === 'scalar' ? [`${label}=${value.value}`] : [];
  });
}

describe('loadInventory', () => {
  it('reads regions, nodes with ranges, and groups', () => {
    const inventory = good({
      'inventory.yml': `regions:
  hz:
    parallel: 2
    nodes:
      hz-[1:2]: { address: "10.0.1.[11:12]" }
      hz-3:
  hlj:
    nodes: { hlj-01: {} }
groups:
  canary: [hz-1]
  more: [canary, hlj, "hz-?"]
  ranged: { nodes: "hz-[1:2]", vars: { a: 1 } }
  none:
`,
    });
    expect(inventory.regions.map(({ name, parallel, nodes }) => [name, parallel, nodes])).to.deep.equal([
      ['hz', 2, ['hz-1', 'hz-2', 'hz-3']],
      ['hlj', undefined, ['hlj-01']],
    ]);
    expect(Object.fromEntries(inventory.groups)).to.deep.equal({
      all: ['hz-1', 'hz-2', 'hz-3', 'hlj-01'],
      hz: ['hz-1', 'hz-2', 'hz-3'],
      hlj: ['hlj-01'],
      canary: ['hz-1'],
      more: ['hz-1', 'hlj-01', 'hz-2', 'hz-3'],
      ranged: ['hz-1', 'hz-2'],
      none: [],
    });
    expect([...inventory.nodes.values()].map(({ name, address }) => [name, address])).to.deep.equal([
      ['hz-1', '10.0.1.11'],
      ['hz-2', '10.0.1.12'],
      ['hz-3', 'hz-3'],
      ['hlj-01', 'hlj-01'],
    ]);
    expect(inventory.nodes.get('hz-1')?.groups).to.deep.equal(['hz', 'canary', 'more', 'ranged']);
    expect(inventory.nodes.get('hz-2')?.at).to.deep.equal({
      file: 'inventory.yml',
      line: 5,
      column: 7,
      length: 8,
    });
  });

  it('orders the layers: all, region, groups in file order, node; files above what inventory.yml says', () => {
    const inventory = good({
      'inventory.yml': `vars: { x: all }
regions:
  r:
    vars: { x: region }
    nodes:
      n1: { vars: { x: node } }
groups:
  b: { nodes: [a], vars: { x: group b } }
  a: { nodes: [n1], vars: { x: group a } }
`,
      'group_vars/all.yml': 'x: all file',
      'group_vars/r.yaml': 'x: region file',
      'group_vars/a/2.yml': 'x: second',
      'group_vars/a/1.yml': 'x: first',
      'host_vars/n1.yml': 'x: host file',
      'host_vars/.hidden.yml': 'x: no',
    });
    expect(history(inventory, 'n1', 'x')).to.deep.equal([
      'inventory.yml: vars=all',
      'group_vars/all.yml=all file',
      'inventory.yml: regions.r.vars=region',
      'group_vars/r.yaml=region file',
      'inventory.yml: groups.b.vars=group b',
      'inventory.yml: groups.a.vars=group a',
      'group_vars/a/1.yml=first',
      'group_vars/a/2.yml=second',
      'inventory.yml: n1=node',
      'host_vars/n1.yml=host file',
    ]);
  });

  it('keeps templates as text, with the place of each variable', () => {
    const inventory = good({
      'inventory.yml': SMALL,
      'group_vars/all.yml': '\n  key: "{{inventory_dir}}/id"\n',
    });
    const variable = inventory.nodes.get('n1')?.layers[0]?.vars.get('key');
    expect(variable?.value).to.include({ kind: 'scalar', value: '{{inventory_dir}}/id' });
    expect(variable?.at).to.deep.equal({ file: 'group_vars/all.yml', line: 2, column: 3, length: 3 });
  });

  it('takes a file, and finds the variables beside it', () => {
    const files = { 'a/hosts.yml': SMALL, 'a/group_vars/all': 'x: 1' };
    const { value, dir } = load(files, ['a/hosts.yml']);
    expect(value.dir).to.equal(join(dir, 'a'));
    expect(history(value, 'n1', 'x')).to.deep.equal(['group_vars/all=1']);
  });

  it('merges several inventories: regions and groups united, later variables above', () => {
    const inventory = good(
      {
        'a/inventory.yml': `vars: {x: a}\nregions:\n  r:\n    parallel: 1\n    nodes:\n      n1: {address: 10.0.0.1, vars: {x: a}}\ngroups:\n  g: [n1]\n`,
        'a/group_vars/all.yml': 'x: a file',
        'b/inventory.yml': `vars: {x: b}\nregions:\n  r:\n    parallel: 3\n    nodes:\n      n2:\n      n1: {address: 10.0.0.9, vars: {x: b}}\n  s:\n    nodes:\n      n3:\ngroups:\n  g: [n2, n1]\n`,
        'b/host_vars/n1.yml': 'x: b file',
      },
      ['a', 'b'],
    );
    expect(inventory.regions.map(({ name, parallel, nodes }) => [name, parallel, nodes])).to.deep.equal([
      ['r', 3, ['n1', 'n2']],
      ['s', undefined, ['n3']],
    ]);
    expect(inventory.groups.get('g')).to.deep.equal(['n1', 'n2']);
    expect(inventory.nodes.get('n1')?.address).to.equal('10.0.0.9');
    expect(history(inventory, 'n1', 'x')).to.deep.equal([
      'inventory.yml: vars=a',
      'group_vars/all.yml=a file',
      'inventory.yml: vars=b',
      'inventory.yml: n1=a',
      'inventory.yml: n1=b',
      'host_vars/n1.yml=b file',
    ]);
  });

  it('reads group_vars of one folder once, though two files are in it', () => {
    const files = {
      'a.yml': SMALL,
      'b.yml': 'regions:\n  s:\n    nodes:\n      n2:\n',
      'group_vars/all.yml': 'x: 1',
    };
    expect(history(good(files, ['a.yml', 'b.yml']), 'n2', 'x')).to.deep.equal(['group_vars/all.yml=1']);
  });

  it('accepts IPv6 addresses and host names', () => {
    good({
      'inventory.yml':
        'regions:\n  r:\n    nodes:\n      a: {address: "fe80::1"}\n      b: {address: x-1.example.com}\n',
    });
  });
});

describe('the inventories that come with oms-play', () => {
  for (const name of ['prod', 'lab']) {
    it(`inventory/${name} loads without a problem`, () => {
      const { value, problems } = loadInventory([join('inventory', name)], createSources());
      expect(problems).to.deep.equal([]);
      expect(value.regions.map(({ nodes }) => nodes)).to.deep.equal([
        ['hz-1', 'hz-2'],
        ['hlj-1', 'hlj-2'],
      ]);
    });
  }

  it('inventory/prod names every parameter of OMS', () => {
    const read = (file: string): string => readFileSync(join('inventory/prod', file), 'utf8');
    const text = read('inventory.yml') + read('group_vars/all.yml');
    const missing = CONFIG_KEYS.filter(
      ({ name }) => name !== 'cm_nodes' && !new RegExp(`^ *(# )?${name}: `, 'm').test(text),
    );
    expect(missing.map(({ name }) => name)).to.deep.equal([]);
  });
});
