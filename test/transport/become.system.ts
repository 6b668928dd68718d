import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import { script } from '../../src/transport/command.ts';
import type { Become } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import { openChild } from '../../src/transport/local.ts';
import { linkWith } from './shells.ts';

/** Speaks as sudo does: `-p PROMPT` on stderr, the password from stdin byte by byte, then the command behind `--`. */
const STAND_IN = `#!/bin/bash
echo "$*" >> "$0.calls"
while [ "$1" != -- ]; do [ "$1" = -p ] && prompt=$2; [ "$1" = -u ] && user=$2; shift; done; shift
echo "We trust you have received the usual lecture." >&2
BEHAVIOUR
exec env AS="$user" "$@"`;

const ASKS = `tries=0
until printf %s "$prompt" >&2; IFS= read -r word; [ "$word" = right-pw ]; do
  tries=$((tries+1)); [ $tries = 3 ] && exit 1; echo "Sorry, try again." >&2
done; echo >&2`;

describe('becoming another user', () => {
  let dir: string;
  let link: ShellLink;

  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'oms-play-sudo-'))));
  afterEach(async () => {
    await link.close();
    rmSync(dir, { recursive: true });
  });

  function sudoThat(behaviour: string): void {
    const sudo = join(dir, 'sudo');
    writeFileSync(
      sudo,
      STAND_IN.replace('BEHAVIOUR', () => behaviour),
      { mode: 0o755 },
    );
    const ours = (word: string): string => (word === 'sudo' ? sudo : word.replace(/^sudo /m, `${sudo} `));
    link = linkWith((argv) => openChild(argv.map(ours)));
  }

  async function as(become: Become, text = 'echo "$AS"'): Promise<string> {
    const result = await link.exec({ command: script(text), become });
    return result.stdout.toString();
  }

  async function failure(become: Become): Promise<TransportError> {
    const error: unknown = await as(become).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(TransportError);
    expect(`${String(error)} ${(error as TransportError).hint}`).not.to.contain('-pw');
    expect(String(error)).to.contain('hz-1');
    return error as TransportError;
  }

  const calls = (): string[] => readFileSync(join(dir, 'sudo.calls'), 'utf8').trim().split('\n');
  const password = new Secret('right-pw');

  it('gives the password once for all requests of that user', async () => {
    sudoThat(ASKS);
    const become = { user: 'oms', password };
    expect(await Promise.all([as(become), as(become), as(become)])).to.deep.equal([
      'oms\n',
      'oms\n',
      'oms\n',
    ]);
    expect(await as(become)).to.equal('oms\n');
    expect(calls()).to.have.length(1);
    expect(calls()[0]).not.to.contain('right-pw');
  });

  it('needs no password where sudo does not ask, and never sends it to the shell', async () => {
    sudoThat('');
    expect(await as({ user: 'oms', password: undefined })).to.equal('oms\n');
    const result = await link.exec({ command: script('echo fine'), become: { user: 'two', password } });
    expect([result.stdout.toString(), result.stderr.toString()]).to.deep.equal(['fine\n', '']);
  });

  it('a wrong password: become-password, not tried again by the next task', async () => {
    sudoThat(ASKS);
    const become = { user: 'oms', password: new Secret('wrong-pw') };
    const [first, second] = [await failure(become), await failure(become)];
    expect([first.kind, second.kind]).to.deep.equal(['become-password', 'become-password']);
    expect(first.message).to.contain('does not accept the password').and.to.contain('oms');
    expect(first.hint).to.contain('ansible_become_password');
    expect(calls()).to.have.length(1);
  });

  it('a wrong password where sudo asks but once: become-password', async () => {
    sudoThat(`printf %s "$prompt" >&2; read -r word; echo "sudo: 1 incorrect password attempt" >&2; exit 1`);
    expect((await failure({ user: 'oms', password })).kind).to.equal('become-password');
  });

  it('no password where sudo asks: become-password that says so', async () => {
    sudoThat(ASKS);
    const error = await failure({ user: 'oms', password: undefined });
    expect(error.kind).to.equal('become-password');
    expect(error.message).to.contain('none is set');
  });

  it('not in sudoers: become-refused with what sudo said', async () => {
    sudoThat(`printf %s "$prompt" >&2; read -r word; echo "admin is not in the sudoers file." >&2; exit 1`);
    const error = await failure({ user: 'oms', password });
    expect(error.kind).to.equal('become-refused');
    expect(error.message).to.contain('admin is not in the sudoers file.');
  });

  it('requiretty: become-refused with the mend', async () => {
    sudoThat('echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1');
    const error = await failure({ user: 'oms', password });
    expect(error.kind).to.equal('become-refused');
    expect(error.hint).to.contain('requiretty');
  });

  it('becoming who one is needs no sudo', async () => {
    sudoThat('exit 1');
    const become = { user: (await import('node:os')).userInfo().username, password: undefined };
    expect(await as(become, 'echo me')).to.equal('me\n');
  });

  it('time limits reach what runs as the other user', async () => {
    sudoThat(ASKS);
    const become = { user: 'oms', password };
    const error: unknown = await link
      .exec({ command: script('sleep 60'), become, timeoutMs: 100 })
      .catch((e: unknown) => e);
    expect(String(error)).to.contain('timed out after 0.1 s');
    expect(await as(become)).to.equal('oms\n');
  });

  it('keeps two shells open: a third user takes the place of the one idle longest', async () => {
    sudoThat('');
    const users = ['a', 'b', 'c'].map((user) => ({ user, password: undefined }));
    expect(await Promise.all(users.map((user) => as(user)))).to.deep.equal(['a\n', 'b\n', 'c\n']);
    expect(calls()).to.have.length(3);
    await as({ user: 'c', password: undefined });
    expect(calls()).to.have.length(3);
  });

  it('uploads as the other user', async () => {
    sudoThat(ASKS);
    writeFileSync(join(dir, 'from'), 'content');
    await link.upload({
      localPath: join(dir, 'from'),
      path: join(dir, 'to'),
      become: { user: 'oms', password },
    });
    expect(readFileSync(join(dir, 'to'), 'utf8')).to.equal('content');
    expect(calls()[0]).to.contain('-u oms');
  });
});
