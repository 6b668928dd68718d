/** What a node has answered, by sections and by files. */
export interface Answer {
  /** Sections in the order in which they came. */
  readonly sections: readonly Section[];
  /** The text of the first section of that name; undefined: there is none. */
  section(name: string): string | undefined;
  /** The lines of a file; none where it is not there. */
  lines(path: string): readonly string[];
  /** Its first line that is not empty, trimmed; undefined: it has none. */
  line(path: string): string | undefined;
  /** The files whose paths match. */
  files(pattern: RegExp): readonly (readonly [string, readonly string[]])[];
  /** Whether the path is there; for paths that were asked for. */
  has(path: string): boolean;
  /** The paths that are there and match. */
  paths(pattern: RegExp): readonly string[];
}

/** A part of the answer under its name. */
export interface Section {
  readonly name: string;
  readonly text: string;
}

/** What stands in front of a section's name: no text that a file holds begins a line so. */
const MARK = '\n\x1e';

/** Takes apart what the script of script.ts has printed; undefined: it did not come to its end. */
export function readAnswer(output: string): Answer | undefined {
  const parts = output.split(MARK).slice(1).map(sectionOf);
  if (parts.at(-1)?.name !== 'end') return undefined;
  const textOf = (name: string): string | undefined => parts.find((part) => part.name === name)?.text;
  const files = filesOf([textOf('files') ?? '', textOf('lines') ?? ''].join('\n'));
  const there = new Set((textOf('paths') ?? '').split('\n').filter((path) => path !== ''));
  const lines = (path: string): readonly string[] => files.get(path) ?? [];
  return {
    sections: parts,
    section: textOf,
    lines,
    line: (path) =>
      lines(path)
        .map((line) => line.trim())
        .find((line) => line !== ''),
    files: (pattern) => [...files].filter(([path]) => pattern.test(path)),
    has: (path) => there.has(path),
    paths: (pattern) => [...there].filter((path) => pattern.test(path)),
  };
}

function sectionOf(part: string): Section {
  const end = part.indexOf('\n');
  return end === -1 ? { name: part, text: '' } : { name: part.slice(0, end), text: part.slice(end + 1) };
}

/** `path:line` for each line of each file, as grep prints them. */
function filesOf(text: string): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const path = line.slice(0, colon);
    const known = files.get(path);
    if (known === undefined) files.set(path, [line.slice(colon + 1)]);
    else known.push(line.slice(colon + 1));
  }
  return files;
}
