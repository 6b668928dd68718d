import { posix } from 'node:path';
import { quote } from './command.ts';
import type { PlacedAttributes, PlacedFile, Placement, RawPath } from './tree.ts';
import { WRONG_BYTES } from './write-files.ts';

const BATCH = 500;
/** What a new file gets: 0666 less the umask. */
const AS_NEW = '=rw';

const COPY = 'for a; do cp -RP -- "$0/f/${a%%/*}/." "${a#*/}/" || exit 1; done';
/**
 * A copy that keeps the times, and nothing else. tar gives the folder itself the mode of the one that it comes from:
 * that it is set-group-ID has to stay.
 */
const COPY_WITH_TIMES = `for a; do
  from=$0/f/\${a%%/*} to=\${a#*/}
  [ ! -g "$to" ] || chmod g+s -- "$from" || exit 1
  tar -C "$from" -cf - . | tar -xof - -C "$to" || exit 1
done`;
const LINK = 'for a; do ln -s -- "${a#*//}" "${a%%//*}" || exit 1; done';
const BACKUP = 'for f; do cp -p -- "$f" "$f$0" || exit 1; done';
const TOUCH = 'for a; do touch -d "@${a%%/*}" -- "${a#*/}" || exit 1; done';
/** Where folders are alike, what waits for a folder becomes its temporary folder. */
const TAKE = 'for a; do mv -- "$0/f/${a%%/*}" "${a#*/}" || exit 1; done';
/**
 * Whether a new file gets the same from all these folders as from the one that the archive was unpacked in: the group
 * (set-group-ID shows in the mode), security label and access list (a sign behind the mode, which only GNU's ls
 * shows), and the file system.
 */
const ALIKE = `alike() {
  ls --version 2>/dev/null | grep -q GNU || return 1
  if xargs -0 ls -ld -- "$t" <"$1" | grep -Eq '^d(.....[sS]|.........[^ ])'; then return 1; fi
  [ "$(xargs -0 stat -c %d -- "$t" <"$1" | sort -u | wc -l)" -eq 1 ]
}`;
/** One mv for all files of a folder; the shell picks them by number, so no path is read as text of a script. */
const MOVE = `i=0 d= c=
for f; do
  i=$((i+1))
  if [ "\${f%/*}" != "$d" ]; then
    [ -z "$c" ] || eval "mv -f -- $c \\"\\\${d%/*}/\\"" || exit 1
    c= d=\${f%/*}
  fi
  c="$c \\"\\\${$i}\\""
done
eval "mv -f -- $c \\"\\\${d%/*}/\\"" || exit 1`;

/** A file with the place where it waits in the archive: its folder's number and its name. */
export interface PlannedFile extends PlacedFile {
  readonly member: RawPath;
}

/** What is sent to a node to carry a {@link Placement} out. */
export interface PlacePlan {
  /** Paths for the steps of the script, too many for an argument list. */
  readonly lists: readonly Buffer[];
  readonly files: readonly PlannedFile[];
  /** `sum`: SHA-256 of all lists and then all files; `unpack`: the archive comes with the request. */
  readonly script: (sum: string, unpack: boolean) => string;
}

/**
 * The steps: make folders; bring the files into a temporary folder within each folder that they belong to, so that
 * they get from it what new files get there (group, security label, access list) and a rename never crosses file
 * systems; compare, set owner and mode; only then put them at their places. `temporary` is where the archive is
 * unpacked; it arrives beside that, in a folder whose name ends in `.part`.
 */
