import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { script } from '../../src/transport/command.ts';
import { failure, listen, password, say, sshFixture, target } from './ssh-fixture.ts';

describe('SSH connector', () => {
  const { connector, file, home, serve } = sshFixture();

  describe('link', () => {
    it('one program serves all requests; noise of start-up files does not get in', async () => {
      const server = await serve({ startUp: 'echo "Welcome to node"; echo motd >&2' });
      const link = await connector().connect(target(server.port, { password }));
      const results = await Promise.all(
        ['echo 1', 'echo 2; echo e >&2', 'exit 3'].map((text) => link.exec({ command: script(text) })),
      );
      expect(results.map((r) => [r.stdout.toString(), r.stderr.toString(), r.exitCode])).to.deep.equal([
        ['1\n', '', 0],
        ['2\n', 'e\n', 0],
        ['', '', 3],
      ]);
      expect(server.counts.programs).to.equal(1);
    });

    it('a channel that is refused once is asked for again', async () => {
      const server = await serve({ refuseChannels: (count) => count === 1 });
      const link = await connector().connect(target(server.port, { password }));
      expect(await say(link, 'echo in')).to.equal('in\n');
    });

    it('an account that may not run a shell: lost, with what it said', async () => {
      const server = await serve({ startUp: 'echo "This account is currently not available."; exit 1' });
      const link = await connector().connect(target(server.port, { password }));
      const error = await failure(say(link, 'echo in'));
      expect(error.message).to.contain('This account is currently not available.');
    });

    it('openConnection reaches what the node reaches, and says what it does not', async () => {
      const echo = createServer((socket) => socket.pipe(socket));
      const port = await listen(echo);
      const server = await serve();
      const link = await connector().connect(target(server.port, { password }));
      const stream = await link.openConnection('127.0.0.1', port);
      stream.write('ping');
      const answer = await new Promise<Buffer>((resolve) => stream.once('data', resolve));
      expect(answer.toString()).to.equal('ping');
      stream.destroy();
      echo.close();
      const error = await failure(link.openConnection('127.0.0.1', 1));
      expect(error.kind).to.equal('forward-refused');
      expect(error.message).to.contain('127.0.0.1:1');
    });

    it('upload streams a file, tells how far it is, and goes on where an earlier one stopped', async () => {
      const server = await serve();
      const link = await connector().connect(target(server.port, { password }));
      const bytes = Buffer.from(Array.from({ length: 3_000_001 }, (_, i) => (i * 7) % 251));
      const localPath = join(home(), 'big');
      writeFileSync(localPath, bytes);
      const seen: number[] = [];
      const path = join(home(), "it's there");
      await link.upload({ localPath, path, onProgress: (done) => seen.push(done) });
      expect(readFileSync(path).equals(bytes)).to.equal(true);
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      expect(seen.at(-1)).to.equal(bytes.length);
      writeFileSync(path, bytes.subarray(0, 1_000_000));
      await link.upload({ localPath, path, resumeAt: 1_000_000 });
      expect(readFileSync(path).equals(bytes)).to.equal(true);
    });

    it('an upload into a folder that is not there says so', async () => {
      const server = await serve();
      const link = await connector().connect(target(server.port, { password }));
      const error = await link
        .upload({ localPath: file('x', 'x'), path: '/no-such/x' })
        .catch((e: unknown) => e as Error);
      expect(String(error)).to.contain('/no-such/x').and.to.contain('hz-1');
    });

    it('close ends the connection, and a request in flight as interrupted', async () => {
      const server = await serve();
      const link = await connector().connect(target(server.port, { password }));
      await say(link, 'true');
      const flying = failure(say(link, 'sleep 5'));
      await link.close();
      expect((await flying).kind).to.equal('interrupted');
    });
  });
});
