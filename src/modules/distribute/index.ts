import { stat } from 'node:fs/promises';
import { basename, posix } from 'node:path';
import * as z from 'zod';
import type { Change, ValueRow } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { FileStat, NodeReader, NodeWriter } from '../../transport/node.ts';
import { differences, mustRun, rowsInWords, setAttributes } from '../attributes.ts';
import type { AnyModule, Check } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { locate } from '../destination.ts';
import { sizeText } from '../docker/names.ts';
import { distributionArgs } from '../distribution/args.ts';
import type { DigestReader } from '../distribution/digest-file.ts';
import { createDigestReader } from '../distribution/digest-file.ts';
import { leftOvers, removeLeftOvers } from '../distribution/left-overs.ts';
import { distributionOf } from '../distribution/region.ts';
import { shareFile } from '../distribution/share.ts';
import { fileMode, resolveMode } from '../mode.ts';

const { seeds, bandwidth } = distributionArgs;
const args = z.strictObject({
  src: z
    .string()
    .min(1)
    .describe('File of the controller, searched in files/ of the role, then beside the playbook.'),
  dest: z
    .string()
    .describe('Absolute path on the node. A folder, or a path that ends in /, gets a file of the same name.')
    .meta({ absolute: true }),
  mode: fileMode
    .optional()
    .describe('Mode, quoted octal ("0644") or symbolic. Without it: as it is now; 0644 when new.'),
  owner: z.string().min(1).optional().describe('User that owns it, by name or number.'),
  group: z.string().min(1).optional().describe('Group that owns it, by name or number.'),
  distribution: z
    .enum(['chain', 'copy'])
    .default('chain')
    .describe(
      'chain: over the border of a region once, then from node to node; copy: from the controller to each node.',
    ),
  seeds,
  bandwidth,
});
type Args = z.output<typeof args>;

const returns = z.strictObject({
  dest: z.string().describe('Path of the file on the node.'),
  size: z.int().describe('Its size in bytes.'),
  checksum: z
    .string()
    .optional()
    .describe('SHA-256 of its content; missing in check mode where it is not there yet.'),
});
type Result = z.output<typeof returns>;

interface Found {
  readonly path: string;
  readonly missingFolder: string | undefined;
  readonly before: FileStat | undefined;
  /** Only mode and owners are to be set. */
  readonly rows: readonly ValueRow[] | undefined;
}

/** The module, given how files are read. */
export function distribute(digest: DigestReader): AnyModule {
  return defineModule<typeof args, typeof returns, Found>({
    name: 'distribute',
    summary: 'Bring a large file to many nodes, over the border of each region once',
    args,
    returns,
    inputs: { src: 'file' },
    examples: `- name: The base data, 12 GB
  distribute:
    src: /data/packages/base.tar
    dest: /data/import/
    mode: "0640"
    owner: admin
    bandwidth: 50M
`,
    check: async (node, given) => {
      const [found, left] = await Promise.all([
        distributionOf(node).holders.looking(node.region, check(node, given, digest)),
        leftOvers(node),
      ]);
      return { ...found, changes: [...left, ...found.changes] };
    },
    apply: async (node, given, { state, changes }) => {
      await removeLeftOvers(node, changes);
      return apply(node, given, state, digest);
    },
  });
}

/** One file on many nodes: each region gets it once, then its nodes have it from each other. */
export const module = distribute(createDigestReader());

async function check(node: NodeReader, given: Args, digest: DigestReader): Promise<Check<Result, Found>> {
  const size = await localSize(given.src);
  const place = await locate(node, given.dest, { name: basename(given.src), checksumAtOnce: false });
  const { path, stat: before, missingFolder } = place;
  const state: Found = { path, missingFolder, before, rows: undefined };
  if (before === undefined)
    return { changes: changesForNew(given, state, size), result: { dest: path, size }, state };
  if (before.type !== 'file') {
    throw new ModuleError({
      message: `${path} is no file (${before.type}), and a file is to take its place`,
    });
  }
  // Different sizes spare reading a large file on both sides.
  const sums = before.size === size ? await Promise.all([digest(given.src), place.checksum()]) : undefined;
  const rows = differences(before, given);
  if (sums === undefined || sums[0].sha256 !== sums[1]) return { ...replaced(state, size, rows), state };
  const { sha256 } = sums[0];
  distributionOf(node).holders.remember(node.region, sha256, node.name, () => Promise.resolve(path));
  const changes =
    rows.length === 0 ? [] : [{ subject: path, summary: rowsInWords(rows), diff: diffOf(rows) }];
  return { changes, result: { dest: path, size, checksum: sha256 }, state: { ...state, rows } };
}

function changesForNew(given: Args, { path, missingFolder }: Found, size: number): Change[] {
  const owners = [given.owner, given.group].filter((name) => name !== undefined).join(':');
  const mode = resolveMode(given.mode ?? '0644', '0644', false);
  const summary = `absent → ${sizeText(size)}, ${mode}${owners === '' ? '' : ` of ${owners}`}`;
  const folder =
    missingFolder === undefined ? [] : [{ subject: missingFolder, summary: 'absent → directory' }];
  return [...folder, { subject: path, summary, diff: diffOf([{ name: 'size', before: null, after: size }]) }];
}

function replaced(
  { path, before }: Found,
  size: number,
  rows: readonly ValueRow[],
): { changes: Change[]; result: Result } {
  const words = [`content ${sizeText(before?.size ?? 0)} → ${sizeText(size)}`, rowsInWords(rows)];
  const summary = words.filter((word) => word !== '').join(', ');
  const all = [{ name: 'size', before: before?.size ?? null, after: size }, ...rows];
  return { changes: [{ subject: path, summary, diff: diffOf(all) }], result: { dest: path, size } };
}

function diffOf(rows: readonly ValueRow[]): NonNullable<Change['diff']> {
  return { kind: 'values', rows };
}

async function apply(
  node: NodeWriter,
  given: Args,
  found: Found | undefined,
  digest: DigestReader,
): Promise<Result> {
  if (found === undefined) throw new Error('distribute: apply without what check found');
  const { path, missingFolder, before, rows } = found;
  const file = await digest(given.src);
  const result = { dest: path, size: file.size, checksum: file.sha256 };
  if (rows !== undefined) {
    await setAttributes(node, path, rows);
    return result;
  }
  if (missingFolder !== undefined) {
    await mustRun(node, sh`mkdir -p -- ${missingFolder}`, `could not make the folder ${missingFolder}`);
  }
  const mode = resolveMode(given.mode ?? before?.mode ?? '0644', before?.mode ?? '0644', false);
  const [owner, group] = [given.owner ?? before?.owner, given.group ?? before?.group];
  const who = { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) };
  await requireFolder(node, posix.dirname(path));
  await shareFile(node, { ...given, file }, path, { mode, ...who });
  return result;
}

async function requireFolder(node: NodeWriter, folder: string): Promise<void> {
  if ((await node.stat(folder, { follow: true }))?.type === 'directory') return;
  const hint = 'Make it with the module file first, or end dest with / to have it made.';
  throw new ModuleError({ message: `the folder ${folder} is not there on ${node.name}`, hint });
}

async function localSize(src: string): Promise<number> {
  try {
    const local = await stat(src);
    if (local.isFile()) return local.size;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ModuleError({ message: `src cannot be read on the controller: ${src} (${code})` });
  }
  throw new ModuleError({ message: `src is no file: ${src}`, hint: 'The module copy brings folders.' });
}
