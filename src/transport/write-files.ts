import { createHash } from 'node:crypto';
import { quote } from './command.ts';
import type { ExecResult } from './contract.ts';
import type { WriteOptions } from './node.ts';
import { NodeError } from './node-error.ts';
import { mendFor, reasonIn } from './read-files.ts';
import { pathWord } from './paths.ts';

const IS_DIRECTORY = 21;
const NO_FOLDER = 22;
/** The bytes that arrived are not those that were sent. */
export const WRONG_BYTES = 23;

/** SHA-256 in hex. */
export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Sets f, d and t; t is a fresh empty file in f's folder, that goes away unless it becomes f. */
export function makeTemporary(path: string): string {
  return [
    `f=${pathWord(path)}`,
    `[ -d "$f" ] && exit ${IS_DIRECTORY}`,
    'd=$(dirname -- "$f"; echo x); d=${d%?x}',
    `[ -d "$d" ] || { ls -d -- "$d" >/dev/null; exit ${NO_FOLDER}; }`,
    't=$(mktemp "$d/.oms-play-XXXXXX") || exit 1',
  ].join('\n');
}

/** From stdin to the finished file in one request. */
export function writeScript(path: string, content: Buffer, options: WriteOptions): string {
  return [makeTemporary(path), REMOVE_AT_EXIT, 'cat >"$t" || exit 1', finish(sha256(content), options)].join(
    '\n',
  );
}

/** From the uploaded file at `temporary` to the finished file; the temporary file is gone afterwards in any case. */
export function finishScript(path: string, temporary: string, sum: string, options: WriteOptions): string {
  const names = [`f=${pathWord(path)}`, `[ -d "$f" ] && exit ${IS_DIRECTORY}`, `t=${pathWord(temporary)}`];
  return [...names, REMOVE_AT_EXIT, finish(sum, options)].join('\n');
}

const REMOVE_AT_EXIT = `trap 'rm -f -- "$t"' EXIT; trap 'exit 1' HUP INT PIPE TERM`;

function finish(sum: string, options: WriteOptions): string {
  const compare = `s=$(sha256sum <"$t") || exit 1\n[ "\${s%% *}" = ${sum} ] || exit ${WRONG_BYTES}`;
  if (options.inPlace !== true) return [compare, replace(options)].join('\n');
  return `${compare}\nif [ -f "$f" ]; then\n${rewrite(options)}\nelse\n${replace(options)}\nfi`;
}

/** Owner before mode, since chown takes setuid away; both before the name. */
function replace(options: WriteOptions): string {
  const kept = '[ -f "$f" ] && [ ! -L "$f" ]';
  const owner = ownerOf(options);
  const keepOwner =
    'o=$(stat -c %u:%g -- "$f") && { [ "$(stat -c %u:%g -- "$t")" = "$o" ] || chown "$o" -- "$t"; } || exit 1';
  const keepMode = 'm=$(stat -c %a -- "$f") && chmod "$m" -- "$t" || exit 1';
  return [
    `if ${kept}; then :; ${options.owner !== undefined && options.group !== undefined ? '' : keepOwner}; fi`,
    owner === undefined ? '' : `chown -- ${quote(owner)} "$t" || exit 1`,
    options.mode === undefined
      ? `if ${kept}; then ${keepMode}; else chmod =rw -- "$t" || exit 1; fi`
      : `chmod -- ${quote(options.mode)} "$t" || exit 1`,
    'mv -f -- "$t" "$f" || exit 1',
  ].join('\n').replaceAll(':; ;', ':;'); // prettier-ignore
}

/** The old content is kept until the new one is in: a disk that fills up meanwhile must not leave a half file. */
function rewrite(options: WriteOptions): string {
  const owner = ownerOf(options);
  const steps = [
    owner === undefined ? [] : [`chown -- ${quote(owner)} "$f"`],
    options.mode === undefined ? [] : [`chmod -- ${quote(options.mode)} "$f"`],
    ['cat -- "$t"'],
  ].flat();
  return [
    'b=$(mktemp "${t%/*}/.oms-play-XXXXXX") || exit 1',
    `trap 'rm -f -- "$t" "$b"' EXIT`,
    'cat -- "$f" >"$b" || exit 1',
    // Opened first, so that a mode that takes the right to write away is no hindrance; then closed to whom it is
    // no business of; then filled.
    `{ ${steps.join(' && ')}; } >"$f" || { rm -f -- "$t"; chmod u+w -- "$f"; cat -- "$b" >"$f"; exit 1; }`,
  ].join('\n');
}

function ownerOf(options: WriteOptions): string | undefined {
  if (options.owner === undefined && options.group === undefined) return undefined;
  return `${options.owner ?? ''}${options.group === undefined ? '' : `:${options.group}`}`;
}

/** Throws NodeError when a script of this file did not end well. */
export function assertWritten(result: ExecResult, node: string, path: string): void {
  if (result.exitCode === 0) return;
  const words = result.stderr.toString('utf8');
  throw new NodeError(`${node}: cannot write ${path}: ${reasonOf(result.exitCode, words)}`, mendFor(words));
}

function reasonOf(exitCode: number, words: string): string {
  if (exitCode === IS_DIRECTORY) return 'it is a directory';
  if (exitCode === NO_FOLDER) return `its folder is not there (${reasonIn(words)})`;
  if (exitCode === WRONG_BYTES) return 'what arrived on the node is not what was sent (checksums differ)';
  return reasonIn(words);
}
