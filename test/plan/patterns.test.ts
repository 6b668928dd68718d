import { expect } from 'chai';
import type { Inventory } from '../../src/model/inventory.ts';
import { resolvePattern } from '../../src/plan/patterns.ts';
import { batches } from '../../src/plan/regions.ts';
import { tagsChosen } from '../../src/plan/tags.ts';

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
  ];
  for (const [pattern, names] of cases) {
    it(`${pattern} → ${names}`, () => expect(resolve(pattern)).to.equal(names));
  }

  it('says what matches nothing, and what was meant', () => {
    const [found] = resolvePattern('wets', inventory, at).problems;
    expect(found?.detail).to.match(/Nothing in the inventory matches "wets"\. Did you mean "west"\?/);
    expect(resolvePattern(' , ', inventory, at).problems).to.have.length(1);
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
