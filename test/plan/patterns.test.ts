import { expect } from 'chai';
import fc from 'fast-check';
import type { Inventory } from '../../src/model/inventory.ts';
import { resolvePattern } from '../../src/plan/patterns.ts';
import { batches } from '../../src/plan/regions.ts';
import { tagsChosen } from '../../src/plan/tags.ts';
import { runs } from '../properties/runs.ts';

const at = { file: 'i.yml', line: 1, column: 1, length: 1 };
const node = (name: string, region: string) =>
  [name, { name, region, address: name, groups: [], layers: [], at }] as const;
const inventory: Inventory = {
  dir: '.',
  regions: [
    { name: 'east', parallel: undefined, nodes: ['e1', 'e2'], at },
    { name: 'west', parallel: undefined, nodes: ['w1', 'w2'], at },
  ],
  groups: new Map([
    ['east', ['e1', 'e2']],
    ['west', ['w1', 'w2']],
    ['canary', ['e1', 'w1']],
  ]),
  nodes: new Map([node('e1', 'east'), node('e2', 'east'), node('w1', 'west'), node('w2', 'west')]),
};
const resolve = (pattern: string) => resolvePattern(pattern, inventory, at).value.join(' ');

describe('host patterns', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['all', 'e1 e2 w1 w2'],
    ['*', 'e1 e2 w1 w2'],
    ['w2', 'w2'],
    ['west', 'w1 w2'],
    ['?1', 'e1 w1'],
    ['e*', 'e1 e2'],
    ['w1:e2', 'e2 w1'],
    ['w1,e2', 'e2 w1'],
    ['all:!east', 'w1 w2'],
    ['canary:&west', 'w1'],
    ['!canary', 'e2 w2'],
    ['&west:canary:e2', 'w1'],
    ['all:!canary:!w2', 'e2'],
    ['east[0]', 'e1'],
    ['all[-1]', 'w2'],
    ['all[1:2]', 'e2 w1'],
    ['all[2:]', 'w1 w2'],
    ['all[:1]', 'e1 e2'],
    ['all[9:]', ''],
    ['east[1]:west[0]', 'e2 w1'],
    ['all:!west[0]', 'e1 e2 w2'],
    ['~[ew]1', 'e1 w1'],
    ['~(e|w)2', 'e2 w2'],
    ['~e{1,1}1,w2', 'e1 w2'],
    ['w2:~e{1,1}1', 'e1 w2'],
    ['all:&~.1', 'e1 w1'],
    ['all:!~.1$', 'e2 w2'],
    ['~can', 'e1 w1'],
    ['[ew]1', 'e1 w1'],
    ['[!e]1', 'w1'],
    ['east\nw1', 'e1 e2 w1'],
  ];
  for (const [pattern, names] of cases) {
    it(`${pattern} → ${names}`, () => expect(resolve(pattern)).to.equal(names));
  }

  it('says what matches nothing, and what was meant', () => {
    const [found] = resolvePattern('wets', inventory, at).problems;
    expect(found?.detail).to.match(/Nothing in the inventory matches "wets"\. Did you mean "west"\?/);
    expect(resolvePattern(' , ', inventory, at).problems).to.have.length(1);
  });

  const wrongs: readonly (readonly [string, RegExp])[] = [
    ['east[2]', /"east" has 2 nodes, \[0\] to \[1\]: there is none at \[2\]/],
    ['east[0-1]', /counted from 0: east\[0:1\]/],
    ['nix[0]', /matches "nix\[0\]"/],
    ['~(a', /no regular expression that can be used/],
    ['~(?!e)', /looking ahead/],
    ['!', /matches ""/],
  ];
  for (const [pattern, detail] of wrongs) {
    it(`${pattern} is wrong`, () => {
      const { problems, value } = resolvePattern(pattern, inventory, at);
      expect(problems.map((found) => found.detail).join()).to.match(detail);
      expect(problems[0]?.at).to.deep.equal(at);
      if (!pattern.startsWith('!')) expect(value).to.deep.equal([]);
    });
  }

  it('a group without nodes is no mistake', () => {
    const groups = new Map([...inventory.groups, ['empty', []]]);
    expect(resolvePattern('empty,emp*,e1', { ...inventory, groups }, at)).to.deep.equal({
      value: ['e1'],
      problems: [],
    });
  });

  it('an IPv6 address is a name, and each line of a limit file has its place', () => {
    const nodes = new Map([node('2001:db8::1', 'x'), node('e1', 'x')]);
    const six: Inventory = { ...inventory, nodes };
    expect(resolvePattern('2001:db8::1', six, at).value).to.deep.equal(['2001:db8::1']);
    expect(resolvePattern('e1,!2001:db8::1', six, at).value).to.deep.equal(['e1']);
    const line = { ...at, file: 'limit', line: 7 };
    expect(resolvePattern([{ text: 'nobody', at: line }], six, undefined).problems[0]?.at).to.equal(line);
  });

  it('are what sets make of them', () => {
    const names = [...inventory.nodes.keys()];
    const terms: readonly (readonly [string, readonly string[]])[] = [
      ...names.map((name) => [name, [name]] as const),
      ...[...inventory.groups].map(([name, nodes]) => [name, nodes] as const),
      ...[...inventory.groups].map(([name, nodes]) => [`${name}[1]`, nodes.slice(1, 2)] as const),
      ...[...inventory.groups].map(([name, nodes]) => [`${name}[0:0]`, nodes.slice(0, 1)] as const),
      ['all', names],
      ['?1', ['e1', 'w1']],
      ['~[^w]', names.filter((name) => !name.startsWith('w')).concat('w1')],
    ];
    const term = fc.tuple(
      fc.constantFrom('', '', '&', '!'),
      fc.constantFrom(...terms),
      fc.constantFrom(':', ','),
    );
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 6 }), (parts) => {
        const of = (sign: string) => parts.filter(([one]) => one === sign).map(([, [, nodes]]) => nodes);
        const start = of('').length === 0 ? names : of('').flat();
        const expected = names.filter(
          (name) =>
            start.includes(name) &&
            of('&').every((nodes) => nodes.includes(name)) &&
            !of('!').some((nodes) => nodes.includes(name)),
        );
        const text = parts.map(([sign, [name], joint]) => `${sign}${name}${joint}`).join('');
        expect(resolve(text), text).to.equal(expected.join(' '));
      }),
      runs(100),
    );
  });
});

