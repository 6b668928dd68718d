import { expect } from 'chai';
import { inWaves } from '../../src/run/waves.ts';

describe('waves', () => {
  it('begin all without waiting for those that wait, and end with the last', async () => {
    const all = Array.from({ length: 100 }, (_, i) => i);
    let release = (): void => undefined;
    const answered = new Promise<void>((resolve) => (release = resolve));
    const begun: number[] = [];
    let ended = 0;
    const running = inWaves(all, async (one) => {
      begun.push(one);
      if (begun.length === all.length) release();
      await answered;
      ended += 1;
    });
    await running;
    expect(begun).to.deep.equal(all);
    expect(ended).to.equal(100);
  });

  it('let those that need not wait come to their end before further ones begin', async () => {
    let [open, most] = [0, 0];
    await inWaves(Array.from({ length: 1000 }), async () => {
      most = Math.max(most, ++open);
      for (let i = 0; i < 50; i++) await Promise.resolve();
      open -= 1;
    });
    expect(most).to.be.at.most(32);
  });
});
