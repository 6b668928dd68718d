import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { InterruptedError, NoTerminalError } from './io.ts';

/** Asks on the controlling terminal, whatever stdin and stdout are; what is typed is not shown. */
export async function askSecret(question: string): Promise<string> {
  const output = openTerminal('w');
  try {
    writeSync(output, question);
    return await readLine();
  } finally {
    writeSync(output, '\n');
    closeSync(output);
  }
}

async function readLine(): Promise<string> {
  const input = new ReadStream(openTerminal('r'));
  try {
    // Raw: the terminal shows nothing, and editing is ours.
    input.setRawMode(true);
    input.setEncoding('utf8');
    return await new Promise((resolve, reject) => {
      let typed: readonly string[] = [];
      input.on('data', (text: string) => {
        for (const character of text) {
          if (character === '\r' || character === '\n' || character === '\x04')
            return resolve(typed.join(''));
          if (character === '\x03') return reject(new InterruptedError('interrupted'));
          typed = edited(typed, character);
        }
      });
      input.on('error', reject);
      input.on('end', () => resolve(typed.join('')));
    });
  } finally {
    input.setRawMode(false);
    input.destroy();
  }
}

/** What is typed so far after one more key: backspace takes one away, Ctrl-U all. */
export function edited(typed: readonly string[], key: string): readonly string[] {
  if (key === '\x7f' || key === '\b') return typed.slice(0, -1);
  if (key === '\x15') return [];
  return key < ' ' ? typed : [...typed, key];
}

function openTerminal(flags: 'r' | 'w'): number {
  try {
    return openSync('/dev/tty', flags);
  } catch (cause) {
    const mend = 'leave -k and -K out and set ansible_password and ansible_become_password in the inventory';
    throw new NoTerminalError(`there is no terminal to ask for a password on: ${mend}`, { cause });
  }
}
