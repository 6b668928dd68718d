import { expect } from 'chai';
import { SMALL, load } from './inventories.ts';
import { places } from './project.ts';

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

describe('loadInventory reports in a file', () => {
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
      'neither our form nor that of Ansible',
      'servers:\n  - a\n',
      ['1:1 bad-value'],
      /neither an inventory of oms-play[^]*"servers"[^]*regions:/,
    ],
    [
      'both forms at once',
      SMALL + 'web:\n  hosts: { a: }\n',
      ['5:1 bad-value'],
      /"web" is a group as in Ansible[^]*"regions" \(line 1\)/,
    ],
    [
      "the settings of one of Ansible's plugins",
      'plugin: amazon.aws.aws_ec2\n',
      ['1:1 bad-value'],
      /ansible-inventory -i THIS_FILE --list/,
    ],
    ['broken YAML', 'regions:\n\tr:\n', ['2:1 yaml-syntax'], /tab/],
    ['an encrypted file', '$ANSIBLE_VAULT;1.1;AES256\n3132\n', ['1:1 file-unreadable'], /encrypted/],
  ];
  for (const [name, text, expected, detail] of cases) {
    it(name, () => {
      expect(problemsOf(text)).to.deep.equal(expected);
      expect(detailsOf(text)).to.match(detail);
    });
  }
});
