import { expect } from 'chai';
import { wantsColor, widthOf } from '../../src/cli/io.ts';

const sink = (isTerminal: boolean, columns?: number) => ({ write: () => undefined, isTerminal, columns });

describe('cli: what a stream can show', () => {
  it('lines are fitted to a terminal, and to nothing else', () => {
    expect(widthOf(sink(true, 50))).to.equal(50);
    expect(widthOf(sink(false))).to.equal(0);
    expect(widthOf(sink(false, 80))).to.equal(0);
    expect(widthOf(sink(true, 0))).to.equal(0);
  });

  it('colours are for terminals, unless NO_COLOR, FORCE_COLOR or TERM say otherwise', () => {
    expect(wantsColor(sink(true), {})).to.equal(true);
    expect(wantsColor(sink(false), {})).to.equal(false);
    expect(wantsColor(sink(true), { NO_COLOR: '1' })).to.equal(false);
    expect(wantsColor(sink(true), { NO_COLOR: '' })).to.equal(true);
    expect(wantsColor(sink(true), { TERM: 'dumb' })).to.equal(false);
    expect(wantsColor(sink(false), { FORCE_COLOR: '1' })).to.equal(true);
    expect(wantsColor(sink(false), { FORCE_COLOR: '1', NO_COLOR: '1' })).to.equal(false);
  });
});
