import { expect } from 'chai';
import fc from 'fast-check';
import { Unknown } from '../../src/model/data.ts';
import { Secret } from '../../src/model/secret.ts';
import { resultData, resultWith } from '../../src/run/result-data.ts';

class Own {
  readonly shown = 1;
  readonly left = undefined;
  readonly method = (): number => 2;
}

describe('results as plain data', () => {
  it('are what JSON would make of them, whatever a module gives', () => {
    const odd = fc.constantFrom<unknown>(
      undefined,
      Number.NaN,
      Infinity,
      -0,
      () => 1,
      Symbol('s'),
      new Date(0),
      new Secret('x'),
      new Unknown('later'),
      new Map([[1, 2]]),
      Buffer.from('ab'),
      new Own(),
      Object('boxed'),
      Object.create(null),
    );
    const anything = fc.oneof({ weight: 1, arbitrary: odd }, { weight: 2, arbitrary: fc.jsonValue() });
    const map = fc.dictionary(
      fc.oneof(fc.string(), fc.constant('__proto__')),
      fc.oneof(anything, fc.array(anything)),
    );
    fc.assert(
      fc.property(map, (result) => {
        const wanted: unknown = JSON.parse(JSON.stringify(result));
        expect(resultData(result)).to.deep.equal(wanted);
        expect(JSON.stringify(resultData(result))).to.equal(JSON.stringify(wanted));
      }),
    );
  });

  it('are maps in any case, the caller’s own, and its texts are not copied', () => {
    expect(resultData(undefined)).to.deep.equal({});
    expect(resultData('text')).to.deep.equal({ value: 'text' });
    expect(resultData([1])).to.deep.equal({ value: [1] });
    const result = Object.freeze({ list: Object.freeze(['a']), changed: 'mine' });
    expect(resultWith(result, true)).to.deep.equal({
      list: ['a'],
      changed: true,
      failed: false,
      skipped: false,
    });
    expect(() => resultData({ a: 1n })).to.throw(TypeError);
  });
});
