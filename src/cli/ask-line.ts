import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { ReadStream, WriteStream } from 'node:tty';
import { InterruptedError } from './io.ts';

/** Whether there is a terminal to ask on, whatever stdin and stdout are. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}

/** Asks on the controlling terminal; what is typed is shown and can be edited. */
export async function askLine(question: string): Promise<string> {
  const input = new ReadStream(openSync('/dev/tty', 'r'));
  const output = new WriteStream(openSync('/dev/tty', 'w'));
  const lines = createInterface({ input, output, terminal: true });
  const given = new AbortController();
  lines.on('SIGINT', () => given.abort());
  lines.on('close', () => given.abort());
  try {
    return await lines.question(question, { signal: given.signal });
  } catch (cause) {
    output.write('\n');
    throw new InterruptedError('interrupted', { cause });
  } finally {
    lines.close();
    input.destroy();
    output.destroy();
  }
}
