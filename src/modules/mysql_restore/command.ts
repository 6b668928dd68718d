import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import { CLIENT_START } from '../mysql/client.ts';
import { packingOf } from '../mysql/dump-file.ts';

/** Exit code: the dump could not be unpacked to its end. */
export const NOT_UNPACKED = 98;

/**
 * Sends the dump to the server between two statements; the last is left out when it cannot be unpacked to its end.
 * In binary mode the client runs no commands of its own that a dump might hold.
 */
export function restoreCommand(
  target: string,
  program: string,
  [before, after]: readonly [string, string],
): ShellCommand {
  const { unpack } = packingOf(target);
  const options = ['--batch', '--binary-mode', '--default-character-set=utf8mb4'];
  const whole = sh`${script(CLIENT_START)}
{ printf %s ${before}
  if ${unpack} <${target}; then printf %s ${after}; else : >"$d/bad"; fi
} | ${program} --defaults-file="$cnf" ${options}
rc=$?
[ ! -e "$d/bad" ] || exit ${NOT_UNPACKED}
exit "$rc"`;
  return { text: whole.text, shown: sh`${unpack} <${target} | ${program} ${options}`.shown };
}
