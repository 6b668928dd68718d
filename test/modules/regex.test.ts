import { expect } from 'chai';
import { ModuleError } from '../../src/modules/define.ts';
import { posixRegex } from '../../src/modules/find/content.ts';
import {
  expanded,
  firstMatch,
  fromBeginning,
  matchingLines,
  partOf,
  substituted,
} from '../../src/modules/regex.ts';

describe('expressions of the user', () => {
  for (const [regex, replacement, text, after] of [
    ['^(\\w+)', '<\\1>', 'a b\nc', '<a> b\n<c>'],
    ['(?P<x>b)(?P=x)', '\\g<x>', 'abb', 'ab'],
    ['(?i)B', 'x', 'abB', 'axx'],
    ['(?ms)^b.c$', '', 'a\nb\nc', 'a\n'],
    ['\\Aa', 'x', 'a\na', 'x\na'],
    ['a\\Z', 'x', 'a\na', 'a\nx'],
    ['\\\\Z', 'x', '\\Z', 'x'],
    ['(a)|(b)', '[\\1\\2]', 'ab', '[a][b]'],
    ['a', '\\n\\t\\\\1\\.$&', 'a', '\n\t\\1\\.$&'],
    ['x*', '-', 'b', '-b-'],
    ['水', '火', '水x水', '火x火'],
  ] as const) {
    it(`${regex} → ${replacement}`, () => expect(substituted(regex, replacement, text).text).to.equal(after));
  }

  it('a group that is not there is refused, before anything is replaced', () => {
    for (const replacement of ['\\1', '\\g<2>', '\\g<name>']) {
      expect(() => substituted('a', replacement, '')).to.throw(ModuleError, 'no such group');
    }
  });

  it('lines, first matches, groups in a line, and parts', () => {
    expect(() => matchingLines('^(?i)A', ['a'], 'x')).to.throw(ModuleError);
    expect(matchingLines(fromBeginning('(?i)A|b'), ['ab', 'ba', 'ca'], 'x')).to.deep.equal([0, 1]);
    expect(matchingLines('(?i)^A', ['b', 'a', 'A'], 'x')).to.deep.equal([1, 2]);
    expect(firstMatch('^b', 'a\nb', 'x')).to.equal('b');
    expect(expanded('(\\d+)$', 'n=\\1', 'x 42')).to.equal('n=42');
    expect(partOf('a(?<oms_part>.*)c', 'xa\nbc', 'x')).to.deep.equal([2, 4]);
    expect(partOf('a(?<oms_part>.*)d', 'abc', 'x')).to.equal(undefined);
  });

  it('nothing of an expression or a text reaches the program', () => {
    const text = '"]});process.exit(1)//';
    expect(substituted('\\]', text, text).text).to.equal(text.replace(']', text));
    expect(matchingLines('constructor', ['constructor'], 'x')).to.deep.equal([0]);
  });
});

describe('expressions for grep -E', () => {
  for (const [regex, posix] of [
    ['\\d+\\s*\\w', '[0-9]+[[:space:]]*[[:alnum:]_]'],
    ['(?:a|b)+?x*?', '(a|b)+x*'],
    ['a{2}?', 'a{2}'],
    ['\\.\\\\d', '\\.\\\\d'],
  ] as const) {
    it(regex, () => expect(posixRegex(regex)).to.equal(posix));
  }
  for (const regex of ['(?=a)', '(?i)a', '(a)\\1', '\\bword', '(?P<n>a)']) {
    it(`${regex} is refused`, () => expect(() => posixRegex(regex)).to.throw(ModuleError));
  }
});
