import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteChannel, OpenChannel } from './channel.ts';
import type { Become } from './contract.ts';
import { TransportError } from './contract.ts';
import { methodKinds, type BecomeWords, type MethodKind } from './become-methods.ts';
import { Talk, type TalkStreams } from './become-talk.ts';
import { openOnTerminal } from './become-terminal.ts';

/** Directory services may be slow; a question that nobody will answer never ends. */
const LIMIT_MS = 60_000;
const WORDS_WITHIN_MS = 500;

/** Starts /bin/sh as the login user. */
export function openLoginShell(open: OpenChannel): Promise<ByteChannel> {
  return open(['/bin/sh']);
}

/**
 * Starts /bin/sh as another user through sudo, su or doas and answers the question for the password. Resolves when
 * that shell reads. `node` is for messages. Throws TransportError `become-password` or `become-refused`.
 */
export async function openBecomeShell(
  open: OpenChannel,
  become: Become,
  node: string,
  limitMs = LIMIT_MS,
): Promise<ByteChannel> {
  const method = become.method ?? 'sudo';
  const exe = become.exe ?? method;
  const words: BecomeWords = {
    user: become.user,
    exe,
    flags: become.flags,
    hasPassword: become.password !== undefined,
    prompt: `oms-play-password-${randomBytes(8).toString('hex')}:`,
    ready: `oms-play-ready-${randomBytes(8).toString('hex')}`,
  };
  const asking: Asking = { become, node, exe, words, kind: methodKinds[method], limitMs };
  const channel = await open(asking.kind.argv(words));
  const streams = {
    ready: channel.stdout,
    questions: [channel.stderr],
    answers: channel.stdin,
    done: channel.done,
  };
  const refused = await answered(streams, asking, channel);
  if (refused === undefined) return channel;
  return onTerminal(open, asking, refused);
}

interface Asking {
  readonly become: Become;
  readonly node: string;
  readonly exe: string;
  readonly words: BecomeWords;
  readonly kind: MethodKind;
  readonly limitMs: number;
}

/** Some ask on a terminal only (doas, an old su): there is none for the first try, since few need it. */
async function onTerminal(open: OpenChannel, asking: Asking, before: string): Promise<ByteChannel> {
  const { channel, terminal } = await openOnTerminal(open, asking.kind.onTerminal(asking.words)).catch(
    (error: unknown) => {
      if (error instanceof TransportError && error.kind !== 'become-refused') throw error;
      throw refusal(before, asking, 0);
    },
  );
  const streams = {
    ready: channel.stdout,
    questions: [terminal.stdout, channel.stderr],
    answers: terminal.stdin,
    // What it complained of comes by the other channel, and may come later.
    done: Promise.race([
      channel.done,
      terminal.done.then(() => sleep(WORDS_WITHIN_MS, undefined, { ref: false })),
    ]),
  };
  const refused = await answered(streams, asking, channel);
  if (refused === undefined) return channel;
  throw refusal(refused === '' ? before : refused, asking, 0);
}

/** Talks until the shell is there. Gives what was said where a terminal is wanted for it. */
async function answered(
  streams: TalkStreams,
  asking: Asking,
  channel: ByteChannel,
): Promise<string | undefined> {
  const talk = new Talk(streams, asking.limitMs);
  try {
    const refused = await answer(talk, asking);
    if (refused !== undefined) channel.destroy();
    return refused;
  } catch (error) {
    channel.destroy();
    throw error;
  } finally {
    talk.stop();
  }
}

async function answer(talk: Talk, asking: Asking): Promise<string | undefined> {
  const { become, words, kind } = asking;
  const find = kind.asks(words.prompt);
  for (let asked = 0; ;) {
    const event = await talk.next(words.ready, find);
    if (event === 'ready') return undefined;
    if (event === 'late') throw silence(talk.words, asking);
    if (event === 'ended') {
      if (asked === 0 && kind.wantsTerminal(talk.words, words.hasPassword)) return talk.words;
      throw refusal(talk.words, asking, asked);
    }
    asked += 1;
    if (asked > 1) throw wrongPassword(asking);
    if (become.password === undefined) throw noPassword(asking);
    talk.send(`${become.password.reveal()}\n`);
  }
}

function wrongPassword({ node, become, exe }: Asking): TransportError {
  return new TransportError(
    'become-password',
    `${node}: ${exe} does not accept the password for becoming ${become.user}`,
    `Correct ansible_become_password for this node${whose(become)}.`,
  );
}

function noPassword({ node, become, exe }: Asking): TransportError {
  const without = {
    sudo: ', or allow this user sudo with NOPASSWD',
    doas: ', or write "permit nopass" for this user in /etc/doas.conf',
    su: ` (that of ${become.user}), or use sudo`,
  }[become.method ?? 'sudo'];
  return new TransportError(
    'become-password',
    `${node}: ${exe} asks for a password for becoming ${become.user}, and none is set`,
    `Set ansible_become_password for this node${without}.`,
  );
}

/** sudo and doas want the password of the one who asks, su that of the other. */
function whose({ method, user }: Become): string {
  return method === 'su' ? `; su wants that of ${user}, not of the login user` : '';
}

/** It may have asked for something else than the password: a one-time code, a new password. */
function silence(words: string, { node, become, exe }: Asking): TransportError {
  const said = words === '' ? '' : `; it said: ${words}`;
  return new TransportError(
    'become-refused',
    `${node}: ${exe} did not come to an end for becoming ${become.user}${said}`,
    `Try ${exe} by hand as the login user. What it may ask for is the password alone.`,
  );
}

/** Only the mend depends on its words; the kind follows from what happened. */
function refusal(words: string, asking: Asking, asked: number): TransportError {
  const { node, become, exe, kind } = asking;
  if (asked > 0 && kind.refusesPassword(words)) return wrongPassword(asking);
  if (become.password === undefined && kind.wantsPassword(words)) return noPassword(asking);
  const said = words === '' ? `${exe} ended without a word` : words;
  const mend = /not found|no such file|ENOENT/i.test(words)
    ? `Install ${exe} on the node, choose another become_method (sudo, su, doas), or log in as the user itself.`
    : kind.mend(words, exe);
  return new TransportError('become-refused', `${node}: cannot become ${become.user}: ${said}`, mend);
}
