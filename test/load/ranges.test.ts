import { expect } from 'chai';
import { expandRanges, hasRange } from '../../src/load/ranges.ts';

function names(text: string): readonly string[] | string {
  const expanded = expandRanges(text);
  return 'error' in expanded ? expanded.error : expanded.names;
}

describe('ranges', () => {
  it('unfold numbers, padding, steps and letters', () => {
    expect(names('hz-[1:3]')).to.deep.equal(['hz-1', 'hz-2', 'hz-3']);
    expect(names('n[08:11].x')).to.deep.equal(['n08.x', 'n09.x', 'n10.x', 'n11.x']);
    expect(names('n[1:10:4]')).to.deep.equal(['n1', 'n5', 'n9']);
    expect(names('db-[a:c]')).to.deep.equal(['db-a', 'db-b', 'db-c']);
    expect(names('X[A:E:2]')).to.deep.equal(['XA', 'XC', 'XE']);
    expect(names('n[0:2]')).to.deep.equal(['n0', 'n1', 'n2']);
    expect(names('n[:2]')).to.deep.equal(['n0', 'n1', 'n2']);
    expect(names('n[7:7]')).to.deep.equal(['n7']);
  });

  it('multiply when there are several', () => {
    expect(names('[a:b][1:2]')).to.deep.equal(['a1', 'a2', 'b1', 'b2']);
  });

  it('leave other names alone', () => {
    expect(names('plain')).to.deep.equal(['plain']);
    expect(hasRange('hz-[1:2]')).to.equal(true);
    expect(hasRange('hz-[12]')).to.equal(false);
  });

  it('say what is wrong', () => {
    expect(names('n[3:1]')).to.match(/backwards/);
    expect(names('n[c:a]')).to.match(/backwards/);
    expect(names('n[01:100]')).to.match(/different lengths/);
    expect(names('n[1:a]')).to.match(/is no range/);
    expect(names('n[a:C]')).to.match(/is no range/);
    expect(names('n[1:]')).to.match(/is no range/);
    expect(names('n[1:5:0]')).to.match(/is no range/);
    expect(names('n[1:5:1:1]')).to.match(/is no range/);
    expect(names('n[1]')).to.match(/is no range/);
    expect(names('n[1:2')).to.match(/other half/);
    expect(names('n1:2]')).to.match(/other half/);
  });

  it('refuse to fill the memory', () => {
    expect(names('n[1:999999999]')).to.match(/more than 100000/);
    expect(names('[1:1000][1:1000]')).to.match(/more than 100000/);
  });
});