export function planPlacement(placement: Placement, temporary: string): PlacePlan {
  const { folder, base } = placement;
  const name = `${posix.basename(temporary)}.new`;
  const steps = new Steps();
  const files = plannedFiles(placement.files);
  const temps = temporaryFolders(placement, name);
  const made = placement.folders.map(({ path }) => path).filter((path) => path !== '');
  const madeList = steps.list([...made].reverse().map(local));
  const tempList = steps.list(temps);
  makeFolders(steps, placement, made);
  if (temps.length > 0) putThere(steps, { placement, files, name, tempList });
  setAttributes(
    steps,
    placement.attributes.map((entry) => ({ ...entry, at: local(entry.path) })),
  );
  const times = placement.attributes.filter(({ mtime }) => mtime !== undefined);
  steps.batch(
    times.map(({ path, mtime }) => `${mtime}/${local(path)}`),
    TOUCH,
  );
  steps.each(placement.surplus.map(local), 'rm -rf --');
  const makesFolder = placement.folders.some(({ path }) => path === '');
  const script = (sum: string, unpack: boolean): string =>
    [
      `t=${quote(temporary)} sum=${sum} lists='${[...steps.lists.keys()].join(' ')}' ok=`,
      // Nobody may be there any more to read what a shell says of its children: that must not end the cleaning.
      `clean() { trap '' HUP INT PIPE TERM; {`,
      `  if cd -- ${quote(folder)}; then`,
      `    xargs -0 rm -rf -- <${tempList}`,
      `    [ -n "$ok" ] || xargs -0 rmdir -- <${madeList}`,
      '  fi',
      ...(makesFolder ? [undoFolder(base, folder)] : []),
      '  rm -rf -- "$t"',
      // Why it has failed has been said before.
      '} 2>/dev/null; }',
      ALIKE,
      `trap clean EXIT; trap 'exit 1' HUP INT PIPE TERM`,
      unpack ? 'mkdir -m 700 -- "$t" || exit 1' : 'mv -- "$t.part" "$t" || exit 1',
      ...(unpack ? [`gzip -dc | ${unpacking(placement)} -C "$t" || exit 1`] : []),
      ...(makesFolder ? [`mkdir -p -- ${quote(folder)} || exit 1`] : []),
      `cd -- ${quote(folder)} || exit 1`,
      ...steps.lines,
      'ok=1; exit 0',
    ].join('\n');
  return { lists: steps.lists, files, script };
}

/** With the times of the source only where they are wanted. */
export function unpacking(placement: Placement): string {
  return hasTimes(placement) ? 'tar -xof -' : 'tar -xmof -';
}

function hasTimes({ files }: Placement): boolean {
  return files.some(({ mtime }) => mtime !== undefined);
}

function undoFolder(base: string, folder: string): string {
  return `  [ -n "$ok" ] || ( cd -- ${quote(base)} && rmdir -p -- ${quote(posix.relative(base, folder))} )`;
}

/** Lines of a script, each with a list of paths to work on. */
class Steps {
  readonly lists: Buffer[] = [];
  readonly lines: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** A file on the node with these paths, as a word for the script. */
  list(paths: readonly RawPath[]): string {
    const text = paths.map((path) => `${path}\0`).join('');
    const number = this.#numbers.get(text) ?? this.lists.push(Buffer.from(text, 'latin1')) - 1;
    this.#numbers.set(text, number);
    return `"$t/l/${number}"`;
  }

  line(text: string): void {
    this.lines.push(text);
  }

  /** Runs the command with the paths behind it. */
  each(paths: readonly RawPath[], command: string): void {
    if (paths.length > 0) this.line(`xargs -0 ${command} <${this.list(paths)} || exit 1`);
  }

  /** Runs the script with the paths as its arguments, `zero` as its name. */
  batch(paths: readonly RawPath[], script: string, zero = 'sh'): void {
    this.each(paths, `-n ${BATCH} /bin/sh -c ${quote(script)} ${zero}`);
  }
}

function makeFolders(steps: Steps, { inTheWay, folders }: Placement, made: readonly RawPath[]): void {
  steps.each(inTheWay.map(local), 'rm -rf --');
  steps.each(made.map(local), 'mkdir -p --');
  setAttributes(
    steps,
    folders.map((folder) => ({ ...folder, at: local(folder.path) })),
  );
}

