import { randomBytes } from 'node:crypto';
import type { ByteChannel, OpenChannel } from './channel.ts';
import { quote } from './command.ts';

const HEARD = 4_000;

/** A shell's streams, and the terminal on which the password is asked for. */
export interface TerminalChannel {
  readonly channel: ByteChannel;
  readonly terminal: ByteChannel;
}

/**
 * Starts `command` with a terminal to ask on and streams that are none: what a terminal carries is changed on its way
 * and has but one direction back. They go through three named pipes and a channel of their own; the command finds
 * them as its descriptors 7, 8 and 9.
 */
export async function openOnTerminal(open: OpenChannel, command: string): Promise<TerminalChannel> {
  const [here, pipes] = [word(), word()];
  const terminal = await open(['/bin/sh', '-c', terminalText(here, command)], { terminal: true });
  try {
    await said(terminal, new RegExp(here));
    const data = await open(['/bin/sh', '-c', pipesText(pipes)]);
    try {
      const [, folder = ''] = await said(data, new RegExp(`${pipes}(/[^\n]*)\n`));
      terminal.stdin.write(`${folder}\n`);
      return { terminal, channel: both(data, terminal) };
    } catch (error) {
      data.destroy();
      throw error;
    }
  } catch (error) {
    terminal.destroy();
    throw error;
  }
}

function terminalText(here: string, command: string): string {
  return [
    'stty -echo 2>/dev/null',
    `echo ${here}`,
    'IFS= read -r d || exit 1',
    'exec 7<"$d/i" 8>"$d/o" 9>"$d/e"',
    'rm -rf -- "$d"',
    // Not with exec: a terminal that no process has open counts as closed.
    command,
    'exit $?',
  ].join('\n');
}

function pipesText(pipes: string): string {
  return [
    'umask 077',
    'd=$(mktemp -d) && mkfifo "$d/i" "$d/o" "$d/e" || exit 1',
    `printf '%s%s\\n' ${quote(pipes)} "$d"`,
    'cat "$d/o" & cat "$d/e" >&2 &',
    'exec cat >"$d/i"',
  ].join('\n');
}

/** It ends as the program on the terminal does, when everything has arrived. */
function both(data: ByteChannel, terminal: ByteChannel): ByteChannel {
  terminal.stdout.resume();
  // What carries the input would wait for more of it.
  void terminal.done.then(() => data.stdin.end());
  return {
    stdin: data.stdin,
    stdout: data.stdout,
    stderr: data.stderr,
    done: Promise.all([data.done, terminal.done]).then(([, code]) => code),
    destroy: () => {
      data.destroy();
      terminal.destroy();
    },
  };
}

/** Waits for words on stdout. */
async function said(channel: ByteChannel, words: RegExp): Promise<RegExpExecArray> {
  let text = '';
  let onData: (chunk: Buffer) => void = () => undefined;
  const found = new Promise<RegExpExecArray>((resolve) => {
    onData = (chunk) => {
      text = (text + chunk.toString('utf8')).slice(-HEARD);
      const match = words.exec(text);
      if (match !== null) resolve(match);
    };
    channel.stdout.on('data', onData);
  });
  channel.stdin.on('error', () => undefined);
  try {
    const match = await Promise.race([found, channel.done.then(() => undefined)]);
    if (match !== undefined) return match;
    throw new Error(text.trim() === '' ? 'the shell ended without a word' : text.trim());
  } finally {
    channel.stdout.off('data', onData);
  }
}

function word(): string {
  return `oms-play-${randomBytes(8).toString('hex')}:`;
}
