import { posix } from 'node:path';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import { CLIENT_START } from '../mysql/client.ts';
import { checksumPath, databasesOf, packingOf } from '../mysql/dump-file.ts';
import { splitWords } from '../words.ts';
import type { DumpArgs } from './args.ts';

/** Exit code: the dump ended well, but is not whole. */
export const NOT_WHOLE = 97;

/** Dumps into a file beside the target, checks it, and only then puts it there, its checksum last. */
export function dumpCommand(args: DumpArgs, program: string): ShellCommand {
  const { target } = args;
  const { pack, unpack } = packingOf(target);
  const [folder, base] = [posix.dirname(target), posix.basename(target)];
  const whole = sh`${script(CLIENT_START)}
t=$(mktemp ${posix.join(folder, `.${base}.XXXXXX`)}) || exit 1
{ ${program} --defaults-file="$cnf" ${optionsOf(args)}; echo $? >"$d/rc"; } | ${pack} >"$t" || exit 1
rc=$(cat "$d/rc") && [ "$rc" = 0 ] || exit "$\{rc:-1}"
${unpack} <"$t" | tail -n 1 | grep -q '^-- Dump completed' || exit ${NOT_WHOLE}
sum=$(sha256sum <"$t") || exit 1
printf '%s  %s\n' "$\{sum%% *}" ${base} >"$t.sha256" || exit 1
chmod ${args.mode} "$t" "$t.sha256" || exit 1
sync "$t" 2>/dev/null
rm -f ${checksumPath(target)} && mv -f "$t" ${target} && mv -f "$t.sha256" ${checksumPath(target)} || exit 1
printf '%s %s\n' "$\{sum%% *}" "$(wc -c <${target})"`;
  return { text: whole.text, shown: sh`${program} ${optionsOf(args)} | ${pack} >${target}`.shown };
}

/** Writes the checksum of a dump that is whole and has none. */
export function checksumCommand({ target, mode }: DumpArgs): ShellCommand {
  const sum = checksumPath(target);
  return sh`umask 077; cd ${posix.dirname(target)} && sha256sum ${posix.basename(target)} >${`${sum}.tmp`} && chmod ${mode} ${`${sum}.tmp`} && mv -f ${`${sum}.tmp`} ${sum}`;
}

function optionsOf(args: DumpArgs): readonly string[] {
  const names = databasesOf(args.name);
  const flag = (wanted: boolean, word: string): string[] => (wanted ? [word] : []);
  return [
    ...['--quick', '--no-tablespaces', '--default-character-set=utf8mb4'],
    ...flag(args.single_transaction, '--single-transaction'),
    ...flag(args.routines, '--routines'),
    ...flag(args.events, '--events'),
    ...flag(args.hex_blob, '--hex-blob'),
    ...args.ignore_tables.map((table) => `--ignore-table=${table}`),
    ...splitWords(args.dump_extra_args ?? ''),
    // A list may hold one: then it goes there by itself all the same.
    ...(typeof args.name === 'string' ? [] : ['--databases']),
    ...['--', ...names],
  ];
}
