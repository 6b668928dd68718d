import { expect } from 'chai';
import fc from 'fast-check';
import { parseJson } from '../../src/load/json-places.ts';
import { runs } from '../properties/runs.ts';

describe('JSON with places', () => {
  it('takes what JSON.parse takes and refuses what it refuses, saying where', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '01',
      '1.5',
      '1e5',
      'true',
      'null',
      'x',
      ' ',
      '\n',
      '\u00a0',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        const { value, problems } = parseJson(text, 'f');
        expect(value !== undefined, text).to.equal(isJson(text));
        expect(problems.length).to.equal(value === undefined ? 1 : 0);
      }),
      runs(500),
    );
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ['oops', '1:1', /no JSON/],
    ['{"a": 1,\n "b": x}', '2:7', /no JSON/],
    ['{"a": [1, 2', '1:12', /ends before/],
    ['{"a": "open', '1:12', /ends before/],
    ['{} {}', '1:4', /no JSON/],
    ['[1,]', '1:4', /no JSON/],
  ];
  for (const [text, place, detail] of faults) {
    it(JSON.stringify(text), () => {
      const [found] = parseJson(text, 'f').problems;
      expect(`${found?.at?.line}:${found?.at?.column}`).to.equal(place);
      expect(found?.detail).to.match(detail);
    });
  }
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
