import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { quote } from './command.ts';
import type { ExecResult } from './contract.ts';
import { NodeError } from './node-error.ts';
import { mendFor, parseStat, reasonIn } from './read-files.ts';
import type { Held, LookFor, RawPath, Seen, TreeLook } from './tree.ts';

const BLOCKED = 21;
const NOT_THERE = 22;
const VANISHED = 24;
/** So many at a time, which spares processes and keeps argument lists short. */
const BATCH = 500;
const TRIES = 3;

/** Runs a script of ours with something to read. */
export type AskWith = (text: string, stdin: Buffer) => Promise<ExecResult>;

/**
 * What is at these paths below a folder, and the folder itself, in one request. `everything`: with a list of all that
 * is there. undefined: there is something that is no folder, or that may not be looked into; `node.stat` tells which.
 */
export async function lookAtTree(
  ask: AskWith,
  folder: string,
  wanted: readonly LookFor[],
  options: { readonly node: string; readonly everything?: boolean | undefined },
): Promise<TreeLook | undefined> {
  const list = gzipSync(Buffer.from([{ path: '' }, ...wanted].map(entryOf).join(''), 'latin1'));
  for (let attempt = 1; ; attempt++) {
    const token = `oms${randomBytes(12).toString('hex')}`;
    const result = await ask(lookScript(folder, token, options.everything === true), list);
    if (result.exitCode === VANISHED && attempt < TRIES) continue;
    if (result.exitCode === BLOCKED) return undefined;
    const words = result.stderr.toString('utf8');
    const look = result.exitCode === NOT_THERE ? nothingThere(result.stdout) : undefined;
    if (look !== undefined) return look;
    const records = result.stdout.toString('latin1').split(token).slice(1);
    const found = result.exitCode === 0 ? new Records(records).look(folder, words) : undefined;
    if (found?.entries.has('') === true) return found;
    throw new NodeError(`${options.node}: cannot look into ${folder}: ${reasonIn(words)}`, mendFor(words));
  }
}

/** The bytes of files below a folder, one request for all; undefined: one is no longer as long as it was. */
export async function readTree(
  ask: AskWith,
  folder: string,
  files: readonly { readonly path: RawPath; readonly size: number }[],
  node: string,
): Promise<readonly Buffer[] | undefined> {
  const list = gzipSync(Buffer.from(files.map(({ path }) => `./${path}\0`).join(''), 'latin1'));
  const result = await ask(`cd -- ${quote(folder)} && gzip -dc | xargs -0 -n ${BATCH} cat --`, list);
  if (result.exitCode !== 0) {
    const words = result.stderr.toString('utf8');
    throw new NodeError(`${node}: cannot read files in ${folder}: ${reasonIn(words)}`, mendFor(words));
  }
  let at = 0;
  const parts = files.map(({ size }) => result.stdout.subarray(at, (at += size)));
  return at === result.stdout.length ? parts : undefined;
}

/** `l`: where a link leads to is wanted; a number: the sum of a file of that size is. */
function entryOf({ path, sumIfSize, link }: LookFor): string {
  return `${link === true ? 'l' : (sumIfSize ?? 'n')}/${path}\0`;
}

/** Exits with {@link BLOCKED} only where something that is there is no folder, or a folder is closed to us. */
function lookScript(folder: string, token: string, everything: boolean): string {
  return [
    `d=${quote(folder)} tar=-; if command -v tar >/dev/null; then tar=T; fi`,
    'if ! cd -- "$d" 2>/dev/null; then',
    `  if [ -e "$d" ] || [ -L "$d" ]; then exit ${BLOCKED}; fi`,
    '  until [ -e "$d" ] || [ -L "$d" ]; do d=${d%/*}; [ -n "$d" ] || d=/; done',
    `  if [ ! -d "$d" ] || [ ! -x "$d" ]; then exit ${BLOCKED}; fi`,
    `  printf %s "$tar$d"; exit ${NOT_THERE}`,
    'fi',
    `[ $tar = - ] || printf ${token}T`,
    `gzip -dc | xargs -0 -n ${BATCH} /bin/sh -c ${quote(batchScript(token))} sh`,
    // xargs has codes of its own for how its commands ended.
    `case $? in 0) ;; 123) exit ${VANISHED};; *) exit 1;; esac`,
    ...(everything ? listing(token) : []),
  ].join('\n');
}

/**
 * For each batch two processes that look and one that sums, whatever it holds. The shell picks by number: `"${12#*\/}"`
 * is the path of the twelfth entry, so no path is ever read as text of a script.
 */
