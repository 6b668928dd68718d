import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import { methodKinds } from '../../src/transport/become-methods.ts';
import { script } from '../../src/transport/command.ts';
import type { OpenChannel } from '../../src/transport/channel.ts';
import type { BecomeMethod } from '../../src/model/connection.ts';
import type { Become } from '../../src/transport/contract.ts';
import { becomeKey, TransportError } from '../../src/transport/contract.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import { openChild } from '../../src/transport/local.ts';
import { linkWith } from './shells.ts';

/** A terminal has one stream back, and its program is told of it; descriptors 5 and 6 are it too. */
const withTerminals: OpenChannel = (argv, options) =>
  options?.terminal === true
    ? openChild(['/bin/sh', '-c', 'exec 2>&1 5<&0 6>&1; TERMINAL=1 exec "$@"', 'sh', ...argv])
    : openChild(argv);

/** Ends as su does: a command line behind -c. */
const SU = `#!/bin/sh
echo "$*" >> "$0.calls"
BEHAVIOUR
while [ "$1" = -s ] || [ "$1" = -m ]; do [ "$1" = -s ] && shift; shift; done
AS=$1; export AS; shift 2; exec /bin/sh -c "$1"`;

const DOAS = `#!/bin/sh
echo "$*" >> "$0.calls"
[ "$1" = -n ] && [ -z "$NOPASS" ] && { echo "doas: Authentication required" >&2; exit 1; }
BEHAVIOUR
while [ "$1" != -u ]; do shift; done; AS=$2; export AS; shift 2; exec "$@"`;

const ASKS = `printf 'Password: ' >&2; IFS= read -r word; echo >&2
[ "$word" = right-pw ] || { echo "su: Authentication failure" >&2; exit 1; }`;

