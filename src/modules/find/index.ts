import { posix } from 'node:path';
import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';
import { oneOf, requiredOf } from '../aliases.ts';
import { defineModule } from '../define.ts';
import { refuseRelative } from '../destination.ts';
import { resolveMode } from '../mode.ts';
import { fromBeginning, matchingLines } from '../regex.ts';
import type { Bound, FindArgs } from './args.ts';
import { ageBound, findArgs, sizeBound } from './args.ts';
import { checksums, containing } from './content.ts';
import type { Entry, Walked } from './walk.ts';
import { walk } from './walk.ts';

const file = z.strictObject({
  path: z.string().describe('Its path.'),
  mode: z.string().describe('Mode, four octal digits.'),
  isdir: z.boolean().describe('It is a folder.'),
  isreg: z.boolean().describe('It is a file.'),
  islnk: z.boolean().describe('It is a symbolic link.'),
  uid: z.int().describe('Number of its owner.'),
  gid: z.int().describe('Number of its group.'),
  pw_name: z.string().describe('Name of its owner.'),
  gr_name: z.string().describe('Name of its group.'),
  size: z.int().describe('Size in bytes.'),
  inode: z.int().describe('Number of its inode.'),
  nlink: z.int().describe('How many names it has.'),
  atime: z.int().describe('When it was read last, in seconds since 1970.'),
  mtime: z.int().describe('When its content changed last.'),
  ctime: z.int().describe('When its attributes changed last.'),
  checksum: z.string().optional().describe('Checksum of a file, where get_checksum is set.'),
});

/** What lies in folders of a node. */
export const module = defineModule({
  name: 'find',
  summary: 'Find files and folders by name, age, size, mode and content',
  args: findArgs,
  returns: z.strictObject({
    files: z.array(file).describe('What was found, by path.'),
    matched: z.int().describe('How many.'),
    skipped_paths: z.record(z.string(), z.string()).describe('Paths that could not be looked into, and why.'),
  }),
  notes: [
    'One request for all of it; one more with contains, and with get_checksum. find, stat and grep of the node do the ' +
      'work: contains is an expression of grep -E (\\d, \\s and \\w are understood), use_regex one of JavaScript.',
    'As in Ansible, a folder whose name begins with a dot is looked into also where hidden is false. Left out: ' +
      'examined, read_whole_file, encoding; the checksum is SHA-256 unless asked otherwise, as everywhere here.',
  ],
  examples: `- name: Logs older than two weeks
  find: { paths: /data/oms/logs, patterns: "*.log,*.gz", age: 2w, recurse: true }
  register: old

- file: { path: "{{item.path}}", state: absent }
  loop: "{{old.files}}"
`,
  async check(node, given) {
    const roots = requiredOf({ paths: given.paths, path: given.path, name: given.name });
    roots.forEach(refuseRelative);
    const { patterns, excludes } = namesOf(given);
    const { use_regex, recurse, depth, follow, hidden, file_type, limit } = given;
    const walked = await walk(node, {
      ...{ roots, follow, hidden, type: file_type, depth: recurse ? depth : 1 },
      names: use_regex ? undefined : patterns,
      excludes: use_regex ? [] : excludes,
    });
    const byName = use_regex ? matchingNames(walked.entries, patterns, excludes) : walked.entries;
    const fitting = unique(byName.filter(fits(given, walked.now)));
    const holding = await withContent(node, fitting, given);
    const files = await described(node, holding.slice(0, limit ?? holding.length), given);
    return {
      changes: [],
      result: { files, matched: files.length, ...skippedOf(walked) },
      ...warningsOf(walked),
    };
  },
  apply: () => Promise.reject(new Error('find changes nothing')),
});

function namesOf(given: FindArgs): {
  readonly patterns: readonly string[] | undefined;
  readonly excludes: readonly string[];
} {
  return {
    patterns: oneOf({ patterns: given.patterns, pattern: given.pattern }),
    excludes: oneOf({ excludes: given.excludes, exclude: given.exclude }) ?? [],
  };
}

function matchingNames(
  entries: readonly Entry[],
  patterns: readonly string[] | undefined,
  excludes: readonly string[],
): readonly Entry[] {
  const names = entries.map(({ path }) => posix.basename(path));
  const matching = (regexes: readonly string[], argument: string): ReadonlySet<number> =>
    new Set(regexes.flatMap((regex) => matchingLines(fromBeginning(regex), names, argument)));
  const wanted = patterns === undefined ? undefined : matching(patterns, 'patterns');
  const unwanted = matching(excludes, 'excludes');
  return entries.filter((_, i) => wanted?.has(i) !== false && !unwanted.has(i));
}

function fits(given: FindArgs, now: number): (entry: Entry) => boolean {
  const { file_type, age_stamp, mode, exact_mode } = given;
  const [age, size] = [ageBound(given.age), sizeBound(given.size)];
  const bits = mode === undefined ? undefined : modeBits(mode);
  return (entry) => {
    if (file_type !== 'any' && entry.type !== file_type) return false;
    if (age !== undefined && !within(age, now - entry[age_stamp])) return false;
    if (size !== undefined && entry.type === 'file' && !within(size, entry.size)) return false;
    if (bits === undefined) return true;
    const has = parseInt(entry.mode, 8);
    return exact_mode ? has === bits : (has & bits) === bits;
  };
}

function within({ least, amount }: Bound, value: number): boolean {
  return least ? value >= amount : value <= amount;
}

/** Symbolic modes start from nothing here: "u=rw" is 0600. */
function modeBits(mode: string): number {
  return parseInt(resolveMode(mode, '0000', false), 8);
}

/** A folder that was named twice, or within another one, is not found twice. */
function unique(entries: readonly Entry[]): readonly Entry[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function withContent(
  node: NodeReader,
  entries: readonly Entry[],
  { contains }: FindArgs,
): Promise<readonly Entry[]> {
  if (contains === undefined) return entries;
  const files = entries.filter(({ type }) => type === 'file').map(({ path }) => path);
  const found = await containing(node, files, contains);
  return entries.filter(({ path }) => found.has(path));
}

async function described(
  node: NodeReader,
  entries: readonly Entry[],
  { get_checksum, checksum_algorithm }: FindArgs,
): Promise<z.output<typeof file>[]> {
  const files = get_checksum ? entries.filter(({ type }) => type === 'file') : [];
  const sums = await checksums(node, files.map(({ path }) => path), checksum_algorithm); // prettier-ignore
  return entries.map((entry) => {
    const { type, owner, group, ...rest } = entry;
    const checksum = sums[files.indexOf(entry)];
    const kinds = { isdir: type === 'directory', isreg: type === 'file', islnk: type === 'link' };
    return {
      ...rest,
      ...kinds,
      pw_name: owner,
      gr_name: group,
      ...(checksum === undefined ? {} : { checksum }),
    };
  });
}

function skippedOf({ skipped }: Walked): { readonly skipped_paths: Record<string, string> } {
  return { skipped_paths: Object.fromEntries(skipped.map((path) => [path, 'not a directory'])) };
}

function warningsOf({ words, skipped }: Walked): { readonly warnings?: readonly string[] } {
  const warnings = [
    ...skipped.map((path) => `${path} is not a directory`),
    ...(words === '' ? [] : [words.split('\n')[0] ?? '']),
  ];
  return warnings.length === 0 ? {} : { warnings };
}
