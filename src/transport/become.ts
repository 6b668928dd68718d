import { randomBytes } from 'node:crypto';
import type { ByteChannel, OpenChannel } from './channel.ts';
import type { Become } from './contract.ts';
import { TransportError } from './contract.ts';

const KEPT = 4_000;
/** Directory services may be slow; a question that nobody will answer never ends. */
const SUDO_LIMIT_MS = 60_000;

/** Starts /bin/sh as the login user. */
export function openLoginShell(open: OpenChannel): Promise<ByteChannel> {
  return open(['/bin/sh']);
}

/**
 * Starts /bin/sh as another user through sudo and answers its question for the password. Resolves when that
 * shell reads. `node` is for messages. Throws TransportError `become-password` or `become-refused`.
 */
export async function openBecomeShell(
  open: OpenChannel,
  become: Become,
  node: string,
  limitMs = SUDO_LIMIT_MS,
): Promise<ByteChannel> {
  const prompt = `oms-play-password-${randomBytes(8).toString('hex')}:`;
  const ready = `oms-play-ready-${randomBytes(8).toString('hex')}`;
  const channel = await open(sudoWords(become.user, prompt, ready));
  const talk = new Talk(channel, limitMs);
  try {
    await answerSudo(talk, { become, node, prompt, ready });
    return channel;
  } catch (error) {
    channel.destroy();
    throw error;
  } finally {
    talk.stop();
  }
}

/** The word `ready` comes from inside sudo without being asked: before it, a line sent could be taken as the password. */
function sudoWords(user: string, prompt: string, ready: string): string[] {
  return ['sudo', '-H', '-S', '-p', prompt, '-u', user, '--', '/bin/sh', '-c', `echo ${ready}; exec /bin/sh`];
}

interface Dialogue {
  readonly become: Become;
  readonly node: string;
  readonly prompt: string;
  readonly ready: string;
}

async function answerSudo(talk: Talk, dialogue: Dialogue): Promise<void> {
  const { become, node, prompt, ready } = dialogue;
  let asked = 0;
  for (;;) {
    const event = await talk.next(ready, prompt);
    if (event === 'ready') return;
    if (event === 'ended') throw refusal(talk.words(prompt), dialogue, asked);
    if (event === 'late') throw silence(talk.words(prompt), dialogue);
    asked += 1;
    if (asked > 1) throw wrongPassword(node, become.user);
    if (become.password === undefined) throw noPassword(node, become.user);
    talk.send(`${become.password.reveal()}\n`);
  }
}

function wrongPassword(node: string, user: string): TransportError {
  return new TransportError(
    'become-password',
    `${node}: sudo does not accept the password for becoming ${user}`,
    'Correct ansible_become_password for this node.',
  );
}

function noPassword(node: string, user: string): TransportError {
  return new TransportError(
    'become-password',
    `${node}: sudo asks for a password for becoming ${user}, and none is set`,
    'Set ansible_become_password for this node, or allow this user sudo with NOPASSWD.',
  );
}

/** It may have asked for something else than the password: a one-time code, a new password. */
function silence(words: string, { node, become }: Dialogue): TransportError {
  const said = words === '' ? '' : `; it said: ${words}`;
  return new TransportError(
    'become-refused',
    `${node}: sudo did not come to an end for becoming ${become.user}${said}`,
    'Try sudo by hand as the login user. What it may ask for is the password alone.',
  );
}

/** Only the mend depends on sudo's words; the kind follows from what happened. */
function refusal(words: string, dialogue: Dialogue, asked: number): TransportError {
  const { node, become } = dialogue;
  if (asked > 0 && /incorrect password|password attempt/i.test(words))
    return wrongPassword(node, become.user);
  const said = words === '' ? 'sudo ended without a word' : words;
  return new TransportError('become-refused', `${node}: cannot become ${become.user}: ${said}`, mend(words));
}

function mend(words: string): string {
  if (/tty/i.test(words)) return 'Switch requiretty off for this user in sudoers: Defaults:USER !requiretty';
  if (/not found|no such file|ENOENT/i.test(words))
    return 'Install sudo on the node, or log in as the user itself.';
  return 'Allow the login user to run /bin/sh as that user in sudoers.';
}

/** What a program says before its shell is ours: waits for one of two words. */
class Talk {
  readonly #channel: ByteChannel;
  #stdout = '';
  #stderr = '';
  #ended = false;
  #late = false;
  readonly #timer: NodeJS.Timeout;
  #wake: (() => void) | undefined;
  readonly #onStdout = (chunk: Buffer): void => {
    this.#stdout = (this.#stdout + chunk.toString('utf8')).slice(-KEPT);
    this.#wake?.();
  };
  readonly #onStderr = (chunk: Buffer): void => {
    this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-KEPT);
    this.#wake?.();
  };

  constructor(channel: ByteChannel, limitMs: number) {
    this.#channel = channel;
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.#wake?.();
    }, limitMs);
    channel.stdout.on('data', this.#onStdout);
    channel.stderr.on('data', this.#onStderr);
    channel.stdin.on('error', () => undefined);
    void channel.done.then(() => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  async next(ready: string, prompt: string): Promise<'ready' | 'asked' | 'ended' | 'late'> {
    for (;;) {
      if (this.#stdout.includes(ready)) return 'ready';
      const at = this.#stderr.indexOf(prompt);
      if (at !== -1) {
        this.#stderr = this.#stderr.slice(0, at) + this.#stderr.slice(at + prompt.length);
        return 'asked';
      }
      if (this.#ended) return 'ended';
      if (this.#late) return 'late';
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(text: string): void {
    this.#channel.stdin.write(text);
  }

  /** What sudo said on stderr, in one line. */
  words(prompt: string): string {
    const lines = this.#stderr.replaceAll(prompt, '').split('\n');
    return lines.map((line) => line.trim()).filter((line) => line !== '').slice(-4).join(' / '); // prettier-ignore
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#channel.stdout.off('data', this.#onStdout);
    this.#channel.stderr.off('data', this.#onStderr);
  }
}