describe('become methods', () => {
  let dir: string;
  let link: ShellLink;
  let exe: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-become-'));
    exe = join(dir, 'become');
    link = linkWith(withTerminals);
  });
  afterEach(async () => {
    await link.close();
    rmSync(dir, { recursive: true });
  });

  const standIn = (text: string, behaviour: string): void =>
    writeFileSync(
      exe,
      text.replace('BEHAVIOUR', () => behaviour),
      { mode: 0o755 },
    );
  const calls = (): string[] => readFileSync(`${exe}.calls`, 'utf8').trim().split('\n');
  const password = new Secret('right-pw');

  async function as(become: Partial<Become>, text = 'echo "$AS"; echo words >&2'): Promise<string> {
    const whole: Become = { user: 'oms', password, exe, ...become };
    const result = await link.exec({ command: script(text), become: whole });
    return `${result.stdout.toString()}${result.stderr.toString()}`;
  }

  async function failure(become: Partial<Become>): Promise<TransportError> {
    const error: unknown = await as(become).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(TransportError);
    expect(`${String(error)} ${(error as TransportError).hint}`).not.to.contain('-pw');
    return error as TransportError;
  }

  describe('su', () => {
    it('is asked in English and answered once; the language is as it was for what runs', async () => {
      standIn(SU, `[ "$LC_ALL" = C ] || exit 9\n${ASKS}`);
      const become = { method: 'su' } as const;
      expect(await Promise.all([as(become), as(become)])).to.deep.equal(['oms\nwords\n', 'oms\nwords\n']);
      const { LC_ALL = 'unset' } = process.env;
      expect(await as(become, 'echo "${LC_ALL-unset} ${OMS_PLAY_LC_ALL-unset}"')).to.equal(
        `${LC_ALL} unset\n`,
      );
      expect(calls()).to.have.length(1);
      expect(calls()[0])
        .to.match(/^-s \/bin\/sh oms -c /)
        .and.not.to.contain('right-pw');
    });

    it('needs no password where it does not ask; flags take the place of its own', async () => {
      standIn(SU, '');
      expect(await as({ method: 'su', password: undefined, flags: ['-m'] })).to.equal('oms\nwords\n');
      expect(calls()[0]).to.match(/^-m oms -c /);
    });

    it('a wrong password, none, an unknown user, no su: each has its words', async () => {
      standIn(SU, ASKS);
      const wrong = await failure({ method: 'su', password: new Secret('wrong-pw') });
      expect([wrong.kind, wrong.hint]).to.deep.equal([
        'become-password',
        'Correct ansible_become_password for this node; su wants that of oms, not of the login user.',
      ]);
      expect((await failure({ method: 'su', password: undefined })).message).to.contain('none is set');
      standIn(SU, 'echo "su: user oms does not exist" >&2; exit 1');
      const unknown = await failure({ method: 'su', flags: ['-m'] });
      expect([unknown.kind, unknown.hint]).to.deep.equal([
        'become-refused',
        'Create that user on the node before.',
      ]);
      const none = await failure({ method: 'su', exe: join(dir, 'none') });
      expect([none.kind, none.hint?.slice(0, 7)]).to.deep.equal(['become-refused', 'Install']);
    });

    it('that wants a terminal is asked on one; data do not go through it', async () => {
      standIn(SU, `[ "$TERMINAL" = 1 ] || { echo "su: must be run from a terminal" >&2; exit 1; }\n${ASKS}`);
      const binary = Buffer.from([0, 1, 3, 4, 10, 13, 26, 127, 128, 255]);
      const become = { user: 'oms', password, exe, method: 'su' } as const;
      const result = await link.exec({ command: script('cat; echo words >&2'), become, stdin: binary });
      expect([result.stdout, result.stderr.toString()]).to.deep.equal([binary, 'words\n']);
      await link.upload({ localPath: '', content: binary, path: join(dir, 'to'), become });
      expect(readFileSync(join(dir, 'to'))).to.deep.equal(binary);
    });

    it('that ends on its terminal is noticed', async () => {
      standIn(SU, `[ "$TERMINAL" = 1 ] || { echo "su: must be run from a terminal" >&2; exit 1; }\n${ASKS}`);
      const error: unknown = await as({ method: 'su' }, 'kill -KILL $$').catch((e: unknown) => e);
      expect(error).to.be.instanceOf(TransportError).and.to.include({ kind: 'lost' });
    });

    it('that wants a terminal where there is none: become-refused with the mend', async () => {
      standIn(SU, 'echo "su: must be run from a terminal" >&2; exit 1');
      await link.close();
      link = linkWith(openChild);
      const error = await failure({ method: 'su' });
      expect(error.kind).to.equal('become-refused');
      expect(error.message).to.contain('su: must be run from a terminal');
      expect(error.hint).to.contain('use sudo');
    });
  });

  describe('doas', () => {
    it('with nopass asks for nothing and needs no terminal', async () => {
      standIn(DOAS.replace('[ "$1" = -n ] && [ -z "$NOPASS" ]', 'false'), '');
      expect(await as({ method: 'doas', flags: ['-C', '/etc/x'] })).to.equal('oms\nwords\n');
      expect(calls()[0]).to.match(/^-C \/etc\/x -n -u oms \/bin\/sh -c /);
    });

    it('asks on its terminal, not on the streams of the command', async () => {
      // In place of /dev/tty.
      standIn(
        DOAS,
        `printf '\\rdoas (ops@n) password: ' >&6; IFS= read -r word <&5
[ "$word" = right-pw ] || { echo "doas: Authentication failed" >&2; exit 1; }`,
      );
      expect(await as({ method: 'doas' })).to.equal('oms\nwords\n');
      const wrong = await failure({ method: 'doas', password: new Secret('wrong-pw') });
      expect(wrong.kind).to.equal('become-password');
    });

    it('wants a password and none is set, or does not permit it', async () => {
      standIn(DOAS, '');
      const none = await failure({ method: 'doas', password: undefined });
      expect([none.kind, none.hint]).to.deep.equal([
        'become-password',
        'Set ansible_become_password for this node, or write "permit nopass" for this user in /etc/doas.conf.',
      ]);
      writeFileSync(exe, '#!/bin/sh\necho "doas: Operation not permitted" >&2; exit 1', { mode: 0o755 });
      const refused = await failure({ method: 'doas', user: 'two' });
      expect([refused.kind, refused.hint?.includes('/etc/doas.conf')]).to.deep.equal([
        'become-refused',
        true,
      ]);
    });
  });

  it('sudo: flags take the place of -H; -n and -S never', () => {
    const words = { user: 'oms', exe: '/opt/sudo', hasPassword: true, prompt: 'P:', ready: 'R' };
    const argv = (flags?: string[]): string =>
      methodKinds.sudo
        .argv({ ...words, flags })
        .slice(0, -3)
        .join(' ');
    expect(argv()).to.equal('/opt/sudo -H -S -p P: -u oms --');
    expect(argv(['-E', '-n', '-S'])).to.equal('/opt/sudo -E -S -p P: -u oms --');
  });

  it('are told from each other: a shell belongs to one way of becoming a user', () => {
    const methods: (BecomeMethod | undefined)[] = [undefined, 'su', 'doas'];
    const keys = methods.map((method) => becomeKey({ user: 'oms', password, method }));
    const more = [['-E'], []].map((flags) => becomeKey({ user: 'oms', password, flags }));
    expect(new Set([...keys, ...more, becomeKey(undefined)]).size).to.equal(6);
    expect(becomeKey({ user: 'oms', password, method: 'sudo' })).to.equal(keys[0]);
  });
});
