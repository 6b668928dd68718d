import { expect } from 'chai';
import { getEventListeners } from 'node:events';
import { Interruption } from '../../src/run/interruption.ts';
import { TransportError } from '../../src/transport/contract.ts';

const never = new Promise<never>(() => undefined);

describe('an interruption', () => {
  it('lets go of everything that waits, and of what comes later', async () => {
    const abort = new AbortController();
    const interruption = new Interruption(abort.signal);
    const waiting = [interruption.unless(never, 'n1'), interruption.unless(never, 'n2')];
    const paused = interruption.pause(60_000);
    abort.abort();
    for (const result of await Promise.allSettled([...waiting, interruption.unless(never, 'n3')])) {
      expect(result)
        .to.have.nested.property('reason')
        .that.is.instanceOf(TransportError)
        .with.property('kind', 'interrupted');
    }
    await paused;
    await interruption.pause(60_000);
  });

  it('keeps nobody from an answer or an error that is there', async () => {
    const abort = new AbortController();
    const interruption = new Interruption(abort.signal);
    expect(await interruption.unless(Promise.resolve(1), 'n1')).to.equal(1);
    const failure = new Error('no');
    expect(
      await interruption.unless(Promise.reject(failure), 'n1').catch((error: unknown) => error),
    ).to.equal(failure);
    abort.abort();
    expect(await interruption.unless(Promise.resolve(2), 'n1')).to.equal(2);
  });

  it('listens once, however many wait, and not any more behind the end', () => {
    const abort = new AbortController();
    const interruption = new Interruption(abort.signal);
    for (let i = 0; i < 100; i++) void interruption.unless(never, 'n');
    expect(getEventListeners(abort.signal, 'abort')).to.have.length(1);
    interruption.end();
    expect(getEventListeners(abort.signal, 'abort')).to.have.length(0);
  });
});