interface Parts {
  readonly placement: Placement;
  readonly files: readonly PlannedFile[];
  /** Of the temporary folders. */
  readonly name: string;
  readonly tempList: string;
}

function putThere(steps: Steps, { placement, files, name, tempList }: Parts): void {
  const sources = new Map(files.map(({ path, member }) => [waiting(path, name), posix.dirname(member)]));
  const folders = new Map([...sources].map(([waits, source]) => [posix.dirname(waits), source]));
  const links = placement.links.map(({ path, target }) => ({ target, waits: waiting(path, name) }));
  const moves = [...folders].map(([folder, source]) => `${source}/${local(folder)}`);
  const homes = [...folders.keys()].map((folder) => local(posix.join(posix.dirname(folder), '.')));
  steps.line(`if alike ${steps.list(homes)}; then`);
  steps.batch(moves, TAKE, '"$t"');
  steps.line(`( umask 077; xargs -0 mkdir -p -- <${tempList} ) || exit 1`);
  steps.line('else');
  steps.line(`( umask 077; xargs -0 mkdir -- <${tempList} ) || exit 1`);
  steps.batch(moves, hasTimes(placement) ? COPY_WITH_TIMES : COPY, '"$t"');
  steps.line('fi');
  const contents =
    files.length === 0 ? '' : `xargs -0 cat -- <${steps.list([...sources.keys()].map(local))};`;
  steps.line(`s=$( { ( cd -- "$t/l" && cat $lists ); ${contents} } | sha256sum ) || exit 1`);
  steps.line(`[ "\${s%% *}" = "$sum" ] || exit ${WRONG_BYTES}`);
  steps.batch(
    links.map(({ waits, target }) => `./${waits}//${target}`),
    LINK,
  );
  setAttributes(steps, files.map(({ path, owner, mode = AS_NEW }) => ({ at: local(waiting(path, name)), owner, mode }))); // prettier-ignore
  const kept = placement.files.filter(({ backup }) => backup === true);
  steps.batch(
    kept.map(({ path }) => local(path)),
    BACKUP,
    '".$(date +%Y-%m-%d@%H:%M:%S)~"',
  );
  steps.batch([...sources.keys(), ...links.map(({ waits }) => waits)].map(local), MOVE);
}

/** First the owner: a change of owner clears the set-uid bits that a mode may ask for. */
function setAttributes(
  steps: Steps,
  entries: readonly (PlacedAttributes & { readonly at: RawPath })[],
): void {
  for (const tool of ['chown', 'chmod'] as const) {
    const byWord = new Map<string, RawPath[]>();
    for (const { at, owner, mode } of entries) {
      const word = tool === 'chown' ? owner : mode;
      if (word === undefined) continue;
      const paths = byWord.get(word);
      if (paths === undefined) byWord.set(word, [at]);
      else paths.push(at);
    }
    for (const [word, paths] of byWord) steps.each(paths, `${tool} -- ${quote(word)}`);
  }
}

function plannedFiles(files: readonly PlacedFile[]): PlannedFile[] {
  const byFolder = new Map<RawPath, PlacedFile[]>();
  for (const file of files) {
    const folder = posix.dirname(file.path);
    const beside = byFolder.get(folder);
    if (beside === undefined) byFolder.set(folder, [file]);
    else beside.push(file);
  }
  return [...byFolder.values()].flatMap((inside, number) =>
    inside.map((file) => ({ ...file, member: `${number}/${posix.basename(file.path)}` })),
  );
}

function temporaryFolders({ files, links }: Placement, name: string): RawPath[] {
  return [...new Set([...files, ...links].map(({ path }) => local(posix.dirname(waiting(path, name)))))];
}

/** Where a file waits until all of them are there: in a temporary folder of its own folder. */
function waiting(path: RawPath, name: string): RawPath {
  return posix.join(posix.dirname(path), name, posix.basename(path));
}

function local(path: RawPath): RawPath {
  return `./${path}`;
}
