import { expect } from 'chai';
import fc from 'fast-check';
import { readGroupsJson } from '../../src/load/inventory-json.ts';
import { parseJson } from '../../src/load/json-places.ts';
import { plainData } from '../../src/cli/node-variables.ts';
import { load } from '../load/inventories.ts';
import { withProject } from '../load/project.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { runs } from './runs.ts';

const pieces = fc.constantFrom(
  ...[
    '[',
    ']',
    ':',
    ',',
    '=',
    '\n',
    ' ',
    '\t',
    '#',
    ';',
    "'",
    '"',
    '\\',
    '{',
    '}',
    '-',
    '~',
    '@',
    '\r',
    '\u0000',
  ],
  ...['[web]', '[web:vars]', '[web:children]', '[all:vars]', '[x:y]', 'web', 'web2', 'a', 'n[1:3]', 'n[a:z]'],
  ...[
    '[1:99999]',
    'h:22',
    '::1',
    '[::1]:22',
    'x=1',
    'x="a',
    'ansible_host=1.2.3.4',
    'oms_region=r',
    '{{ a }}',
  ],
  ...[
    'all:',
    'hosts:',
    'children:',
    'vars:',
    'regions:',
    'groups:',
    'nodes:',
    '_meta:',
    '  ',
    '- ',
    '{"a":',
    '[1,',
  ],
  ...[
    '[a:children]\nb\n[b:children]\na\n',
    'oms_region_parallel=0',
    'ansible_group_priority=x',
    'é',
    '\u2028',
  ],
);
const inventoryText = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
const names = fc.constantFrom('hosts', 'hosts.ini', 'inv.yml', 'inv.json');

/** Every problem has a summary, and a place inside its text when it has one. */
function sound(problems: ReturnType<typeof load>['problems']): void {
  for (const { summary, detail, at } of problems) {
    expect(summary).not.to.equal('');
    expect(detail).not.to.equal('');
    if (at !== undefined) expect(Math.min(at.line, at.column, at.length)).to.be.at.least(1);
  }
}

describe('inventories of any content', () => {
  it('text of the words of inventories gives an inventory or problems', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(names, inventoryText, (name, text) => sound(load({ [name]: text }, [name]).problems)),
      runs(20),
    );
  });

  it('bytes give an inventory or problems', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(names, fc.uint8Array({ maxLength: 200 }), (name, bytes) => {
        withProject({ [name]: Buffer.from(bytes) }, ({ path, sources }) =>
          sound(loadInventory([path(name)], sources).problems),
        );
      }),
      runs(12),
    );
  });

  it('any JSON is read as it is, and as groups it gives groups or problems', () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (text, wide) => {
        const shown = wide ? JSON.stringify(JSON.parse(text), null, 2) : text;
        const node = parseJson(shown, 'x').value;
        expect(node).not.to.equal(undefined);
        if (node === undefined) return;
        expect(JSON.stringify(plainData(node))).to.equal(JSON.stringify(plain(JSON.parse(text))));
        const problems: ReturnType<typeof load>['problems'][number][] = [];
        if (node.kind === 'map') readGroupsJson(node, 'x', (found) => problems.push(found));
        sound(problems);
      }),
      runs(50),
    );
  });

  const ends: readonly (readonly [string, string, string, RegExp])[] = [
    ['ranges of ranges', 'hosts', 'a[1:999][1:999][1:999]\n', /more than 100000 names/],
    [
      'many ranges',
      'hosts',
      Array.from({ length: 30 }, (_, i) => `n${i}-[1:9999]\n`).join(''),
      /too many hosts|more than 100000 hosts/,
    ],
    ['a million wrong lines', 'hosts', '[web]\n' + 'a b\n'.repeat(100_000), /more problems are not shown/],
    ['a very long line', 'hosts', `[web]\na ${'x'.repeat(200_000)}=1\n`, /100000 is the most/],
    [
      'a chain of groups',
      'hosts',
      Array.from({ length: 5_000 }, (_, i) => `[g${i}:children]\ng${i + 1}\n`).join('') + '[g5000]\n',
      /groups deep/,
    ],
    [
      'a circle of groups',
      'hosts',
      Array.from({ length: 5_000 }, (_, i) => `[g${i}:children]\ng${(i + 1) % 5_000}\n`).join(''),
      /contain itself/,
    ],
    [
      'children that are nowhere',
      'hosts',
      '[g:children]\n' + Array.from({ length: 20_000 }, (_, i) => `x${i}\n`).join(''),
      /no such group/,
    ],
    ['deep JSON', 'inv.json', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /nested|levels deep/],
    [
      'a long text in JSON',
      'inv.json',
      JSON.stringify({ _meta: { hostvars: {} }, a: ['n1'], b: { vars: { x: 'y'.repeat(3_000_000) } } }),
      /^$/,
    ],
  ];
  for (const [name, file, text, expected] of ends) {
    it(`comes to an end: ${name}`, function () {
      this.timeout(30_000);
      const started = cpuMs();
      const { problems } = load({ [file]: text }, [file]);
      expect(problems.map(({ detail, summary }) => `${summary} ${detail}`).join('\n')).to.match(expected);
      expect(cpuMs() - started).to.be.below(3_000);
    });
  }

  it('reads 1,000 hosts quickly', () => {
    const lines = Array.from(
      { length: 1_000 },
      (_, i) => `node-${i} ansible_host=10.0.${i >> 8}.${i & 255} rack=${i % 20} tags="['a', ${i}]"`,
    );
    const text = `[web]\n${lines.join('\n')}\n[all:vars]\noms_region=hz\n`;
    const started = cpuMs();
    const { value, problems } = load({ hosts: text }, ['hosts']);
    const took = cpuMs() - started;
    expect(problems).to.deep.equal([]);
    expect(value.nodes.size).to.equal(1_000);
    expect(took).to.be.below(300);
  });
});

/** The work of this process alone, however busy the machine is. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** What is expected of JSON: whole numbers that cannot be kept exactly are text. */
function plain(value: unknown): unknown {
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(String(value)))
    return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
