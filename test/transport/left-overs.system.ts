import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import { script } from '../../src/transport/command.ts';
import { TransportError } from '../../src/transport/contract.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { ShellPool } from '../../src/transport/pool.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { sha256 } from '../../src/transport/write-files.ts';
import { ShellSession } from '../../src/transport/shell.ts';
import { openBecomeShell } from '../../src/transport/become.ts';
import { openChild } from '../../src/transport/local.ts';
import { installShells, linkWith, openWith } from './shells.ts';

describe('what others left behind', () => {
  const { kinds, close } = installShells();
  after(close);

  for (const kind of kinds) {
    describe(`with ${kind.name}`, () => {
      let dir: string;
      let link: ShellLink;
      let node: NodeWriter;

      beforeEach(() => {
        dir = mkdtempSync(join(tmpdir(), 'oms-play-left-'));
        link = linkWith(openWith(kind));
        node = createNode({ name: 'hz-1', address: '10.0.0.1', link: () => Promise.resolve(link) });
      });
      afterEach(async () => {
        await link.close();
        rmSync(dir, { recursive: true });
      });

      it('a program left in the background cannot write into later answers', async () => {
        const started = node.run(script('(while sleep 0.02; do echo NOISE; done) & echo $!; exit 3'));
        // Asked at once: it stands in line behind the first, in the shell that ends after that.
        const next = node.query(script('echo one; sleep 0.2; echo two'));
        const { exitCode, stdout } = await started;
        try {
          expect(exitCode).to.equal(3);
          expect((await next).stdout.toString()).to.equal('one\ntwo\n');
          expect((await node.run(script('echo three; sleep 0.1'))).stdout.toString()).to.equal('three\n');
          expect(() => process.kill(Number(stdout.toString()), 0)).to.not.throw();
        } finally {
          process.kill(-groupOf(Number(stdout.toString())), 'SIGKILL');
        }
      });

      it('as long as nothing is left, the shell stays the same', async () => {
        const parent = 'echo $PPID';
        const pids = [await node.query(script('echo $$')), await node.query(script('echo $$'))];
        await node.run(script(parent), { stdin: 'x' });
        pids.push(await node.query(script('echo $$')));
        expect(new Set(pids.map((one) => one.stdout.toString())).size).to.equal(1);
      });

      it('a second name of a file of ours at the name of a part is not written into', async () => {
        const victim = join(dir, 'victim');
        writeFileSync(victim, 'abc');
        const source = join(dir, 'source');
        const content = Buffer.from('abcdefgh');
        writeFileSync(source, content);
        linkSync(victim, join(dir, `.target.oms-play-${sha256(content).slice(0, 8)}.part`));
        await node.uploadFile(source, join(dir, 'target'));
        expect(readFileSync(victim, 'utf8')).to.equal('abc');
        expect(readFileSync(join(dir, 'target'), 'utf8')).to.equal('abcdefgh');
      });

      it('in place: nobody who may not reads the new content, not even for a moment', async () => {
        const path = join(dir, 'config.yaml');
        writeFileSync(path, 'old', { mode: 0o644 });
        // The content comes by a slow `cat`: while it is at work, the mode has to be the new one already.
        const seen = `cat() { stat -c %a ${path} >>${dir}/modes; command cat "$@"; }\n`;
        const slow = createNode({
          name: 'hz-1',
          address: '10.0.0.1',
          link: async () => ({
            exec: (request) => link.exec({ ...request, command: script(seen + request.command.text) }),
            upload: (request) => link.upload(request),
            openConnection: (host, port) => link.openConnection(host, port),
            interrupt: () => link.interrupt(),
            close: () => link.close(),
          }),
        });
        await slow.writeFile(path, 'secret', { inPlace: true, mode: '0600' });
        expect(readFileSync(path, 'utf8')).to.equal('secret');
        expect((statSync(path).mode & 0o777).toString(8)).to.equal('600');
        expect(readFileSync(join(dir, 'modes'), 'utf8').trim().split('\n').at(-1)).to.equal('600');
      });
    });
  }
});

describe('ShellPool', () => {
  it('users that could not be become do not take the places of others', async () => {
    const session = { alive: true, fail: () => undefined } as unknown as ShellSession;
    const pool = new ShellPool(2, async (become) => {
      if (become !== undefined) throw new TransportError('become-password', 'wrong password');
      return session;
    });
    for (const user of ['root', 'oms']) {
      const become = { user, password: new Secret('wrong') };
      const error: unknown = await pool.use(become, async () => 'in').catch((e: unknown) => e);
      expect(error).to.be.instanceOf(TransportError);
    }
    expect(await pool.use(undefined, async () => 'in')).to.equal('in');
  });

  it('many at once that cannot be become do not wait for each other', async () => {
    const pool = new ShellPool(2, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw new TransportError('become-refused', 'no');
    });
    const users = ['a', 'b', 'c', 'd', 'e', 'f'].map((user) => ({ user, password: undefined }));
    const used = users.map((user) => pool.use(user, async () => 'in').catch((e: unknown) => String(e)));
    expect(await Promise.all(used)).to.deep.equal(Array(6).fill('TransportError: no'));
  });
});

describe('what never answers', () => {
  const answer = (text: string) => () =>
    openChild(['/bin/bash', '-c', `printf '${text}' >&2; exec sleep 30`]);

  it('a sudo that asks for something else ends with what it said', async () => {
    const become = { user: 'root', password: new Secret('pw') };
    const error: unknown = await openBecomeShell(answer('Verification code: '), become, 'hz-1', 100).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(TransportError).and.to.include({ kind: 'become-refused' });
    expect(String(error)).to.include('Verification code');
  });

  it('a menu in the place of the shell too', async () => {
    const session = new ShellSession(await answer('1) help 2) quit')(), {
      killGroups: async () => undefined,
      ended: (words) => new Error(`ended ${words}`),
      silent: (words) => new Error(`silent ${words}`),
      retired: () => undefined,
      helloLimitMs: 150,
    });
    const error: unknown = await session.exec({ command: script('true') }).catch((e: unknown) => e);
    expect(String(error)).to.equal('Error: silent 1) help 2) quit');
  });
});

function groupOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)]).toString());
}
