import type { BecomeMethod } from '../model/connection.ts';
import { quote } from './command.ts';
import type { FindQuestion } from './become-talk.ts';

/** What starting a shell as another user is put together from. */
export interface BecomeWords {
  readonly user: string;
  /** The program, `sudo` where nothing else is said. */
  readonly exe: string;
  /** In place of the method's own flags. */
  readonly flags: readonly string[] | undefined;
  readonly hasPassword: boolean;
  /** What sudo is to ask with. */
  readonly prompt: string;
  /** What the shell says when it is there; before that, a line sent could be taken as the password. */
  readonly ready: string;
}

/** One way to become another user. */
export interface MethodKind {
  /** The program and its arguments; never the password. */
  argv(words: BecomeWords): string[];
  /** The same on a terminal: a command of a shell whose descriptors 7, 8 and 9 are the new shell's streams. */
  onTerminal(words: BecomeWords): string;
  asks(prompt: string): FindQuestion;
  /** Whether what it said before it ended means that it wants a terminal to ask on. */
  wantsTerminal(words: string, hasPassword: boolean): boolean;
  /** Whether what it said means that a password is wanted and none was given. */
  wantsPassword(words: string): boolean;
  /** Whether what it said means that the password was wrong. */
  refusesPassword(words: string): boolean;
  /** How to mend what it complains of. */
  mend(words: string, exe: string): string;
}

const sudo: MethodKind = {
  argv: ({ user, exe, flags, prompt, ready }) => [
    exe,
    ...(flags ?? ['-H']).filter((flag) => flag !== '-n' && flag !== '-S'),
    ...['-S', '-p', prompt, '-u', user, '--', '/bin/sh', '-c', readyShell(ready)],
  ],
  onTerminal: ({ user, exe, flags, prompt, ready }) => {
    const own = (flags ?? ['-H']).filter((flag) => flag !== '-n' && flag !== '-S');
    const words = [exe, ...own, '-p', prompt, '-u', user, '--', '/bin/sh', '-c', readyShell(ready)];
    return `${words.map(quote).join(' ')} <&7 >&8 2>&9 7<&- 8>&- 9>&-`;
  },
  asks: (prompt) => (text) => {
    const at = text.indexOf(prompt);
    return at === -1 ? undefined : { at, end: at + prompt.length };
  },
  wantsTerminal: (words) => /must have a tty|requiretty/i.test(words),
  wantsPassword: (words) => /a password is required/i.test(words),
  refusesPassword: (words) => /incorrect password|password attempt/i.test(words),
  mend: (words) =>
    /tty/i.test(words)
      ? 'Switch requiretty off for this user in sudoers: Defaults:USER !requiretty'
      : 'Allow the login user to run /bin/sh as that user in sudoers.',
};

/** Without options of its own it takes the login shell of that user, which may be none. */
const su: MethodKind = {
  argv: (words) => ['/bin/sh', '-c', `exec ${suWords(words, readyShell(words.ready))}`],
  onTerminal: (words) => `${suWords(words, `exec <&7 >&8 2>&9 7<&- 8>&- 9>&-; ${readyShell(words.ready)}`)}`,
  asks: () => lastLineAsks,
  wantsTerminal: (words) => /must be run from a terminal|\btty\b/i.test(words),
  wantsPassword: () => false,
  refusesPassword: (words) => /authentication failure|incorrect password|authentication token/i.test(words),
  mend: (words) => {
    if (/terminal|\btty\b/i.test(words)) return WANTS_TERMINAL;
    if (/does not exist|unknown/i.test(words)) return 'Create that user on the node before.';
    return 'Check that the login user may use su there (pam_wheel: the group wheel), or use sudo.';
  },
};

const doas: MethodKind = {
  argv: ({ user, exe, flags, ready }) => [
    ...[exe, ...(flags ?? []), '-n', '-u', user],
    ...['/bin/sh', '-c', readyShell(ready)],
  ],
  onTerminal: ({ user, exe, flags, ready }) => {
    const words = [exe, ...(flags ?? []), '-u', user, '/bin/sh', '-c', readyShell(ready)];
    return `${words.map(quote).join(' ')} <&7 >&8 2>&9 7<&- 8>&- 9>&-`;
  },
  asks: () => lastLineAsks,
  wantsTerminal: (words, hasPassword) =>
    /a tty is required/i.test(words) || (hasPassword && doas.wantsPassword(words)),
  wantsPassword: (words) => /authori[sz]ation required|authentication required/i.test(words),
  refusesPassword: (words) => /authori[sz]ation failed|authentication failed/i.test(words),
  mend: (words) =>
    /tty/i.test(words)
      ? WANTS_TERMINAL
      : 'Allow it in /etc/doas.conf, e.g. permit nopass LOGIN_USER as USER, or permit LOGIN_USER with a password.',
};

const WANTS_TERMINAL =
  'It asks for a password on a terminal only, and there is none here: allow it without a password, or use sudo.';

/** The methods by Ansible's names. */
export const methodKinds: Readonly<Record<BecomeMethod, MethodKind>> = { sudo, su, doas };

function suWords({ user, exe, flags }: BecomeWords, text: string): string {
  // In English, to be understood; what runs then has the language that was there before.
  const language = 'OMS_PLAY_LC_ALL="${LC_ALL-}" LC_ALL=C';
  const restore =
    'LC_ALL=$OMS_PLAY_LC_ALL; [ -n "$LC_ALL" ] && export LC_ALL || unset LC_ALL; unset OMS_PLAY_LC_ALL';
  const words = [...(flags ?? ['-s', '/bin/sh']), user, '-c', `${restore}; ${text}`];
  return `env ${language} ${[exe, ...words].map(quote).join(' ')}`;
}

function readyShell(ready: string): string {
  return `echo ${ready}; exec /bin/sh`;
}

/** A line that has not ended: each system asks in words of its own, but in English. */
const lastLineAsks: FindQuestion = (text) => {
  const at = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
  return /passw(or)?d[^\n]*:\s*$/i.test(text.slice(at)) ? { at, end: text.length } : undefined;
};
