import { PassThrough, Duplex } from 'node:stream';
import { expect } from 'chai';
import { gathered } from '../../src/transport/gathered.ts';

/** A stream, and what reached its end: one entry for each piece that left. */
function watched() {
  const left: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      left.push(chunk.toString());
      done();
    },
    writev: (chunks, done) => {
      left.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  return { stream: gathered(stream), left };
}

describe('writes of one turn', () => {
  it('leave together, in their order, before anything else happens', async () => {
    const { stream, left } = watched();
    stream.write('le');
    stream.write('con');
    stream.write('seal');
    expect(left).to.deep.equal([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(left).to.deep.equal(['leconseal']);
    stream.write('next');
    await new Promise((resolve) => setImmediate(resolve));
    expect(left).to.deep.equal(['leconseal', 'next']);
  });

  it('leave when the stream is ended at once', async () => {
    const { stream, left } = watched();
    stream.write('bye');
    stream.end();
    await new Promise((resolve) => stream.once('finish', resolve));
    expect(left).to.deep.equal(['bye']);
  });

  it('still tell of back-pressure and call back', async () => {
    const stream = gathered(new PassThrough({ highWaterMark: 4 }));
    let called = false;
    expect(stream.write('12345678', () => (called = true))).to.equal(false);
    stream.resume();
    await new Promise((resolve) => setImmediate(resolve));
    expect(called).to.equal(true);
  });
});
