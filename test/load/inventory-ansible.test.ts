import { expect } from 'chai';
import { loadInventory } from '../../src/load/inventory.ts';
import { createSources } from '../../src/load/sources.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { SMALL, good, load } from './inventories.ts';
import { places, withProject } from './project.ts';

const regionsOf = (inventory: Inventory) =>
  inventory.regions.map(({ name, parallel, nodes }) => [
    name,
    nodes.join(' '),
    ...(parallel === undefined ? [] : [parallel]),
  ]);
const valueOf = (inventory: Inventory, node: string, name: string): unknown => {
  const found = inventory.nodes
    .get(node)
    ?.layers.findLast(({ vars }) => vars.has(name))
    ?.vars.get(name)?.value;
  return found?.kind === 'scalar' ? found.value : found;
};
const said = (files: Readonly<Record<string, string>>, paths: readonly string[], by?: string) =>
  withProject(files, ({ path, sources }) => loadInventory(paths.map(path), sources, { regionBy: by }));

describe("Ansible's inventories: places", () => {
  it('every name and value of an INI has its line and column', () => {
    const { nodes } = good(
      { hosts: `[web]\n  a:22   x=1  y="two words" z=[1,{2:3}]\n[web:vars]\nlong = 'q' # c\n` },
      ['hosts'],
    );
    const node = nodes.get('a');
    const at = (name: string) => {
      const variable = node?.layers.findLast(({ vars }) => vars.has(name))?.vars.get(name);
      return [variable?.at, variable?.value.at].map(
        (one) => `${one?.file}:${one?.line}:${one?.column}+${one?.length}`,
      );
    };
    expect(node?.at).to.deep.equal({ file: 'hosts', line: 2, column: 3, length: 4 });
    expect(at('x')).to.deep.equal(['hosts:2:10+1', 'hosts:2:12+1']);
    expect(at('y')).to.deep.equal(['hosts:2:15+13', 'hosts:2:15+13']);
    expect(at('z')).to.deep.equal(['hosts:2:29+1', 'hosts:2:31+9']);
    expect(at('long')).to.deep.equal(['hosts:4:1+4', 'hosts:4:8+3']);
    expect(at('ansible_port')).to.deep.equal(['hosts:2:3+4', 'hosts:2:3+4']);
  });
});

