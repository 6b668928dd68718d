import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';

const SPEAKS_POSIX = /\/(ba|da|a|k|mk|z)?sh$/;

/** A text of the user's in a shell of its own, so that a syntax error in it ends that one and not the session's. */
export function shellText(executable: string, text: string): ShellCommand {
  const plain = sh`${executable} -c ${text}`;
  if (!SPEAKS_POSIX.test(executable)) return plain;
  // By the environment, which only that user sees: argument lists are everybody's, and the text may hold a secret.
  const word = 'eval "unset OMS_PLAY_TEXT; $OMS_PLAY_TEXT"';
  return { text: sh`OMS_PLAY_TEXT=${text} ${executable} -c ${word}`.text, shown: plain.shown };
}
