import { expect } from 'chai';
import type { Data } from '../../src/model/data.ts';
import { TemplateError } from '../../src/template/errors.ts';
import { helperNames, helperTopics } from '../../src/template/helpers/table.ts';
import { render, thrownBy } from './fixtures.ts';

const variables = {
  l: ['b', 'a', 'b'],
  n: [3, 1, 2],
  m: { x: 1, y: { z: 2 } },
  nodes: [
    { name: 'hz-1', address: '10.0.1.11', on: true },
    { name: 'hz-2', address: '10.0.1.12', on: false },
  ],
  t: ' Text ',
  five: 5,
  zero: 0,
  big: 1e308,
  nothing: null,
};

const results: readonly (readonly [string, Data])[] = [
  ['default missing 1', 1],
  ['default nothing "x"', 'x'],
  ['default zero 1', 0],
  ['default m.a.b l.[9] "z"', 'z'],
  ['default (lookup m "no") 2', 2],
  ['default (first (array)) 2', 2],
  ['isDefined missing', false],
  ['isDefined m.x', true],
  ['isDefined m.q.r', false],
  ['isDefined nothing', true],
  ['and five "" missing', ''],
  ['or zero five missing', 5],
  ['ternary five "a" "b"', 'a'],
  ['eq five 5', true],
  ['eq m (object y=(object z=2) x=1)', true],
  ['eq five "5"', false],
  ['ne l n', true],
  ['lt 1 2', true],
  ['le "a" "a"', true],
  ['gt five 5', false],
  ['ge five 5', true],
  ['not (array)', true],
  ['join l', 'b,a,b'],
  ['join n " "', '3 1 2'],
  ['lookup l 1', 'a'],
  ['lookup m "x"', 1],
  ['upper t', ' TEXT '],
  ['lower "ABC"', 'abc'],
  ['trim t', 'Text'],
  ['replace "a.b.c" "." "$&"', 'a$&b$&c'],
  ['split "a,b" ","', ['a', 'b']],
  ['split " a  b "', ['a', 'b']],
  ['length l', 3],
  ['length "日本"', 2],
  ['length m', 2],
  ['first l', 'b'],
  ['last n', 2],
  ['concat l n', ['b', 'a', 'b', 3, 1, 2]],
  ['concat "a" 1 true', 'a1true'],
  ['array 1 "a" m', [1, 'a', { x: 1, y: { z: 2 } }]],
  ['array', []],
  ['object a=1 b=l', { a: 1, b: ['b', 'a', 'b'] }],
  ['keys m', ['x', 'y']],
  ['values m', [1, { z: 2 }]],
  ['sort l', ['a', 'b', 'b']],
  ['sort n', [1, 2, 3]],
  ['map (sort nodes "address") "name"', ['hz-1', 'hz-2']],
  ['unique l', ['b', 'a']],
  ['unique (array (object a=1 b=2) (object b=2 a=1))', [{ a: 1, b: 2 }]],
  ['contains l "a"', true],
  ['contains m "q"', false],
  ['contains "abc" "bc"', true],
  ['startsWith "abc" "ab"', true],
  ['endsWith "abc" "ab"', false],
  ['add 1 2 3', 6],
  ['sub 5 1 1', 3],
  ['mul 2 3', 6],
  ['div 5 2', 2.5],
  ['mod -1 3', 2],
  ['int "42"', 42],
  ['int 2.9', 2],
  ['int true', 1],
  ['float "1.5e1"', 15],
  ['string m', '{"x":1,"y":{"z":2}}'],
  ['string 1.5', '1.5'],
  ['bool "Yes"', true],
  ['bool 0', false],
  ['round 2.567 2', 2.57],
  ['round 2.5', 3],
  ['base64 "日本"', '5pel5pys'],
  ['base64decode "5pel5pys"', '日本'],
  ['urlencode "a b/ü"', 'a%20b%2F%C3%BC'],
  ['sha256 "abc"', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['basename "/a/b.c"', 'b.c'],
  ['dirname "/a/b.c"', '/a'],
  [
    'items m',
    [
      { key: 'x', value: 1 },
      { key: 'y', value: { z: 2 } },
    ],
  ],
  [
    'zip l n',
    [
      ['b', 3],
      ['a', 1],
      ['b', 2],
    ],
  ],
  [
    'product (array 1 2) (array "a" "b")',
    [
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
      [2, 'b'],
    ],
  ],
  ['flatten (array 1 (array 2 (array 3)))', [1, 2, 3]],
  [
    'subelements (array (object n="x" k=(array 1 2))) "k"',
    [
      [{ n: 'x', k: [1, 2] }, 1],
      [{ n: 'x', k: [1, 2] }, 2],
    ],
  ],
  ['range 3', [0, 1, 2]],
  ['range 1 6 2', [1, 3, 5]],
  ['range 3 0 -1', [3, 2, 1]],
  ['indent "a\n\nb" 2', 'a\n\n  b'],
  ['indent "a\nb" 2 first=true', '  a\n  b'],
  ['merge m (object x=9)', { x: 9, y: { z: 2 } }],
  ['merge m (object y=(object q=1)) deep=true', { x: 1, y: { z: 2, q: 1 } }],
  ['map nodes "address"', ['10.0.1.11', '10.0.1.12']],
  ['map (select nodes "on") "name"', ['hz-1']],
  ['map (select nodes "name" "hz-2") "name"', ['hz-2']],
  ['map (reject nodes "on") "name"', ['hz-2']],
  ['fromJson "{\\"a\\": [1]}"', { a: [1] }],
  ['json m indent=1', '{\n "x": 1,\n "y": {\n  "z": 2\n }\n}'],
  ['yaml "a: b"', '"a: b"'],
  ['yaml (array "yes" "/data/oms" 1 "1" nothing)', '["yes", /data/oms, 1, "1", null]'],
  ['yaml (array "e1" "E-05" "e1x")', '["e1", "E-05", e1x]'],
  ['sh "it\'s"', `'it'\\''s'`],
  ['sh (array "a" "b c" 3)', `a 'b c' 3`],
  ['sh ""', `''`],
];

describe('helpers', () => {
  for (const [call, expected] of results) {
    it(call.replaceAll('\n', '\\n'), () => expect(render(`{{${call}}}`, variables)).to.deep.equal(expected));
  }

  it('has a result tested for every one', () => {
    const tested = new Set(results.flatMap(([call]) => call.match(/[A-Za-z0-9]+/g) ?? []));
    expect(helperNames().filter((name) => !tested.has(name))).to.deep.equal([]);
  });

  it('has every one in the reference', async () => {
    const { readFile } = await import('node:fs/promises');
    const text = await readFile('docs/templates.md', 'utf8');
    for (const helper of Object.values(helperTopics).flatMap(Object.values)) {
      expect(text).to.contain(`\`${(helper as { usage: string }).usage}\``);
    }
  });

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['add 1 "2"', /^add: needs a number, got a text; convert it/],
    ['div 1 0', /^div: cannot divide by zero/],
    ['mul big big', /no finite number/],
    ['int "x"', /^int: needs a number or a numeric text/],
    ['bool "maybe"', /^bool: needs a boolean/],
    ['upper l', /^upper: needs a text, got a list/],
    ['join m', /^join: needs a list, got a map/],
    ['lookup m "z"', /^lookup: there is no "z" in "m"/],
    ['lookup "abc" 0', /^lookup: needs a list or a map/],
    ['first (array)', /^first: there is no item/],
    ['sort (array 1 "a")', /^sort: cannot order/],
    ['map nodes "adress"', /^map: item 0 has no "adress"/],
    ['lt 1 "2"', /^lt: cannot order a number and a text/],
    ['base64decode "%%"', /not base64/],
    ['base64decode "/w=="', /does not hold UTF-8/],
    ['fromJson "{"', /not JSON/],
    ['range big', /more than 100000/],
    ['sh m', /cannot make a word of a map/],
    ['sh "\u0000"', /NUL/],
    ['split "a" ""', /separator/],
  ];
  for (const [call, message] of mistakes) {
    it(`refuses ${call.replaceAll('\0', '\\0')}`, () => {
      const error = thrownBy(() => render(`{{${call}}}`, variables));
      expect(error).to.be.instanceOf(TemplateError);
      expect(error.message).to.match(message);
      expect(error.at).to.include({ line: 3 });
    });
  }
});