describe("Ansible's inventories: regions", () => {
  const HOSTS = '[hz]\nh1\nh2\n[hlj]\nj1\n';

  it('one region "all" where nothing says more', () => {
    const inventory = good({ hosts: HOSTS }, ['hosts']);
    expect(regionsOf(inventory)).to.deep.equal([['all', 'h1 h2 j1']]);
    expect(inventory.nodes.get('h1')?.groups).to.deep.equal(['hz']);
  });

  it('by the variable oms_region, with group_vars of the region', () => {
    const inventory = good(
      {
        hosts: `${HOSTS}[hz:vars]\noms_region=cn-hangzhou\noms_region_parallel=2\n`,
        'group_vars/hlj.yml': 'oms_region: hlj\n',
        'group_vars/cn-hangzhou.yml': 'x: of the region\n',
      },
      ['hosts'],
    );
    expect(regionsOf(inventory)).to.deep.equal([
      ['cn-hangzhou', 'h1 h2', 2],
      ['hlj', 'j1'],
    ]);
    expect(inventory.groups.get('cn-hangzhou')).to.deep.equal(['h1', 'h2']);
    expect(valueOf(inventory, 'h1', 'x')).to.equal('of the region');
    expect(valueOf(inventory, 'j1', 'x')).to.equal(undefined);
  });

  it('by the children of the group oms_regions, in their order', () => {
    const inventory = good({ hosts: `${HOSTS}[oms_regions:children]\nhlj\nhz\n` }, ['hosts']);
    expect(regionsOf(inventory)).to.deep.equal([
      ['hlj', 'j1'],
      ['hz', 'h1 h2'],
    ]);
  });

  it('by another variable or another group', () => {
    const byVariable = said({ hosts: `${HOSTS}[all:vars]\ndc=here\n` }, ['hosts'], 'dc');
    expect(regionsOf(byVariable.value)).to.deep.equal([['here', 'h1 h2 j1']]);
    const byGroup = said({ hosts: `${HOSTS}[sites:children]\nhz\nhlj\n` }, ['hosts'], 'sites');
    expect(regionsOf(byGroup.value)).to.deep.equal([
      ['hz', 'h1 h2'],
      ['hlj', 'j1'],
    ]);
    const wrong = said({ hosts: `${HOSTS}[sites:children]\nhz\n` }, ['hosts'], 'site');
    expect(wrong.problems[0]?.detail).to.match(/"site" has children[^]*Did you mean "sites"/);
  });

  const mistakes: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'a node without a region',
      '[hz:vars]\noms_region=a\n',
      'hosts:5:1 topology',
      /No region: j1\. [^]*\[all:vars\] oms_region=NAME/,
    ],
    [
      'a node in two',
      '[oms_regions:children]\nhz\nhlj\n[hlj]\nh1\n',
      'hosts:2:1 duplicate',
      /"h1" is in the groups "hlj" and "hz"/,
    ],
    ['a template', '[all:vars]\noms_region="{{dc}}"\n', 'hosts:7:12 bad-value', /no template is possible/],
    ['a bad name', '[all:vars]\noms_region=a/b\n', 'hosts:7:12 bad-value', /cannot name a region/],
    [
      'a group of other nodes',
      '[all:vars]\noms_region=hz\n',
      'hosts:7:12 duplicate',
      /j1 is in the region and not in the group/,
    ],
    ['parallel', '[all:vars]\noms_region_parallel=0\n', 'hosts:7:21 bad-value', /at least 1/],
    [
      'parallel that differs',
      '[hz:vars]\noms_region_parallel=1\n[hlj:vars]\noms_region_parallel=2\n',
      'hosts:9:21 bad-value',
      /is 1 for other nodes/,
    ],
  ];
  for (const [name, text, place, detail] of mistakes) {
    it(`says what is wrong: ${name}`, () => {
      const { problems } = load({ hosts: HOSTS + text }, ['hosts']);
      expect([...new Set(places(problems))]).to.deep.equal([place]);
      expect(problems[0]?.detail).to.match(detail);
    });
  }
});

describe("Ansible's inventories: mistakes", () => {
  const mistakes: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    ['hosts', '[web\na\n', ['hosts:1:1 bad-value'], /"\[" or "\]" without its other half/],
    ['hosts', '[web:var]\nx=1\n[db]\na\n', ['hosts:1:6 bad-value'], /Did you mean "vars"/],
    ['hosts', '[my group]\na\n', ['hosts:1:1 bad-value'], /without spaces/],
    [
      'hosts',
      '[web]\na port 22\n',
      ['hosts:2:3 bad-value', 'hosts:2:8 bad-value'],
      /"port" has no "="[^]*two words/,
    ],
    ['hosts', '[web]\na x="1\n', ['hosts:2:5 bad-value'], /quote is not closed/],
    ['hosts', '[web]\na\n[web:vars]\nx\n', ['hosts:4:1 bad-value'], /name=value/],
    ['hosts', '[web]\na x-y=1\n', ['hosts:2:3 bad-value'], /Write x_y/],
    ['hosts', '[web]\na\n[site:children]\nwbe\n', ['hosts:4:1 unknown-name'], /Did you mean "web"/],
    ['hosts', '[web]\na\n[wbe:vars]\nx=1\n', ['hosts:3:2 unknown-name'], /nowhere[^]*Did you mean "web"/],
    ['hosts', '[a:children]\nb\n[b:children]\na\n[c]\nn\n', ['hosts:4:1 bad-value'], /a → b → a/],
    ['hosts', '[web]\na[3:1]\n', ['hosts:2:1 bad-value'], /backwards/],
    ['hosts', '[web]\na:99999\n', ['hosts:2:1 bad-value'], /65535/],
    ['hosts', '[web]\na:\n', ['hosts:2:1 bad-value'], /A port may follow it/],
    ['hosts', '[web]\na ansible_host=10.0.0.300\n', ['hosts:2:16 bad-value'], /0 to 255/],
    ['hosts', '[web]\na ansible_hots=b\n', ['hosts:2:3 unknown-name'], /Did you mean "ansible_host"/],
    ['hosts', '[web]\na ansible_ssh_common_args=-J\n', ['hosts:2:3 unknown-name'], /Write jump_host/],
    ['i.yml', 'web:\n  host: { a: }\n  vars: { x: 1 }\n', ['i.yml:1:1 bad-value'], /neither an inventory/],
    [
      'i.yml',
      'web:\n  hosts: { a: }\n  childern: {}\n',
      ['i.yml:3:3 unknown-key'],
      /Did you mean "children"/,
    ],
    ['i.yml', 'web:\n  hosts: { a: 5 }\n', ['i.yml:2:15 wrong-type'], /must be a map/],
    [
      'i.yml',
      'web:\n  hosts: { a: { ansible_become: yes } }\n',
      ['i.yml:2:33 bad-value'],
      /true for Ansible/,
    ],
    ['i.json', '{"web": {"hosts": ["a"', ['i.json:1:19 yaml-syntax'], /./],
  ];
  for (const [file, text, expected, detail] of mistakes) {
    it(`${JSON.stringify(text.slice(0, 50))}`, () => {
      const { problems } = load({ [file]: text }, [file]);
      expect(places(problems.filter(({ summary }) => summary !== 'inventory is empty'))).to.deep.equal(
        expected,
      );
      expect(problems[0]?.detail).to.match(detail);
    });
  }

  it('a folder without an inventory names the folders in it; an .ini in a folder is left out and told', () => {
    const { problems } = load({ 'all/prod/inventory.yml': SMALL, 'all/hosts.ini': '[a]\nb\n' }, ['all']);
    expect(problems.map(({ detail }) => detail).join('\n')).to.match(
      /Rename it to hosts[^]*Do you mean -i all\/prod\?/,
    );
  });
});

