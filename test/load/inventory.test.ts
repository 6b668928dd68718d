import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { passable } from '../../src/diagnostics/diagnostic.ts';
import { createSources } from '../../src/load/sources.ts';
import { CONFIG_KEYS } from '../../src/oms/keys.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { places, withProject } from './project.ts';

type Files = Readonly<Record<string, string>>;

function load(files: Files, paths: readonly string[] = ['.']) {
  return withProject(files, ({ path, sources, dir }) => ({
    ...loadInventory(paths.map(path), sources),
    dir,
  }));
}

function good(files: Files, paths?: readonly string[]): Inventory {
  const { value, problems } = load(files, paths);
  expect(problems).to.deep.equal([]);
  return value;
}

function problemsOf(inventory: string): readonly string[] {
  return places(load({ 'inventory.yml': inventory }).problems).map((place) =>
    place.replace('inventory.yml:', ''),
  );
}

function detailsOf(inventory: string): string {
  return load({ 'inventory.yml': inventory })
    .problems.map(({ detail }) => detail)
    .join('\n');
}

/** Values of a variable, lowest precedence first, with the layer each is in. */
function history(inventory: Inventory, node: string, name: string): readonly string[] {
  return (inventory.nodes.get(node)?.layers ?? []).flatMap(({ label, vars }) => {
    const value = vars.get(name)?.value;
    return value?.kind === 'scalar' ? [`${label}=${value.value}`] : [];
  });
}

const SMALL = 'regions:\n  r:\n    nodes:\n      n1: { address: 10.0.0.1 }\n';

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

