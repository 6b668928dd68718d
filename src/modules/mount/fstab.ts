/** A line of fstab, nothing escaped. */
export interface FstabEntry {
  readonly src: string;
  readonly path: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: string;
  readonly passno: string;
}

/** Reads a line; undefined: a comment, or none. */
export function readFstabLine(line: string): FstabEntry | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [src, path, fstype, opts = 'defaults', dump = '0', passno = '0'] = line
    .trim()
    .split(/\s+/)
    .map(unescaped);
  if (src === undefined || path === undefined || fstype === undefined) return undefined;
  return { src, path, fstype, opts, dump, passno };
}

/** The file with this entry as the only one of its path, or without that path. */
export function editedFstab(text: string, path: string, entry: FstabEntry | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const mine = lines.flatMap((line, i) => (isFor(readFstabLine(line), path, entry) ? [i] : []));
  if (entry === undefined)
    return mine.length === 0 ? text : joined(lines.filter((_, i) => !mine.includes(i)));
  const [first] = mine;
  if (first === undefined) return joined([...lines, lineOf(entry)]);
  const now = readFstabLine(lines[first] ?? '');
  if (mine.length === 1 && now !== undefined && lineOf(now) === lineOf(entry)) return text;
  const kept = lines.map((line, i) => (i === first ? lineOf(entry) : line));
  return joined(kept.filter((_, i) => i === first || !mine.includes(i)));
}

/** Several swap areas have the same "path". */
function isFor(found: FstabEntry | undefined, path: string, entry: FstabEntry | undefined): boolean {
  if (found?.path !== path) return false;
  return path !== 'none' || entry === undefined || found.src === entry.src;
}

function lineOf({ src, path, fstype, opts, dump, passno }: FstabEntry): string {
  return [src, path, fstype, opts, dump, passno].map(escaped).join(' ');
}

function escaped(word: string): string {
  return word.replace(/[\\ \t\n#]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** As fstab and the kernel's list of mounts write blanks. */
export function unescaped(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
