import { script } from '../../transport/command.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { EDIT } from './door-script.ts';
import { COMMON, LIVES, SWEEP } from './script-parts.ts';

/** Prints folders and keys that runs have left on the node and that nobody is behind any more. Changes nothing. */
export function lookScript(): ShellCommand {
  return script([...COMMON, ...SWEEP, ...LIVES, ...LOOK].join('\n'));
}

const LOOK = [
  'for d in /run/oms-play.* /dev/shm/oms-play.* /tmp/oms-play.*; do',
  `  [ -d "$d" ] && [ ! -L "$d" ] && [ -O "$d" ] && dead "$d" && printf '%s\\n' "$d"`,
  'done',
  // Whoever the task runs as: the key is in the file of whoever logged in.
  'for A in /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys "$HOME/.ssh/authorized_keys"; do',
  '  [ -r "$A" ] || continue',
  `  for r in $(sed -n 's/.* oms-play\\.\\([0-9a-f]*\\)\\.[df]*$/\\1/p' "$A"); do lives "$r" || printf '%s\\n' "$A"; done`,
  'done 2>/dev/null | sort -u',
  ':',
];

/** Takes such folders away, and what still runs for them; as the user whose they are. */
export function sweepScript(): ShellCommand {
  return script([...COMMON, ...SWEEP, 'sweep; :'].join('\n'));
}

/** Takes such keys away; as the user that logs in. */
export function sweepKeysScript(): ShellCommand {
  return script([...COMMON, '[ -e "$HOME/.ssh/authorized_keys" ] || exit 0', ...EDIT, 'sweep; :'].join('\n'));
}
