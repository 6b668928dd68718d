import { expect } from 'chai';
import fc from 'fast-check';
import { KeptOutput } from '../../src/transport/kept-output.ts';
import { liveBytes } from '../memory.ts';

describe('output that is kept of a command', () => {
  it('is all of it below the limit, else its beginning and its end, however it comes in pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 }),
        fc.integer({ min: 2, max: 200 }),
        (chunks, limit) => {
          const output = new KeptOutput(limit);
          for (const chunk of chunks) output.push(Buffer.from(chunk));
          const whole = Buffer.concat(chunks);
          const { bytes, cut } = output.take();
          const half = Math.ceil(limit / 2);
          if (whole.length <= 2 * half) {
            expect(bytes).to.deep.equal(whole);
            expect(cut).to.equal(undefined);
            return;
          }
          expect(cut).to.deep.equal({ at: half, leftOut: whole.length - 2 * half });
          expect(bytes.subarray(0, half)).to.deep.equal(whole.subarray(0, half));
          expect(bytes.subarray(half)).to.deep.equal(whole.subarray(whole.length - half));
        },
      ),
    );
  });

  it('takes no memory for what is left out', () => {
    const output = new KeptOutput(100_000);
    const before = liveBytes();
    for (let i = 0; i < 1_000; i++) output.push(Buffer.alloc(64 * 1024, i));
    expect(liveBytes() - before).to.be.below(40e6);
    expect(output.take()).to.have.nested.property('cut.leftOut', 1_000 * 64 * 1024 - 100_000);
  });

  it('keeps everything without a limit', () => {
    const output = new KeptOutput();
    for (let i = 0; i < 100; i++) output.push(Buffer.alloc(10_000, i));
    expect(output.take()).to.have.property('bytes').with.length(1_000_000);
  });
});
