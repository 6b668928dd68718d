import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { script } from '../../src/transport/command.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import { openChild } from '../../src/transport/local.ts';
import { LinkMeter } from '../../src/transport/meter.ts';
import { linkWith } from './shells.ts';

/** An answer that comes when it is told to. */
function later(): { answer: Promise<void>; come: () => void; fail: () => void } {
  let come = (): void => undefined;
  let fail = (): void => undefined;
  const answer = new Promise<void>((resolve, reject) => {
    come = resolve;
    fail = () => reject(new Error('lost'));
  });
  return { answer, come, fail };
}

describe('LinkMeter', () => {
  it('counts requests that are on their way together as one round trip', async () => {
    const meter = new LinkMeter();
    const all = Array.from({ length: 10 }, later);
    const answers = all.map(({ answer }) => meter.request(answer));
    all.forEach(({ come }) => come());
    await Promise.all(answers);
    expect(meter.stats()).to.include({ roundTrips: 1, requests: 10 });
  });

  it('counts each request that waited for the one before', async () => {
    const meter = new LinkMeter();
    for (let i = 0; i < 4; i++) await meter.request(Promise.resolve());
    expect(meter.stats()).to.include({ roundTrips: 4, requests: 4 });
  });

  it('counts the longest row where requests overlap', async () => {
    const meter = new LinkMeter();
    const [a, b, c, d] = [later(), later(), later(), later()];
    const first = meter.request(a.answer);
    // Sent before the first was answered, answered after all others.
    const long = meter.request(b.answer);
    a.come();
    await first;
    const second = meter.request(c.answer);
    c.come();
    await second;
    const third = meter.request(d.answer);
    b.come();
    await long;
    d.come();
    await third;
    expect(meter.stats().roundTrips).to.equal(3);
  });

  it('counts a request that failed too', async () => {
    const meter = new LinkMeter();
    const one = later();
    const answer = meter.request(one.answer);
    one.fail();
    expect(await answer.catch((error: Error) => error.message)).to.equal('lost');
    expect(meter.stats()).to.include({ roundTrips: 1, requests: 1 });
  });
});

describe('ShellLink.stats', () => {
  let link: ShellLink;
  beforeEach(() => (link = linkWith(openChild)));
  afterEach(() => link.close());
  const ask = (text: string) => link.exec({ command: script(text) });

  it('knows requests, round trips, shells and bytes', async () => {
    expect(link.stats()).to.deep.equal({
      roundTrips: 0,
      requests: 0,
      channels: 0,
      bytesSent: 0,
      bytesReceived: 0,
    });
    await Promise.all([ask('echo a'), ask('echo b')]);
    await ask('head -c 5000 /dev/zero');
    const { bytesSent, bytesReceived, ...counts } = link.stats();
    expect(counts).to.deep.equal({ roundTrips: 2, requests: 3, channels: 1 });
    expect(bytesReceived).to.be.greaterThan(5004).and.lessThan(6500);
    expect(bytesSent).to.be.greaterThan(100).and.lessThan(3000);
  });

  it('counts an upload with its bytes, without those that were there', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'oms-play-meter-'));
    try {
      const path = join(dir, 'file');
      await link.upload({ localPath: '', content: Buffer.alloc(300_000), path });
      expect(link.stats()).to.include({ requests: 1, roundTrips: 1, channels: 1, bytesSent: 300_000 });
      await link.upload({ localPath: '', content: Buffer.alloc(300_100), path, resumeAt: 300_000 });
      expect(link.stats().bytesSent).to.equal(300_100);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('knows when it was opening its shells, one that failed included', async () => {
    const before = performance.now();
    await ask('true');
    const [opening] = link.openings();
    expect(opening?.start).to.be.at.least(before);
    expect(opening?.end)
      .to.be.greaterThan(opening?.start ?? Infinity)
      .and.at.most(performance.now());
    const broken = linkWith(() => Promise.reject(new Error('no more channels')));
    const failure = await broken.exec({ command: script('true') }).catch((error: Error) => error.message);
    expect(failure).to.equal('no more channels');
    expect(broken.openings()[0]?.end).to.be.a('number');
  });
});
