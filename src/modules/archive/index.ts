import { posix } from 'node:path';
import * as z from 'zod';
import type { Change, Diff } from '../../model/result.ts';
import { script, sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { wordList } from '../aliases.ts';
import { differences, mustRun, rowsInWords, setAttributes } from '../attributes.ts';
import { contentArgs, contentMode } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import { refuseRelative } from '../destination.ts';
import { compareArchive } from '../packing/compare.ts';
import type { Packing } from './pack.ts';
import { FORMATS, packCommand, UNPACKERS } from './pack.ts';
import type { Sources } from './sources.ts';
import { expand, membersOf, refuseInside } from './sources.ts';

const { owner, group } = contentArgs;

const args = z.strictObject({
  path: wordList().describe('Absolute paths or globs on the node of what is archived.'),
  dest: z
    .string()
    .optional()
    .describe(
      'Absolute path of the archive on the node. Without it, for one file only: its path with the format behind.',
    ),
  format: z.enum(FORMATS).default('gz').describe('How it is packed; bz2, gz and xz are a packed tar.'),
  exclude_path: wordList().default([]).describe('Paths or globs that are left out of what path matches.'),
  exclusion_patterns: wordList()
    .default([])
    .describe('Globs of names within the archive that are left out; * stops at no /.'),
  force_archive: z
    .boolean()
    .default(false)
    .describe('Whether a single file becomes an archive too, instead of being only packed.'),
  remove: z.boolean().default(false).describe('Whether what was archived is taken away.'),
  mode: contentMode,
  owner,
  group,
});

type Args = z.output<typeof args>;

interface Found {
  readonly packing: Packing;
  readonly pack: boolean;
  readonly members: readonly string[];
}

/** An archive of files of the node, on the node. */
export const module = defineModule({
  name: 'archive',
  summary: 'Make an archive of files and folders of the node',
  args,
  inOrder: true,
  returns: z.strictObject({
    dest: z.string().describe('Path of the archive.'),
    dest_state: z
      .enum(['archive', 'compress', 'absent'])
      .describe('What it is: an archive, a packed file, or not there.'),
    arcroot: z.string().describe('The folder that names in the archive are below.'),
    archived: z.array(z.string()).describe('Names in the archive.'),
    expanded_paths: z.array(z.string()).describe('What path matches.'),
    missing: z.array(z.string()).describe('Those of path that match nothing.'),
  }),
  notes: [
    'An archive that is there is unpacked beside (in $TMPDIR of the node, else /tmp) and compared, in check mode too; it ' +
      'is made anew only when a file, a name, a link or a mode differs. It is there whole or not at all.',
    'Unlike in Ansible: dest must not be in what is archived, and remove does not go with exclusion_patterns, since ' +
      'what was left out would be taken away too. With exclusion_patterns the node needs GNU tar, or zip.',
  ],
  examples: `- name: Logs of the day, and then away with them
  archive: { path: /data/oms/logs/*.log.1, dest: /backup/logs.tgz, remove: true }
`,
  async check(node, given) {
    const sources = await expand(node, given.path, given.exclude_path);
    const packing = await packingOf(node, given, sources);
    const { dest, before } = packing;
    if (sources.paths.length === 0) return nothing(packing, given);
    if (before !== undefined && before.type !== 'file')
      throw new ModuleError({ message: `${dest} is no file (${before.type})` });
    const members = await membersOf(node, sources, packing.patterns);
    const why = await whyPack(node, packing, members);
    const rows = before === undefined ? [] : differences(before, given);
    const found: Found = { packing, pack: why !== undefined || given.remove, members };
    const change: Change[] =
      why !== undefined
        ? [{ subject: dest, summary: why.summary, diff: why.diff }]
        : rows.length > 0
          ? [{ subject: dest, summary: rowsInWords(rows), diff: { kind: 'values', rows } }]
          : [];
    const gone = given.remove
      ? sources.paths.map(({ path }) => ({ subject: path, summary: 'there → absent' }))
      : [];
    return { changes: [...change, ...gone], result: resultOf(found), state: found };
  },
  async apply(node, given, { state }: { readonly state?: Found }) {
    if (state === undefined) throw new Error('archive: apply without what check found');
    const { packing, pack } = state;
    const { dest, before } = packing;
    if (pack) await mustRun(node, packCommand(packing), `could not make ${dest}`);
    else if (before !== undefined) await setAttributes(node, dest, differences(before, given));
    return resultOf(state);
  },
});

async function packingOf(node: NodeReader, given: Args, sources: Sources): Promise<Packing> {
  const { format, force_archive, remove, exclusion_patterns: patterns, mode, owner, group } = given;
  const [first, second] = sources.paths;
  const single = first !== undefined && second === undefined && first.isFile;
  const dest =
    given.dest ??
    (given.path.length === 1 && (single || first === undefined) ? `${given.path[0]}.${format}` : undefined);
  if (dest === undefined) {
    throw new ModuleError({
      message: 'dest is missing',
      hint: 'Only the archive of a single file has a name without it.',
    });
  }
  if (remove && patterns.length > 0) {
    throw new ModuleError({
      message: 'remove does not go with exclusion_patterns',
      hint: 'What was left out would be gone too.',
    });
  }
  refuseRelative(dest);
  refuseInside(dest, sources);
  const alone = single && !force_archive && format !== 'zip' && format !== 'tar' && patterns.length === 0;
  const before = await node.stat(dest, { follow: true });
  return { dest, format, sources, alone, patterns, attributes: { mode, owner, group }, before, remove };
}

/** What was archived and taken away by an earlier run. */
function nothing(packing: Packing, { path }: Args) {
  if (packing.before === undefined) {
    throw new ModuleError({
      message: `there is nothing to archive: ${path.join(', ')}`,
      hint: 'Is the path right?',
    });
  }
  return { changes: [], result: resultOf({ packing, pack: false, members: [] }) };
}

interface Why {
  readonly summary: string;
  readonly diff: Diff;
}

/** undefined: the archive that is there is right. */
async function whyPack(
  node: NodeReader,
  packing: Packing,
  members: readonly string[],
): Promise<Why | undefined> {
  const { dest, before, alone, format, sources } = packing;
  const rows = (names: readonly string[], word: string) =>
    names.slice(0, 20).map((name) => ({ name, before: null, after: word }));
  if (before === undefined) {
    return {
      summary: `absent → ${format} of ${members.length}`,
      diff: { kind: 'values', rows: rows(members, 'new') },
    };
  }
  if (alone && format !== 'zip' && format !== 'tar') {
    const [file] = sources.paths;
    const same = await node.query(
      sh`${script(UNPACKERS[format])} <${dest} 2>/dev/null | cmp -s - ${file?.path ?? ''}`,
    );
    return same.exitCode === 0
      ? undefined
      : { summary: 'content', diff: { kind: 'values', rows: rows(members, 'content') } };
  }
  const differing = await differingNames(node, packing, members);
  if (differing === undefined)
    return { summary: 'no archive → archive', diff: { kind: 'values', rows: rows(members, 'new') } };
  if (differing.length === 0) return undefined;
  return {
    summary: `${differing.length} differ`,
    diff: { kind: 'values', rows: rows(differing, 'differs') },
  };
}

/** undefined: what is there cannot be unpacked. */
async function differingNames(
  node: NodeReader,
  { dest, sources }: Packing,
  members: readonly string[],
): Promise<readonly string[] | undefined> {
  const unpacking = { src: dest, include: [], exclude: [], options: [], own: false };
  const found = await compareArchive(node, unpacking, sources.root).catch((error: unknown) => error);
  if (found instanceof ModuleError) return undefined;
  if (found instanceof Error || typeof found !== 'object' || found === null) throw found;
  const { wanted: packed, there, differing } = found as Awaited<ReturnType<typeof compareArchive>>;
  const names = new Set(members);
  const implied = new Set(members.flatMap(foldersAbove));
  const modes = [...packed].filter(
    ([path, stat]) => stat.type === 'file' && there.get(path)?.mode !== stat.mode,
  );
  const surplus = [...packed.keys()].filter((path) => !names.has(path) && !implied.has(path));
  const lacking = members.filter((path) => !packed.has(path));
  return [...new Set([...differing.keys(), ...surplus, ...lacking, ...modes.map(([path]) => path)])].sort();
}

function foldersAbove(path: string): readonly string[] {
  const above = posix.dirname(path);
  return above === '.' ? [] : [above, ...foldersAbove(above)];
}

function resultOf({ packing, members }: Found) {
  const { dest, sources, alone, before } = packing;
  const none = sources.paths.length === 0 && before === undefined;
  return {
    dest,
    dest_state: none ? ('absent' as const) : alone ? ('compress' as const) : ('archive' as const),
    arcroot: sources.root,
    archived: [...members],
    expanded_paths: sources.paths.map(({ path }) => path),
    missing: [...sources.missing],
  };
}
