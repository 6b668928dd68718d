import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { chunkLength, Digester } from '../../../src/modules/distribution/file-digest.ts';
import { Handout } from '../../../src/modules/distribution/handout.ts';
import { Holders } from '../../../src/modules/distribution/holders.ts';
import { InOrder } from '../../../src/modules/distribution/in-order.ts';
import { Rate, RegionProgress } from '../../../src/modules/distribution/pace.ts';
import { TokenBucket } from '../../../src/modules/distribution/token-bucket.ts';
import { distributionArgs } from '../../../src/modules/distribution/args.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('the parts of a distribution', () => {
  it('a digest has the sums of all and of each chunk, however the bytes come', () => {
    const bytes = Buffer.from('0123456789abcdef-');
    for (const step of [1, 3, 8, 17]) {
      const digester = new Digester(8);
      for (let at = 0; at < bytes.length; at += step) digester.update(bytes.subarray(at, at + step));
      const digest = digester.digest();
      expect(digest).to.deep.equal({
        size: 17,
        sha256: sha(bytes),
        chunkBytes: 8,
        chunks: [bytes.subarray(0, 8), bytes.subarray(8, 16), bytes.subarray(16)].map(sha),
      });
      expect([0, 1, 2].map((chunk) => chunkLength(digest, chunk))).to.deep.equal([8, 8, 1]);
    }
  });

  it('a bucket gives no more than its rate, to all together', async () => {
    const bucket = new TokenBucket(100_000);
    const begun = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => bucket.take(4_000)));
    expect(performance.now() - begun).to.be.within(330, 700);
    await new TokenBucket(undefined).take(1e12);
  });

  it('bandwidth is bytes a second, with K, M and G', () => {
    const parse = (value: unknown): unknown => distributionArgs.bandwidth.safeParse(value).data;
    expect(['50M', '1.5g', '200k', 5000, ''].map(parse)).to.deep.equal([50e6, 1.5e9, 200e3, 5000, undefined]);
    for (const wrong of ['50 Mbit/s', '50MB', '0', '-5M', true]) {
      expect(distributionArgs.bandwidth.safeParse(wrong).success, String(wrong)).to.equal(false);
    }
  });

  it('chunks are put in order', () => {
    const order = new InOrder();
    expect([1, 2, 0, 4, 3].map((chunk) => [...order.add(chunk)])).to.deep.equal([
      [],
      [],
      [0, 1, 2],
      [],
      [3, 4],
    ]);
  });

  it('a rate looks at the last seconds only', () => {
    const rate = new Rate();
    expect(rate.note(0, 0)).to.equal(undefined);
    expect(rate.note(1_000, 1_000)).to.equal(1_000);
    for (let second = 2; second <= 20; second++) rate.note(1_000, second * 1_000);
    expect(rate.note(1_000, 21_000)).to.equal(0);
  });

  it('progress is told now and then, with the region, and at the end', () => {
    const progress = new RegionProgress(100);
    const told: unknown[] = [];
    const a = progress.node('a', (done, pace) => told.push([done, pace.inRegion]));
    progress.node('b', () => undefined);
    for (let done = 0; done <= 100; done++) a(done);
    expect(told).to.deep.equal([
      [0, { nodes: 2, done: 0, total: 200 }],
      [100, { nodes: 2, done: 100, total: 200 }],
    ]);
  });

  it('a handout gives the source to some, then what they have to the others', async () => {
    const handout = new Handout<string>(1);
    const never = new AbortController().signal;
    const first = await handout.turn(new Set(), never);
    expect(first.from).to.equal(undefined);
    const later = ['b', 'c', 'd'].map(() => handout.turn(new Set(), never));
    handout.add('a');
    first.end();
    const [b, c] = await Promise.all(later.slice(0, 2));
    expect([b?.from, c?.from]).to.deep.equal(['a', 'a']);
    handout.add('b');
    expect((await later[2])?.from, 'a gives to two at once').to.equal('b');
  });

  it('a handout goes back to the source when its holders do not come off, and is ended by an interrupt', async () => {
    const handout = new Handout<string>(1);
    const abort = new AbortController();
    handout.add('a');
    expect((await handout.turn(new Set(['a']), abort.signal)).from).to.equal(undefined);
    const waiting = handout.turn(new Set(['a']), abort.signal);
    abort.abort();
    expect(await waiting.catch((error: Error) => error.message)).to.equal('interrupted');
  });

  it('holders are found once the looks that are under way have ended', async () => {
    const holders = new Holders();
    const node = {
      name: 'new',
      region: 'r',
      neighbour: (name: string) => ({ name }),
    } as unknown as NodeWriter;
    const look = new Promise<void>((resolve) => setTimeout(resolve, 30)).then(() => {
      holders.remember('r', 'sum', 'old', () => Promise.resolve('/path'));
      holders.remember('r', 'sum', 'new', () => Promise.resolve('/path'));
      holders.remember('elsewhere', 'sum', 'far', () => Promise.resolve('/path'));
    });
    void holders.looking('r', look);
    const found = await holders.of(node, 'sum');
    expect(found.map((holder) => holder.node.name)).to.deep.equal(['old']);
  });
});
