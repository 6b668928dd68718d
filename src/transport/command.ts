import { Secret } from '../model/secret.ts';

/** A shell script in two forms: `text` is sent, `shown` has `***` for secrets and is all that may be printed. */
export interface ShellCommand {
  readonly text: string;
  readonly shown: string;
}

export type ShellPart = string | number | Secret | ShellCommand | readonly (string | number | Secret)[];

/**
 * Builds a command from a template: every value becomes exactly one quoted word, a list becomes one word
 * for each of its items, and a ShellCommand is put in as it is.
 */
export function sh(texts: TemplateStringsArray, ...parts: readonly ShellPart[]): ShellCommand {
  let text = texts[0] ?? '';
  let shown = text;
  parts.forEach((part, i) => {
    text += textOf(part) + (texts[i + 1] ?? '');
    shown += shownOf(part) + (texts[i + 1] ?? '');
  });
  return { text, shown };
}

/** A script that is sent as it stands: for text that the user wrote as shell. */
export function script(text: string): ShellCommand {
  return { text, shown: text };
}

/** One word of POSIX shell, whatever the text holds. NUL cannot be in a word and is refused. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a shell word cannot hold a NUL byte');
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function textOf(part: ShellPart): string {
  if (part instanceof Secret) return quote(part.reveal());
  if (isList(part)) return part.map(textOf).join(' ');
  return typeof part === 'object' ? part.text : quote(String(part));
}

function shownOf(part: ShellPart): string {
  if (part instanceof Secret) return '***';
  if (isList(part)) return part.map(shownOf).join(' ');
  return typeof part === 'object' ? part.shown : quote(String(part));
}

function isList(part: ShellPart): part is readonly (string | number | Secret)[] {
  return Array.isArray(part);
}