function batchScript(token: string): string {
  return `
i=0 there= n= sums=
for a; do
  i=$((i+1)); f=./\${a#*/}
  if [ -L "$f" ]; then
    printf '%s' '${token}L' "$f"
    if [ "\${a%%/*}" = l ]; then printf '${token}G'; readlink -n -- "$f"; fi
  fi
  [ -e "$f" ] || continue
  if [ -d "$f" ] && [ ! -x "$f" ]; then printf '%s' '${token}X' "$f"; fi
  there="$there \\"./\\\${$i#*/}\\""; n="$n $i"
done
[ -n "$n" ] || exit 0
sizes=$(eval "stat -L -c %s -- $there") || exit 2
eval "stat -L -c '${token}I%f %u %g %s %Y %U %G
%n' -- $there" || exit 2
n=\${n# }
for size in $sizes; do
  i=\${n%% *}; n=\${n#* }
  eval "a=\\\${$i}"; f=./\${a#*/}
  if [ "\${a%%/*}" != "$size" ] || [ ! -f "$f" ]; then continue; fi
  case $f in
    *\\\\*|*'
'*) s=$(sha256sum <"$f") && printf '${token}S%s/%s' "\${s%% *}" "$f";;
    *) sums="$sums \\"./\\\${$i#*/}\\"";;
  esac
done
[ -n "$sums" ] || exit 0
printf '${token}H'
eval "sha256sum -- $sums"
exit 0`;
}

/** What is below a mount point is not listed: nobody is to touch it. */
function listing(token: string): string[] {
  const find = 'find . -xdev -mindepth 1';
  return [
    `printf ${token}D; ${find} -type d -print0 || exit 1`,
    `printf ${token}Y; ${find} -type l -print0 || exit 1`,
    `printf ${token}F; ${find} ! -type d ! -type l -print0 || exit 1`,
    `printf ${token}P; pwd -P; printf ${token}M; cat /proc/self/mounts 2>/dev/null; :`,
  ];
}

function nothingThere(stdout: Buffer): TreeLook {
  const said = stdout.toString('utf8');
  const base = said.slice(1);
  return {
    isThere: false,
    base,
    entries: new Map(),
    all: [],
    hasTar: said.startsWith('T'),
    closed: [],
    words: '',
  };
}

interface Draft {
  stat?: Seen['stat'];
  isLink?: boolean;
  linkTarget?: RawPath;
  sha256?: string;
}

/** The answer, cut at a word that no name can hold; a letter says what each part is. */
class Records {
  readonly #drafts = new Map<RawPath, Draft>();
  readonly #texts: Record<string, string> = {};
  readonly #closed: RawPath[] = [];
  #link = '';

  constructor(records: readonly string[]) {
    for (const record of records) this.#take(record.slice(0, 1), record.slice(1));
  }

  look(folder: string, words: string): TreeLook {
    const entries = new Map([...this.#drafts].map(([path, draft]) => [path, seenOf(draft)]));
    const texts = this.#texts;
    const hasTar = texts['T'] !== undefined;
    return { isThere: true, base: folder, entries, all: heldOf(texts), hasTar, closed: this.#closed, words };
  }

  #take(kind: string, text: string): void {
    if (kind === 'I') this.#stat(text);
    else if (kind === 'L') this.#note((this.#link = text), { isLink: true });
    else if (kind === 'G') this.#note(this.#link, { linkTarget: text });
    else if (kind === 'S') this.#note(text.slice(65), { sha256: text.slice(0, 64) });
    else if (kind === 'H') for (const line of text.split('\n').slice(0, -1)) this.#sum(line);
    else if (kind === 'X') this.#closed.push(text.slice(2));
    else this.#texts[kind] = text;
  }

  /** stat ends each answer with a newline of its own. */
  #stat(text: string): void {
    const line = text.indexOf('\n');
    const attributes = Buffer.from(text.slice(0, line + 1), 'latin1').toString('utf8');
    this.#note(text.slice(line + 1, -1), { stat: parseStat(attributes) });
  }

  #sum(line: string): void {
    this.#note(line.slice(66), { sha256: line.slice(0, 64) });
  }

  /** Each path begins with "./". */
  #note(name: string, more: Draft): void {
    const path = name.slice(2);
    this.#drafts.set(path, { ...this.#drafts.get(path), ...more });
  }
}

function seenOf({ stat, isLink = false, linkTarget, sha256 }: Draft): Seen {
  return {
    stat,
    isLink,
    ...(linkTarget === undefined ? {} : { linkTarget }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

function heldOf({ D = '', Y = '', F = '', P = '', M = '' }: Record<string, string>): Held[] {
  const mounts = new Set(M.split('\n').map((line) => unescaped(line.split(' ')[1] ?? '')));
  const home = P.replace(/\n$/, '').replace(/\/$/, '');
  const held = (text: string, kind: Held['kind']): Held[] => {
    const paths = text.split('\0').slice(0, -1).map((name) => name.slice(2)); // prettier-ignore
    return paths.map((path) => ({ path, kind, isMountPoint: mounts.has(`${home}/${path}`) }));
  };
  return [...held(D, 'directory'), ...held(Y, 'link'), ...held(F, 'file')];
}

/** The kernel writes blanks and backslashes in paths as \040 and so on. */
function unescaped(path: string): RawPath {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