describe("Ansible's inventories: several sources", () => {
  it('lists of hosts, with ports and ranges', () => {
    const { value, problems } = loadInventory(['a,b:2222,n[1:2],[::1]:22,'], createSources());
    expect(problems).to.deep.equal([]);
    expect([...value.nodes.keys()]).to.deep.equal(['a', 'b', 'n1', 'n2', '::1']);
    expect(valueOf(value, 'b', 'ansible_port')).to.equal(2222);
    expect(value.nodes.get('b')?.at).to.deep.equal({ file: '-i', line: 1, column: 3, length: 6 });
  });

  it('our own form and that of Ansible together: regions stay regions, groups go over all nodes', () => {
    const { value, problems } = load(
      {
        'own.yml':
          'vars: { x: own all }\nregions:\n  r:\n    parallel: 3\n    vars: { x: own region }\n    nodes: { n1: { address: 10.0.0.1 } }\ngroups:\n  both: [n1, w1]\n',
        hosts: '[web]\nw1 x=host ansible_host=10.0.0.2\n[web:vars]\noms_region=s\n',
      },
      ['own.yml', 'hosts'],
    );
    expect(problems).to.deep.equal([]);
    expect(regionsOf(value)).to.deep.equal([
      ['r', 'n1', 3],
      ['s', 'w1'],
    ]);
    expect(value.groups.get('both')).to.deep.equal(['n1', 'w1']);
    expect([...value.nodes.values()].map(({ address }) => address)).to.deep.equal(['10.0.0.1', '10.0.0.2']);
    expect([valueOf(value, 'n1', 'x'), valueOf(value, 'w1', 'x')]).to.deep.equal(['own region', 'host']);
  });

  it('old names of connection variables count; oms_address is what OMS is told', () => {
    const inventory = good(
      {
        hosts:
          'a ansible_ssh_host=10.0.0.1 ansible_ssh_user=u\nb ansible_host=1.2.3.4 oms_address=10.0.0.2\n',
      },
      ['hosts'],
    );
    expect(valueOf(inventory, 'a', 'ansible_user')).to.equal('u');
    expect([...inventory.nodes.values()].map(({ address }) => address)).to.deep.equal([
      '10.0.0.1',
      '10.0.0.2',
    ]);
  });

  it('our own folder is its inventory.yml; a block of text with [sections] in it is no INI', () => {
    const inventory = good({
      'inventory.yml': `vars:\n  config: |\n    [mysqld]\n    x=1\n${SMALL}`,
      'passwords.yml': 'a: 1\n',
    });
    expect(inventory.regions.map(({ name }) => name)).to.deep.equal(['r']);
  });
});
