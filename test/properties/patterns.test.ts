import { expect } from 'chai';
import fc from 'fast-check';
import type { Inventory } from '../../src/model/inventory.ts';
import { resolvePattern } from '../../src/plan/patterns.ts';
import { patience, runs } from './runs.ts';

/** Groups with their nodes in the inventory's order, and all nodes. */
interface Fleet {
  readonly nodes: readonly string[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

const nodeName = fc.constantFrom('web1', 'web2', 'web10', 'db1', 'db2', 'a.b', 'a-b', 'x', 'db-eu');
const groupName = fc.constantFrom('web', 'db', 'eu', 'us', 'canary', 'old_web');
const fleet: fc.Arbitrary<Fleet> = fc
  .tuple(
    fc.uniqueArray(nodeName, { minLength: 1, maxLength: 7 }),
    fc.uniqueArray(fc.tuple(groupName, fc.array(fc.nat({ max: 6 }), { maxLength: 5 })), {
      maxLength: 4,
      selector: ([name]) => name,
    }),
  )
  .map(([nodes, groups]) => ({
    nodes,
    groups: new Map(
      groups.map(([name, places]) => [name, nodes.filter((_, i) => places.includes(i))] as const),
    ),
  }));

const base = fc.oneof(
  nodeName,
  groupName,
  fc.constantFrom(
    'all',
    '*',
    'web*',
    '*1',
    '?',
    'db?',
    'w*b',
    '[wd]*',
    '[!w]*',
    'web[12]*',
    '*-*',
    'nobody',
    '*.b',
  ),
  fc.constantFrom(
    '~web',
    '~^(db|x)',
    '~.*1$',
    '~[ab].',
    '~e(b|u)',
    '~w.{2}1',
    '~1',
    '~(web|db)[12]$',
    '~(w|d).{1,2}1',
  ),
);
const index = fc.constantFrom(
  '',
  '',
  '',
  '[0]',
  '[1]',
  '[-1]',
  '[-2]',
  '[0:1]',
  '[1:]',
  '[:1]',
  '[1:2]',
  '[5:9]',
  '[:]',
);
const term = fc
  .tuple(fc.constantFrom('', '', '', '&', '!'), base, index)
  // An expression takes what stands behind it for a part of itself.
  .map(([sign, text, at]) => ({
    sign,
    base: text,
    at: text.startsWith('~') || text.includes('[') ? '' : at,
  }));
const pattern = fc.array(fc.tuple(term, fc.constantFrom(':', ',')), { minLength: 1, maxLength: 5 });

/** As Ansible's documentation describes it, one step after the other; undefined: it names nothing there is. */
function members(text: string, { nodes, groups }: Fleet): readonly string[] | undefined {
  if (text === 'all' || text === '*') return nodes;
  const exact = groups.get(text) ?? (nodes.includes(text) ? [text] : undefined);
  if (exact !== undefined || !/^~|[*?[]/.test(text)) return exact;
  const matches = text.startsWith('~') ? new RegExp(`^(?:${text.slice(1)})`) : globbed(text);
  const byGroup = [...groups].filter(([name]) => matches.test(name));
  const byName = nodes.filter((name) => matches.test(name));
  if (byGroup.length + byName.length === 0) return undefined;
  return [...new Set([...byGroup.flatMap(([, own]) => own), ...byName])];
}

/** Python's fnmatch. */
function globbed(glob: string): RegExp {
  const parts = glob.match(/\[[^\]]*\]|[^]/g) ?? [];
  const body = parts.map((part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part.replace('[!', '[^') : part.replace(/[.$^+(){}|\\[\]-]/, '\\$&');
  });
  return new RegExp(`^(?:${body.join('')})$`);
}

/** `[0]` is the first, `[-1]` the last, `[0:1]` the first two; undefined: there is none at that place. */
function subscript(list: readonly string[], at: string): readonly string[] | undefined {
  if (at === '') return list;
  const [from = '', to] = at.slice(1, -1).split(':');
  if (to === undefined) {
    const one = list.at(Number(from));
    return one === undefined ? undefined : [one];
  }
  return list.slice(from === '' ? 0 : Number(from), to === '' ? undefined : Number(to) + 1);
}

interface Term {
  readonly sign: string;
  readonly base: string;
  readonly at: string;
}

/** All that are named, of them those that are in every `&`, without those of any `!`. */
function modelOf(
  terms: readonly Term[],
  all: Fleet,
): { readonly names: readonly string[]; readonly wrong: number } {
  let wrong = 0;
  const found = terms.map(({ sign, base: text, at }) => {
    const list = members(text, all);
    const chosen = list && subscript(list, at);
    if (chosen === undefined) wrong += 1;
    return { sign, names: chosen ?? [] };
  });
  const of = (sign: string): readonly (readonly string[])[] =>
    found.filter((one) => one.sign === sign).map(({ names }) => names);
  const start = of('').length === 0 ? all.nodes : of('').flat();
  const names = all.nodes
    .filter((name) => start.includes(name) && of('&').every((list) => list.includes(name)))
    .filter((name) => !of('!').some((list) => list.includes(name)));
  return { names, wrong };
}

const at = { file: 'i.yml', line: 1, column: 1, length: 1 };

/** One region with all nodes, which is a group too, as all is. */
function inventoryOf({ nodes, groups }: Fleet): Inventory {
  const nodeOf = (name: string) =>
    [name, { name, region: 'zone', address: name, groups: [], layers: [], at }] as const;
  return {
    dir: '.',
    regions: [{ name: 'zone', parallel: undefined, nodes, at }],
    groups: new Map([['all', nodes], ['zone', nodes], ...groups]),
    nodes: new Map(nodes.map(nodeOf)),
  };
}

describe('property: host patterns', () => {
  it('name what a model of the documentation names, in the order of the inventory', function () {
    this.timeout(patience(10));
    let some = 0;
    fc.assert(
      fc.property(fleet, pattern, (all, parts) => {
        const inventory = inventoryOf(all);
        const text = parts.map(([{ sign, base: name, at }, joint]) => `${sign}${name}${at}${joint}`).join('');
        const found = resolvePattern(text, inventory, undefined);
        const expected = modelOf(
          parts.map(([one]) => one),
          { ...all, groups: inventory.groups },
        );
        expect(found.value, text).to.deep.equal(expected.names);
        expect(found.problems.length, `${text}: problems`).to.equal(expected.wrong);
        some += expected.names.length;
      }),
      runs(150),
    );
    expect(some).to.be.above(0);
  });

  it('any text is a pattern or a problem', function () {
    this.timeout(patience(10));
    const all: Fleet = { nodes: ['web1', 'db1'], groups: new Map([['web', ['web1']]]) };
    const inventory = inventoryOf(all);
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'~:,&![]()*?+{}|\\^$.-0129 \nwebdall'), maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(text, (one) => {
        const { value, problems } = resolvePattern(one, inventory, undefined);
        expect(value.every((name) => all.nodes.includes(name))).to.equal(true);
        for (const { summary, detail } of problems)
          expect(Math.min(summary.length, detail.length)).to.be.above(5);
      }),
      runs(120),
    );
  });
});
