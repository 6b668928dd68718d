import { posix } from 'node:path';
import { script, sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { mustQuery } from '../attributes.ts';
import { globText } from '../command/execution.ts';
import { ModuleError } from '../define.ts';
import { refuseRelative } from '../destination.ts';

/** What is to be archived. */
export interface Sources {
  /** Absolute paths, each once, in order. */
  readonly paths: readonly { readonly path: string; readonly isFile: boolean }[];
  /** Patterns that match nothing. */
  readonly missing: readonly string[];
  /** The folder that all of them are in; names in the archive are below it. */
  readonly root: string;
}

/** What the patterns match on the node, without what the others match. */
export async function expand(
  node: NodeReader,
  patterns: readonly string[],
  excludes: readonly string[],
): Promise<Sources> {
  [...patterns, ...excludes].forEach(refuseRelative);
  const part = (word: string, i: number, pattern: string): string =>
    `for p in ${globText(pattern)}; do if [ -L "$p" ] || [ -d "$p" ]; then k=o; elif [ -e "$p" ]; then k=f; else continue; fi; printf '%s\\0' "${word}${i}$k$p"; done`;
  const text = [...patterns.map((p, i) => part('i', i, p)), ...excludes.map((p, i) => part('x', i, p))].join(
    '\n',
  );
  const command = { text, shown: sh`ls -d ${[...patterns]}`.shown };
  const found = (await mustQuery(node, command, 'could not look for what is to be archived')).split('\0');
  const records = found.flatMap((record) => {
    const match = /^([ix])(\d+)([of])([\s\S]*)$/.exec(record);
    return match === null
      ? []
      : [{ word: match[1], i: Number(match[2]), isFile: match[3] === 'f', path: match[4] ?? '' }];
  });
  const out = new Set(records.filter(({ word }) => word === 'x').map(({ path }) => path));
  const wanted = records.filter(({ word, path }) => word === 'i' && !out.has(path));
  const paths = [...new Map(wanted.map(({ path, isFile }) => [path, { path, isFile }])).values()];
  return {
    paths: paths.sort((a, b) => (a.path < b.path ? -1 : 1)),
    missing: patterns.filter((_, i) => !records.some((record) => record.word === 'i' && record.i === i)),
    root: rootOf(paths.map(({ path }) => path)),
  };
}

/** As in Ansible: a path that ends in / is the folder itself. */
function rootOf(paths: readonly string[]): string {
  const folders = paths.map((path) =>
    (path.endsWith('/') ? path.slice(0, -1) : posix.dirname(path)).split('/'),
  );
  const [first = []] = folders;
  const common = first.findIndex((part, i) => folders.some((folder) => folder[i] !== part));
  const parts = common < 0 ? first : first.slice(0, common);
  return parts.join('/') || '/';
}

/** The names below the root, as words that no tool takes for an option. */
export function namesBelow({ paths, root }: Sources): readonly string[] {
  return paths.map(({ path }) => {
    const name = posix.relative(root, path.replace(/(.)\/+$/, '$1'));
    return name === '' ? '.' : name.startsWith('-') ? `./${name}` : name;
  });
}

/** Refuses an archive that would hold itself. */
export function refuseInside(dest: string, { paths }: Sources): void {
  const around = paths.find(({ path }) => dest === path || dest.startsWith(`${path.replace(/\/+$/, '')}/`));
  if (around === undefined) return;
  throw new ModuleError({
    message: `dest is in what is archived: ${dest} in ${around.path}`,
    hint: 'Put the archive somewhere else.',
  });
}

/** All names below the root that go into the archive; those of patterns are left out. */
export async function membersOf(
  node: NodeReader,
  sources: Sources,
  patterns: readonly string[],
): Promise<readonly string[]> {
  const list = sh`cd -- ${sources.root} && ${findText(sources, patterns)} -print0`;
  const found = await mustQuery(node, list, 'could not list what is to be archived');
  const names = found.split('\0').slice(0, -1).map((name) => name.replace(/^\.\//, '')); // prettier-ignore
  return names.filter((name) => name !== '.').sort();
}

/** find with everything but the action. */
export function findText(sources: Sources, patterns: readonly string[]): ReturnType<typeof sh> {
  const without = patterns.map((pattern) => sh`! -path ${pattern} ! -path ${`./${pattern}`}`.text).join(' ');
  return sh`find ${[...namesBelow(sources)]} ${script(without)}`;
}
