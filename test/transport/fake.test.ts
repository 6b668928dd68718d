import { expect } from 'chai';
import { script } from '../../src/transport/command.ts';
import { TaskTimeoutError } from '../../src/transport/contract.ts';
import { createFakeLink } from '../../src/transport/fake.ts';

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('was expected to fail'),
    (error: unknown) => error as Error,
  );
}

describe('createFakeLink', () => {
  it('answers by text or pattern and keeps what it was asked', async () => {
    const link = createFakeLink([
      { match: 'id -u', stdout: '0\n' },
      { match: /^docker /, exitCode: 1, stderr: 'no' },
    ]);
    const become = { user: 'root', password: undefined };
    const result = await link.exec({ command: script('id -u'), become });
    expect([result.exitCode, result.stdout.toString()]).to.deep.equal([0, '0\n']);
    const seen: string[] = [];
    const onOutput = (stream: string, text: string): void => void seen.push(`${stream} ${text}`);
    const command = script('docker ps');
    expect((await link.exec({ command, stdin: Buffer.from('in'), onOutput })).exitCode).to.equal(1);
    expect(seen).to.deep.equal(['stderr no']);
    expect(link.calls).to.deep.equal([
      { script: 'id -u', become: 'root' },
      { script: 'docker ps', stdin: 'in' },
    ]);
  });

  it('a command without an answer fails and is kept', async () => {
    const link = createFakeLink([]);
    expect((await failure(link.exec({ command: script('rm -rf /') }))).message).to.contain('rm -rf /');
    expect(link.unmatched).to.deep.equal(['rm -rf /']);
  });

  it('delays, time limits, errors and interrupts work as on a real link', async () => {
    const link = createFakeLink([
      { match: 'slow', delayMs: 5_000 },
      { match: 'bad', error: new Error('gone') },
    ]);
    const limited = await failure(link.exec({ command: script('slow'), timeoutMs: 5 }));
    expect(limited).to.be.instanceOf(TaskTimeoutError);
    expect((await failure(link.exec({ command: script('bad') }))).message).to.equal('gone');
    const running = failure(link.exec({ command: script('slow') }));
    await link.interrupt();
    expect(await running).to.include({ kind: 'interrupted' });
  });
});
