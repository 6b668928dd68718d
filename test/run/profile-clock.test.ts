import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { TaskProfile } from '../../src/events/profile.ts';
import { TaskClock } from '../../src/run/profile-clock.ts';
import { RunProfile } from '../../src/run/profile.ts';
import { createFakeLink } from '../../src/transport/fake.ts';

const place = { node: 'n', user: undefined };
/** Timers may fire a little early. */
const EARLY = 2;

function newClock(openings: readonly { start: number; end: number | undefined }[] = []) {
  const done: TaskProfile[] = [];
  const services = {
    zero: performance.now(),
    openings: () => openings,
    done: (p: TaskProfile) => void done.push(p),
  };
  const clock = new TaskClock(services);
  clock.begin();
  return { clock, done };
}

function sum({ phases }: TaskProfile): number {
  return Object.values<number>({ ...phases }).reduce((a, b) => a + b, 0);
}

describe('the clock of a task', () => {
  it('shares the time among items of a loop that go side by side', async () => {
    const { clock } = newClock();
    const parts = await Promise.all(
      [30, 60].map(async (ms) => {
        const item = clock.item();
        await item.during('apply', place, () => sleep(ms));
        return item.report();
      }),
    );
    const whole = clock.report();
    expect(parts.every((part) => part.phases.applyMs >= 30 - EARLY)).to.equal(true);
    expect(sum(whole)).to.be.closeTo(whole.endMs - whole.startMs, 0.01);
    expect(whole.phases.applyMs).to.be.at.least(60 - EARLY);
  });

  it('counts pauses and transfers that lie over each other once', async () => {
    const { clock } = newClock();
    await Promise.all([clock.pause(() => sleep(20)), clock.pause(() => sleep(40))]);
    await clock.during('apply', place, async () => {
      await Promise.all([clock.transfer(() => sleep(20)), clock.transfer(() => sleep(40))]);
    });
    const profile = clock.report();
    expect(profile.spans.map((span) => span.phase)).to.deep.equal(['wait', 'pause', 'apply', 'transfer']);
    expect(sum(profile)).to.be.closeTo(profile.endMs - profile.startMs, 0.01);
  });

  it('counts the opening of connection and shells once, as far as it was waited for', async () => {
    const now = performance.now();
    const { clock } = newClock([
      { start: now - 1000, end: now + 5 },
      { start: now + 2, end: now + 15 },
      { start: now + 10_000, end: undefined },
    ]);
    await clock.during('check', place, () => sleep(40));
    await clock.during('check', place, () => sleep(1));
    const { phases } = clock.report();
    expect(phases.connectMs).to.be.at.most(15).and.greaterThan(0);
    expect(phases.checkMs).to.be.at.least(25 - EARLY);
  });

  it('counts an opening that is not through yet as waited for until now', async () => {
    const { clock } = newClock([{ start: performance.now(), end: undefined }]);
    const failed = clock.during('check', place, async () => {
      await sleep(10);
      throw new Error('interrupted');
    });
    expect(await failed.catch((error: Error) => error.message)).to.equal('interrupted');
    const { phases } = clock.report();
    expect(phases.connectMs).to.be.at.least(10 - EARLY);
  });

  it('keeps what the first try had of a look ahead', () => {
    const { clock } = newClock();
    clock.lookedAhead('changed-since');
    clock.lookedAhead('not-asked');
    expect(clock.report().ahead).to.equal('changed-since');
  });
});

describe('what a node came to', () => {
  it('takes the opening of a shell for waiting only where the work goes through it', async () => {
    const profile = new RunProfile();
    const node = { name: 'e1', region: 'east' };
    const openings = [{ start: performance.now() + 1, end: undefined, user: 'root' }];
    const link = { ...createFakeLink([]), openings: () => openings };
    await profile.connecting(node, async () => link);
    const work = async (user: string | undefined) => {
      const clock = profile.clock(node);
      clock.begin();
      await clock.during('check', { node: 'e1', user }, () => sleep(10));
      return clock.report().phases;
    };
    expect((await work(undefined)).checkMs).to.be.at.least(10 - EARLY);
    expect((await work('other')).checkMs).to.be.at.least(10 - EARLY);
    expect((await work('root')).connectMs).to.be.at.least(10 - EARLY);
  });

  it('holds all its connections', async () => {
    const profile = new RunProfile();
    const node = { name: 'e1', region: 'east' };
    for (const requests of [1, 2]) {
      const link = await profile.connecting(node, async () => createFakeLink([{ match: /[^]*/ }]));
      for (let i = 0; i < requests; i++) await link.exec({ command: { text: 'true', shown: 'true' } });
    }
    const lost = profile.connecting(node, () => Promise.reject(new Error('lost')));
    expect(await lost.catch((error: Error) => error.message)).to.equal('lost');
    expect(profile.nodes()[0]?.connection).to.include({ requests: 3, roundTrips: 3 });
  });
});
