import { expect } from 'chai';
import fc from 'fast-check';
import { globRegex } from '../../src/plan/glob.ts';
import { RegexError, safeRegex } from '../../src/plan/safe-regex.ts';
import { runs } from '../properties/runs.ts';

const refusal = (source: string): string => {
  try {
    safeRegex(source);
    return 'taken';
  } catch (error) {
    return error instanceof RegexError ? error.message : 'crash';
  }
};

/** Regular expressions that JavaScript takes too, of the small alphabet of the texts. */
const atom = fc.constantFrom(
  'a',
  'b',
  '1',
  '.',
  '[ab]',
  '[^a]',
  '[a-c]',
  '\\d',
  '\\w',
  '\\W',
  '^',
  '$',
  '\\b',
  '\\-',
);
const suffix = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?');
const regex = fc.letrec<{ whole: string; part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 2 },
    atom,
    tie('whole').map((inner) => `(${inner})`),
    tie('whole').map((inner) => `(?:${inner})`),
  ),
  whole: fc
    .array(
      fc.array(
        fc
          .tuple(tie('part'), suffix)
          .map(([part, times]) => `${part}${/^(\^|\$|\\b)$/.test(part) ? '' : times}`),
        { maxLength: 3 },
      ),
      {
        minLength: 1,
        maxLength: 2,
      },
    )
    .map((choices) => choices.map((parts) => parts.join('')).join('|')),
})).whole;

describe('regular expressions in linear time', () => {
  it('match as those of the language, anchored in front', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '1', '-'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(regex, text, (source, subject) => {
        expect(safeRegex(source).test(subject), `${source} on ${subject}`).to.equal(
          new RegExp(`^(?:${source})`).test(subject),
        );
      }),
      runs(400),
    );
  });

  it('are quick where others take for ever', () => {
    const started = process.cpuUsage();
    for (const source of [
      '(a+)+$',
      '(a|a)*b',
      '(a*)*c',
      '([a-z]+)*x',
      '(.*a){20}',
      'a?'.repeat(30) + 'a'.repeat(30),
    ]) {
      safeRegex(source).test('a'.repeat(200));
    }
    expect(process.cpuUsage(started).user / 1000).to.be.below(2_000);
  });

  it('say what is not possible', () => {
    expect(refusal('(?=a)')).to.match(/looking ahead/);
    expect(refusal('(a)\\1')).to.match(/references back/);
    expect(refusal('(a')).to.match(/"\(" is not closed/);
    expect(refusal('a)')).to.match(/too many/);
    expect(refusal('[a')).to.match(/"\[" is not closed/);
    expect(refusal('*a')).to.match(/nothing in front/);
    expect(refusal('a**')).to.match(/repeated/);
    expect(refusal('a{3,1}')).to.match(/backwards/);
    expect(refusal('a\\')).to.match(/backslash/);
    expect(refusal('\\y')).to.match(/not known/);
    expect(refusal('(a{99}){999}')).to.match(/too much/);
    expect(refusal('a'.repeat(1_001))).to.match(/longer/);
    expect(refusal('[b-a]')).to.match(/range/);
  });

  it('any text is an expression or a refusal', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (source) => {
        expect(refusal(source)).not.to.equal('crash');
      }),
    );
  });

  it('names, (?i), classes', () => {
    expect(safeRegex('(?i)WEB-[A-C]').test('web-b')).to.equal(true);
    expect(safeRegex('(?P<x>a)').test('a')).to.equal(true);
    expect(safeRegex('[]a]').test(']')).to.equal(true);
    expect(safeRegex('[a-]').test('-')).to.equal(true);
    expect(safeRegex('\\Aweb\\Z').test('web1')).to.equal(false);
  });

  it('globs', () => {
    const test = (glob: string, text: string) => globRegex(glob)?.test(text);
    expect(test('web*', 'web12')).to.equal(true);
    expect(test('web?', 'web12')).to.equal(false);
    expect(test('a.b', 'axb')).to.equal(false);
    expect(test('n[!a]', 'nb')).to.equal(true);
    expect(test('n[!a]', 'na')).to.equal(false);
    expect(test('n[', 'n[')).to.equal(true);
    expect(test('*a*a*a*a*a*a*a*a*b', 'a'.repeat(250))).to.equal(false);
  });
});