describe('loadInventory reports', () => {
  const cases: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    ['unknown keys', 'region:\n  r: 1\n' + SMALL, ['1:1 unknown-key'], /Did you mean "regions"/],
    [
      'hosts for nodes',
      'regions:\n  r:\n    hosts: {}\n    nodes: {a: }\n',
      ['3:5 unknown-key'],
      /called "nodes"/,
    ],
    [
      'a variable beside address',
      'regions:\n  r:\n    nodes:\n      a: {ansible_user: x}\n',
      ['4:11 unknown-key'],
      /below its "vars"/,
    ],
    [
      'a list of nodes',
      'regions:\n  r:\n    nodes: [a, b]\n',
      ['3:12 wrong-type', '2:3 topology'],
      /is a map here/,
    ],
    [
      'a node in two regions',
      'regions:\n  r:\n    nodes: {a: }\n  s:\n    nodes: {a: , b: }\n',
      ['5:13 duplicate'],
      /region "r" already, at inventory.yml:3:13/,
    ],
    ['a node twice', 'regions:\n  r:\n    nodes: {"a[1:2]": , a2: }\n', ['3:25 duplicate'], /there already/],
    [
      'two nodes with one address',
      'regions:\n  r:\n    nodes:\n      a: {address: 10.0.0.1}\n      b: {address: 10.0.0.1}\n',
      ['5:20 duplicate'],
      /node "a" already, at inventory.yml:4:20/,
    ],
    [
      'an address that is another name',
      'regions:\n  r:\n    nodes:\n      a:\n      b: {address: A}\n',
      ['5:20 duplicate'],
      /node "a"/,
    ],
    [
      'unequal ranges',
      'regions:\n  r:\n    nodes:\n      a[1:3]: {address: "10.0.0.[1:2]"}\n',
      ['4:25 bad-value'],
      /3 nodes, "10.0.0.\[1:2\]" for 2 addresses/,
    ],
    [
      'one address for a range',
      'regions:\n  r:\n    nodes:\n      a[1:3]: {address: 10.0.0.1}\n',
      ['4:25 bad-value'],
      /for 1 address;/,
    ],
    ['a bad range', 'regions:\n  r:\n    nodes:\n      a[3:1]:\n      b:\n', ['4:7 bad-value'], /backwards/],
    [
      'an option as a node name',
      'regions:\n  r:\n    nodes: {-oProxyCommand=x: , b: }\n',
      ['3:13 bad-value'],
      /cannot name a node/,
    ],
    [
      'an option as an address',
      'regions:\n  r:\n    nodes:\n      a: {address: -x}\n',
      ['4:20 bad-value'],
      /neither a host name/,
    ],
    [
      'a port in the address',
      'regions:\n  r:\n    nodes:\n      a: {address: "10.0.0.1:22"}\n',
      ['4:20 bad-value'],
      /ansible_port/,
    ],
    [
      'an impossible IPv4 address',
      'regions:\n  r:\n    nodes:\n      a: {address: 10.0.0.256}\n',
      ['4:20 bad-value'],
      /0 to 255/,
    ],
    [
      'a template as an address',
      'regions:\n  r:\n    nodes:\n      a: {address: "{{x}}"}\n',
      ['4:20 bad-value'],
      /ansible_host/,
    ],
    [
      'shell in an address',
      'regions:\n  r:\n    nodes:\n      a: {address: "x;rm"}\n',
      ['4:20 bad-value'],
      /neither/,
    ],
    [
      'parallel of zero',
      'regions:\n  r:\n    parallel: 0\n    nodes: {a: }\n',
      ['3:15 bad-value'],
      /at least 1/,
    ],
    [
      'parallel as text',
      'regions:\n  r:\n    parallel: "2"\n    nodes: {a: }\n',
      ['3:15 wrong-type'],
      /Remove the quotes/,
    ],
    [
      'a region called all',
      'regions:\n  all:\n    nodes: {a: }\n  r:\n    nodes: {b: }\n',
      ['2:3 bad-value'],
      /group of all nodes/,
    ],
    [
      'a group named like a region',
      SMALL + 'groups:\n  r: [n1]\n',
      ['6:3 duplicate'],
      /region already, at inventory.yml:2:3/,
    ],
    ['unknown group members', SMALL + 'groups:\n  g: [n2]\n', ['6:7 unknown-name'], /Did you mean "n1"/],
    [
      'groups in a circle',
      SMALL + 'groups:\n  a: [b]\n  b: [c]\n  c: [a, n1]\n',
      ['8:7 bad-value'],
      /a → b → c → a/,
    ],
    ['a group in itself', SMALL + 'groups:\n  a: [a]\n', ['6:7 bad-value'], /a → a/],
    [
      'variables with impossible names',
      'vars: {a-b: 1, in: 1, type: 2, 1x: 3, region: 4}\n' + SMALL,
      ['1:8 bad-value', '1:16 bad-value', '1:23 bad-value', '1:32 bad-value', '1:39 bad-value'],
      /Write a_b[^]*reserved word[^]*sets it itself/,
    ],
    ['duplicate keys', SMALL + '      n1:\n', ['5:7 duplicate'], /line 4/],
    ['a list at the top', '- a\n', ['1:1 wrong-type'], /map with the keys regions/],
    ['an empty file', '# nothing\n', ['1:1 empty-file'], /is empty/],
    [
      "Ansible's own YAML",
      'all:\n  children:\n    web:\n      hosts:\n        a:\n',
      ['1:1 bad-value'],
      /later version[^]*regions:/,
    ],
    ["Ansible's INI", '# c\nlocal\n[web]\nhost1 ansible_user=x\n', ['3:1 bad-value'], /INI/],
    ['a script', '#!/bin/sh\necho\n', ['1:1 bad-value'], /dynamic inventory/],
    ['broken YAML', 'regions:\n\tr:\n', ['2:1 yaml-syntax'], /tab/],
    ['an encrypted file', '$ANSIBLE_VAULT;1.1;AES256\n3132\n', ['1:1 file-unreadable'], /encrypted/],
  ];
  for (const [name, text, expected, detail] of cases) {
    it(name, () => {
      expect(problemsOf(text)).to.deep.equal(expected);
      expect(detailsOf(text)).to.match(detail);
    });
  }

  it('an inventory without nodes', () => {
    const { problems } = load({ 'inventory.yml': 'regions: {}\n' });
    expect(problems.map(({ summary }) => summary)).to.deep.equal(['inventory is empty']);
    expect(passable(problems)).to.equal(false);
  });

  it('no inventory at all, an empty folder, a missing file, a list of hosts', () => {
    const summary = (paths: readonly string[]) =>
      load({ 'empty/x': '' }, paths).problems.map((found) => found.detail);
    expect(summary([])[0]).to.contain('-i');
    expect(summary(['empty'])[0]).to.contain('empty holds no inventory.yml');
    expect(summary(['nowhere.yml'])[0]).to.contain('no such file');
    expect(summary(['a,b'])[0]).to.contain('list of hosts');
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
