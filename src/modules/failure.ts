import type { Data } from '../model/data.ts';
import type { ShellCommand } from '../transport/command.ts';
import type { ExecResult } from '../transport/contract.ts';
import { ModuleError } from './define.ts';

const TAIL_LINES = 30;
const TAIL_CHARACTERS = 4000;

/** The error of a command that ended badly: its shown form, exit code and the ends of what it printed. */
export function commandError(
  message: string,
  command: ShellCommand,
  done: ExecResult,
  more: { readonly hint?: string; readonly result?: Readonly<Record<string, Data | undefined>> } = {},
): ModuleError {
  return new ModuleError(
    {
      message,
      ...(more.hint === undefined ? {} : { hint: more.hint }),
      command: command.shown,
      exitCode: done.exitCode,
      stdout: tail(done.stdout.toString('utf8')),
      stderr: tail(done.stderr.toString('utf8')),
    },
    more.result,
  );
}

/** The last lines of a text, as much as a reader wants to see. */
export function tail(text: string): string {
  const lines = text.trimEnd().split('\n');
  const end = lines.slice(-TAIL_LINES).join('\n');
  // Cut between words: the half of a secret would be recognised by nobody.
  const shown = end.length > TAIL_CHARACTERS ? end.slice(-TAIL_CHARACTERS).replace(/^\S*(?=\s)/, '') : end;
  return shown.length < text.trimEnd().length ? `…${shown}` : shown;
}