describe('batches', () => {
  const names = ['1', '2', '3', '4', '5', '6', '7'];
  it('repeats the last amount', () => {
    expect(batches(names, [1, 3]).map((b) => b.length)).to.deep.equal([1, 3, 3]);
    expect(batches(names, []).map((b) => b.length)).to.deep.equal([7]);
  });
  it('takes a percentage of all, at least one', () => {
    expect(batches(names, [{ percent: 50 }]).map((b) => b.length)).to.deep.equal([3, 3, 1]);
    expect(batches(names, [{ percent: 1 }]).map((b) => b.length)).to.deep.equal([1, 1, 1, 1, 1, 1, 1]);
  });
});

describe('tags', () => {
  const chosen = (task: string[], tags: string[], skipTags: string[] = []) =>
    tagsChosen(task, { tags, skipTags });
  it('as in Ansible', () => {
    expect(chosen([], [])).to.equal(true);
    expect(chosen(['a'], ['a'])).to.equal(true);
    expect(chosen(['a'], ['b'])).to.equal(false);
    expect(chosen(['always'], ['b'])).to.equal(true);
    expect(chosen(['never'], [])).to.equal(false);
    expect(chosen(['never', 'a'], ['a'])).to.equal(true);
    expect(chosen([], ['tagged'])).to.equal(false);
    expect(chosen([], ['untagged'])).to.equal(true);
    expect(chosen(['a'], [], ['a'])).to.equal(false);
    expect(chosen(['always'], [], ['always'])).to.equal(false);
    expect(chosen(['a'], [], ['tagged'])).to.equal(false);
  });
});
