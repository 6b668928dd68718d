import { randomInt } from 'node:crypto';
import { quote, script, type ShellCommand } from './command.ts';
import type { ExecResult } from './contract.ts';
import type { CommandOptions, NodeReader, NodeWriter } from './node.ts';
import { NodeError } from './node-error.ts';

const FOLDER = '.oms-play-async';
/** Of each stream so many bytes of a job's output are brought over. */
const KEEP_BYTES = 1024 * 1024;
const OLD_DAYS = 7;

/** Where a command stands that was started to go on by itself. */
export type JobState =
  | { readonly kind: 'running' }
  /** `late`: it was ended since its time was over. */
  | { readonly kind: 'finished'; readonly exitCode: number; readonly late: boolean }
  /** It has ended and left no exit code: it was killed, or the node was started anew. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'unknown' };

export interface JobOptions extends Pick<CommandOptions, 'stdin' | 'environment'> {
  /** Then it is ended. */
  readonly limitSeconds: number;
  /** So much later by force; default 2. */
  readonly graceSeconds?: number;
}

/** A name for a job that nobody else has. */
export function newJobId(): string {
  return `${Date.now()}.${randomInt(100_000, 1_000_000)}`;
}

/** Whether a text can be the name of a job. */
export function isJobId(text: string): boolean {
  return /^\d{1,20}\.\d{1,10}$/.test(text);
}

/**
 * Starts a command that outlives the connection, in a session of its own; what becomes of it is in a folder of the
 * user's, which nobody else can look into. Throws NodeError.
 */
export async function startJob(
  node: NodeWriter,
  id: string,
  command: ShellCommand,
  { stdin, environment, limitSeconds, graceSeconds = 2 }: JobOptions,
): Promise<void> {
  const { text } = command;
  const result = await node.run(
    {
      text: startText(id, text, [limitSeconds, graceSeconds]),
      shown: `(start in the background) ${command.shown}`,
    },
    { brief: 'script', stdin: stdin ?? '', ...(environment === undefined ? {} : { environment }) },
  );
  if (result.exitCode === 0) return;
  const reason = result.stderr.toString('utf8').trim();
  throw new NodeError(
    `${node.name}: cannot start a command in the background: ${reason === '' ? 'no reason given' : reason}`,
    `It needs a folder ~/${FOLDER} of the user that it runs as.`,
  );
}

/** Where a job stands. */
export async function lookAtJob(node: NodeReader, id: string): Promise<JobState> {
  const { stdout } = await node.query(script(`${at(id)}\n${LOOK}`));
  const [word = '', code = '', late = ''] = stdout.toString('utf8').trim().split(' ');
  if (word === 'finished') return { kind: 'finished', exitCode: Number(code), late: late === 'late' };
  return { kind: word === 'running' || word === 'lost' ? word : 'unknown' };
}

/** What a job has said so far. */
export function readJob(node: NodeReader, id: string): Promise<ExecResult> {
  const show = [
    `show() { n=$(wc -c <"$1"); if [ "$n" -le ${KEEP_BYTES} ]; then cat "$1"; else`,
    `head -c ${KEEP_BYTES / 2} "$1"; printf '\\n… %s bytes are left out …\\n' "$((n - ${KEEP_BYTES}))"; tail -c ${KEEP_BYTES / 2} "$1"; fi; }`,
  ];
  return node.query(script([at(id), ...show, 'show "$j/out"; show "$j/err" >&2'].join('\n')));
}

/** Ends a job that still runs, and removes what there is of it. */
export function removeJobCommand(id: string): ShellCommand {
  return { text: `${at(id)}\n${END}\nrm -rf -- "$j"`, shown: `(end and remove job ${id})` };
}

function at(id: string): string {
  return `j=$HOME/${FOLDER}/${quote(id)}`;
}

/** A process that has ended but was not collected yet is Z: it runs no more. */
const LOOK = [
  'finished() { late=; [ -f "$j/late" ] && late=late; echo "finished $(cat "$j/rc") $late"; }',
  'lives() { kill -0 "$1" 2>/dev/null && { [ ! -e /proc/self ] || grep -qsE "\\) [^ZX] " "/proc/$1/stat"; }; }',
  'if [ ! -d "$j" ]; then echo unknown',
  'elif [ -f "$j/rc" ]; then finished',
  'elif lives "$(cat "$j/pid" 2>/dev/null)"; then echo running',
  // Between the two looks it may have come to its end.
  'elif [ -f "$j/rc" ]; then finished',
  'else echo lost; fi',
].join('\n');

const END = [
  // It may be just beginning.
  '[ -d "$j" ] && [ ! -f "$j/group" ] && { sleep 0.2 2>/dev/null || sleep 1; }',
  'end() { kill "-$1" "-$2" 2>/dev/null || kill "-$1" "$2" 2>/dev/null; }',
  'if [ ! -f "$j/rc" ] && g=$(cat "$j/group" 2>/dev/null); then end TERM "$g"; sleep 0.2 2>/dev/null || sleep 1; end KILL "$g"; fi',
].join('\n');

/**
 * The keeper waits for the command and writes its exit code, in one piece; a watch beside it ends the command's process
 * group when its time is over.
 */
function startText(id: string, text: string, [limit, grace]: readonly [number, number]): string {
  const keeper = [
    'own=$(command -v setsid); end() { kill "-$1" "-$2" 2>/dev/null || kill "-$1" "$2" 2>/dev/null; }',
    '$own /bin/sh "$j/run" <"$j/in" >"$j/out" 2>"$j/err" & c=$!',
    'echo "$c" >"$j/group"',
    `$own /bin/sh -c 'end() { kill "-$1" "-$2" 2>/dev/null || kill "-$1" "$2" 2>/dev/null; }; sleep ${limit}; : >"$j/late"; end TERM '"$c"'; sleep ${grace}; end KILL '"$c" & w=$!`,
    'wait "$c"; r=$?',
    // Not before: the watch may be in the middle of it.
    `[ -f "$j/late" ] && { sleep ${grace}; end KILL "$c"; }`,
    'end KILL "$w"',
    'echo "$r" >"$j/rc.new"; mv -- "$j/rc.new" "$j/rc"; rm -f -- "$j/run" "$j/in"',
  ].join('\n');
  return [
    'umask 077; : "${HOME:?}"',
    `d=$HOME/${FOLDER}; ${at(id)}; export j`,
    'mkdir -p -- "$d" && chmod 700 "$d" && mkdir -- "$j" || exit 1',
    `find "$d" -mindepth 1 -maxdepth 1 -mtime +${OLD_DAYS} -exec rm -rf -- {} + 2>/dev/null`,
    `printf '%s\\n' ${quote(text)} >"$j/run" && cat >"$j/in" || exit 1`,
    `printf '%s\\n' ${quote(keeper)} >"$j/keep" || exit 1`,
    'own=$(command -v setsid)',
    '$own /bin/sh "$j/keep" </dev/null >/dev/null 2>&1 &',
    'echo "$!" >"$j/pid"',
    // Until the command has begun: it could not be ended before.
    'i=0; until [ -f "$j/group" ] || [ $i -ge 200 ]; do sleep 0.01 2>/dev/null || sleep 1; i=$((i+1)); done',
  ].join('\n');
}
