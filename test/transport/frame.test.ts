import { expect } from 'chai';
import fc from 'fast-check';
import { FrameReader } from '../../src/transport/frame.ts';

function read(chunks: readonly Buffer[]): { data: Buffer; frames: string[]; pieces: number } {
  const data: Buffer[] = [];
  const frames: string[] = [];
  const reader = new FrameReader('token', {
    data: (bytes) => data.push(bytes),
    frame: ({ kind, value }) => frames.push(`${kind}${value}@${Buffer.concat(data).length}`),
  });
  for (const chunk of chunks) reader.push(chunk);
  return { data: Buffer.concat(data), frames, pieces: data.length };
}

describe('FrameReader', () => {
  it('finds frames wherever the stream is cut', () => {
    const stream = Buffer.from('one\x1eomstoken:E0\n\x1e\x1eomstoken:B412\nt\x1eomsw\x1eomstoken:E127\n');
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const points = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const chunks = points.slice(1).map((end, i) => stream.subarray(points[i], end));
        const { data, frames } = read(chunks);
        expect(data.toString('latin1')).to.equal('one\x1et\x1eomsw');
        expect(frames).to.deep.equal(['E0@3', 'B412@4', 'E127@10']);
      }),
    );
  });

  it('hands bytes on at once, but not the beginning of a frame', () => {
    expect(read([Buffer.from('progress 10%')]).data.toString()).to.equal('progress 10%');
    expect(read([Buffer.from('text\x1eomstok')]).data.toString()).to.equal('text');
  });

  it('reads a frame without a number as zero', () => {
    expect(read([Buffer.from('\x1eomstoken:E\n')]).frames).to.deep.equal(['E0@0']);
  });

  it('copies no byte twice for large output', () => {
    const chunk = Buffer.alloc(64 * 1024, 0x1e);
    const started = performance.now();
    const { data } = read(Array.from({ length: 200 }, () => chunk));
    expect(data.length).to.be.greaterThan(200 * 64 * 1024 - 40);
    expect(performance.now() - started).to.be.lessThan(1500);
  });
});
