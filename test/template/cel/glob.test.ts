import { expect } from 'chai';
import { glob } from '../../../src/template/cel/glob.ts';
import { versionCompare } from '../../../src/template/cel/version.ts';

describe('glob', () => {
  it('takes * for any characters, ? for one, and the rest as itself', () => {
    expect(glob('oms_4.2.11-ce.tar.gz', 'oms_*.tar.gz')).to.equal(true);
    expect(glob('abc', '?b?')).to.equal(true);
    expect(glob('日本語', '日?語')).to.equal(true);
    expect(glob('abc', 'ab')).to.equal(false);
    expect(glob('', '*')).to.equal(true);
    expect(glob('a.c', 'abc')).to.equal(false);
    expect(glob('a*c', 'a\\*c')).to.equal(true);
    expect(glob('abc', 'a\\*c')).to.equal(false);
  });

  it('does not hang on hostile patterns', () => {
    const start = Date.now();
    expect(glob('a'.repeat(5000), '*a'.repeat(200) + 'b')).to.equal(false);
    expect(Date.now() - start).to.be.lessThan(2000);
  });
});

describe('versionCompare', () => {
  const pairs: readonly (readonly [string, string, number])[] = [
    ['20.10.24+dfsg1', '1.13', 1],
    ['1.13', '1.13.0', 0],
    ['1.9', '1.10', -1],
    ['v2', '2.0', 0],
    ['4.2.11-ce', '4.2.2', 1],
    ['1.0-rc1', '1.0', -1],
    ['', '1', -1],
  ];
  for (const [a, b, sign] of pairs) {
    it(`${a} and ${b}`, () => {
      expect(versionCompare(a, b)).to.equal(sign);
      expect(versionCompare(b, a)).to.equal(-sign || 0);
    });
  }
});
