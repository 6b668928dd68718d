import { expect } from 'chai';
import { plainData } from '../../src/cli/node-variables.ts';
import { pythonLiteral } from '../../src/load/python-literal.ts';

const read = (text: string): unknown => {
  const node = pythonLiteral(text, (start, end) => ({
    file: 'f',
    line: 1,
    column: start + 1,
    length: end - start,
  }));
  return node === undefined ? '(text)' : plainData(node);
};

describe('values of INI inventories', () => {
  const literals: readonly (readonly [string, unknown])[] = [
    ['1', 1],
    ['-5', -5],
    ['+ 5', 5],
    ['1_000', 1000],
    ['0x1F', 31],
    ['0o17', 15],
    ['0b101', 5],
    ['00', 0],
    ['1.5', 1.5],
    ['1.', 1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1 # one', 1],
    ['True', true],
    ['False', false],
    ['None', null],
    [`"a"`, 'a'],
    [`'it"s'`, 'it"s'],
    [`'x' 'y'`, 'xy'],
    [String.raw`'\t\x41\u00e9\101\q'`, '\tAéA\\q'],
    [String.raw`r'a\n'`, String.raw`a\n`],
    [`b'abc'`, 'abc'],
    [`'''a"'b'''`, `a"'b`],
    ['[1, [2, "b"], None]', [1, [2, 'b'], null]],
    ['(1,)', [1]],
    ['(1)', 1],
    ['()', []],
    ['1,2', [1, 2]],
    ['1,', [1]],
    ['{1, 2}', [1, 2]],
    [`{'a': 1, 2: [3]}`, { a: 1, '2': [3] }],
    ['{}', {}],
    ['12345678901234567890', '12345678901234567890'],
  ];
  for (const [text, value] of literals) {
    it(`${text} → ${JSON.stringify(value)}`, () => expect(read(text)).to.deep.equal(value));
  }

  const texts = [
    ...[
      'yes',
      'true',
      'no',
      'none',
      '0755',
      '10.0.0.1',
      '1.2.3',
      'a,b',
      '[1, 2',
      "'open",
      '[a]',
      '{a: 1}',
      '-',
    ],
    ...[
      '',
      'two words',
      '"a" b',
      '1 2',
      '1j',
      "f'a'",
      "b'a' 'b'",
      '__import__("os")',
      '1+1',
      '[1]*9',
      '1__0',
      '1_',
    ],
    ...['['.repeat(60) + ']'.repeat(60)],
  ];
  for (const text of texts) {
    it(`${text.slice(0, 30)} is text`, () => expect(read(text)).to.equal('(text)'));
  }

  it('keeps the place of each part', () => {
    const node = pythonLiteral("[1, {'a': True}]", (start, end) => ({
      file: 'f',
      line: 3,
      column: start + 10,
      length: end - start,
    }));
    const map = node?.kind === 'list' ? node.items[1] : undefined;
    const value = map?.kind === 'map' ? map.entries[0]?.value : undefined;
    expect(value?.at).to.deep.equal({ file: 'f', line: 3, column: 20, length: 4 });
  });
});
