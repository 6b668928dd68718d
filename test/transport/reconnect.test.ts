import { expect } from 'chai';
import type { ExecResult } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { createRunScope } from '../../src/transport/run-scope.ts';
import { reconnect, type Reconnecting } from '../../src/transport/reconnect.ts';

const lost = (words = 'gone'): TransportError => new TransportError('unreachable', words);

function wayThat(tries: readonly (Error | undefined)[], signal = new AbortController().signal) {
  const seen: string[] = [];
  let at = 0;
  const way: Reconnecting = {
    name: 'hz-1',
    signal,
    close: async () => void seen.push('close'),
    tryOnce: async () => {
      seen.push('try');
      const error = tries[at++];
      if (error !== undefined) throw error;
    },
  };
  return { way, seen };
}

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('was expected to fail'),
    (error: unknown) => error as Error,
  );

describe('reconnect', () => {
  it('closes, and tries until it answers, closing before each try', async () => {
    const { way, seen } = wayThat([lost(), lost(), undefined]);
    await reconnect(way, { timeoutMs: 5_000, pauseMs: 1 });
    expect(seen).to.deep.equal(['close', 'try', 'close', 'try', 'close', 'try']);
  });

  it('gives the last error when the time is over', async () => {
    const { way, seen } = wayThat([lost('first'), lost('second')]);
    const error = await failureOf(reconnect(way, { timeoutMs: 20, pauseMs: 15 }));
    expect(error.message).to.equal('second');
    expect(seen).to.have.length(4);
  });

  it('does not wait for ever for one try', async () => {
    const { way } = wayThat([]);
    const hangs = { ...way, tryOnce: () => new Promise(() => undefined) };
    const error = await failureOf(reconnect(hangs, { timeoutMs: 30, tryMs: 10, pauseMs: 30 }));
    expect(error.message).to.equal('hz-1: no answer within 0.01 s');
  });

  it('does not try a wrong password again, nor another host key', async () => {
    for (const kind of ['become-password', 'host-key-changed'] as const) {
      const { way, seen } = wayThat([new TransportError(kind, kind)]);
      expect((await failureOf(reconnect(way, { timeoutMs: 5_000, pauseMs: 1 }))).message).to.equal(kind);
      expect(seen).to.deep.equal(['close', 'try']);
    }
  });

  it('ends with the run', async () => {
    const abort = new AbortController();
    const { way } = wayThat([lost(), undefined], abort.signal);
    const waiting = failureOf(reconnect(way, { timeoutMs: 60_000, pauseMs: 30_000 }));
    setTimeout(() => abort.abort(), 5);
    expect(await waiting).to.have.property('kind', 'interrupted');
  });

  it('of a node: opens another link and asks as the user that the task becomes', async () => {
    const links = [
      createFakeLink([{ match: ':', error: lost() }]),
      createFakeLink([{ match: ':' }, { match: 'id', stdout: 'two' }]),
    ];
    const scope = createRunScope().scope;
    const become = { user: 'oms', password: undefined };
    let current = 0;
    const node = createNode({
      name: 'hz-1',
      address: '10.0.0.1',
      scope,
      become,
      timeoutMs: 1,
      link: async () => links[current] ?? expect.fail(),
      dropLink: async () => void (current = links[0]?.calls.length === 1 ? 1 : 0),
    });
    await node.reconnect({ timeoutMs: 5_000, pauseMs: 1 });
    expect(links[1]?.calls).to.deep.equal([{ script: ':', become: 'oms' }]);
    const result: ExecResult = await node.query({ text: 'id', shown: 'id' });
    expect(result.stdout.toString()).to.equal('two');
  });
});
