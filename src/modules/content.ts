import * as z from 'zod';
import type { Change, Diff, ValueRow } from '../model/result.ts';
import { sh } from '../transport/command.ts';
import type { FileStat, NodeReader, NodeWriter, WriteOptions } from '../transport/node.ts';
import type { Attributes } from './attributes.ts';
import { differences, mustRun, rowsInWords, setAttributes } from './attributes.ts';
import { ModuleError } from './define.ts';
import type { Place } from './destination.ts';
import { fileMode, resolveMode } from './mode.ts';
import { makeBackup, writeValidated } from './replace.ts';
import type { Source } from './source.ts';
import { LARGE, send, sha256Of, shortText, sizeOf, textOfBytes } from './source.ts';

/** Content below this size is within the request that writes it. */
const SMALL = 64 * 1024;
/** What symbolic modes of a new file start from. */
const USUAL_MODE = '0644';

/** Arguments of every module that puts a file on the node. */
export const contentArgs = {
  owner: z.string().min(1).optional().describe('User that owns it, by name or number.'),
  group: z.string().min(1).optional().describe('Group that owns it, by name or number.'),
  backup: z
    .boolean()
    .default(false)
    .describe('Whether the old file is kept beside it, with the time in its name.'),
  force: z.boolean().default(true).describe('false: a file that is there already is left as it is.'),
  in_place: z
    .boolean()
    .default(false)
    .describe(
      'Rewrite the file that is there instead of replacing it: for one that is mounted into a container.',
    ),
  validate: z
    .string()
    .optional()
    .describe('Command that must accept the new file before it takes its place; %s is its path.'),
};

/** Schema of `mode` for files whose content is put there. */
export const contentMode = fileMode
  .optional()
  .describe(
    'Mode, quoted octal ("0644") or symbolic. Without it: as it is now; a new file as the node makes them.',
  );

/** What register keeps of a file that was put there. */
export const contentResult = {
  dest: z.string().describe('Path of the file on the node.'),
  checksum: z.string().optional().describe('SHA-256 of its content.'),
  size: z.int().optional().describe('Its size in bytes.'),
  mode: z.string().optional().describe('Its mode, four octal digits.'),
  owner: z.string().optional().describe('Its owner.'),
  group: z.string().optional().describe('Its group.'),
  backup_file: z.string().optional().describe('Path of the old file, where backup is set and there was one.'),
};

export type ContentResult = z.output<z.ZodObject<typeof contentResult>>;

/** A file that is to be on the node. */
export interface WantedFile extends Attributes {
  readonly source: Source;
  readonly backup: boolean;
  readonly force: boolean;
  readonly in_place: boolean;
  readonly validate?: string | undefined;
}

/** What was found about a {@link WantedFile}; nothing is to be done where there are no changes. */
export interface FoundFile {
  readonly path: string;
  readonly missingFolder?: string | undefined;
  readonly wanted: WantedFile;
  readonly before: FileStat | undefined;
  readonly rewrite: boolean;
  readonly sha256: string | undefined;
  readonly rows: readonly ValueRow[];
  readonly changes: readonly Change[];
}

/** Compares what is at the place with the wanted file. */
export async function checkContent(
  node: Pick<NodeReader, 'readFile'>,
  wanted: WantedFile,
  place: Place,
): Promise<FoundFile> {
  const { path, stat: before, missingFolder } = place;
  const base = { path, wanted, before, rewrite: false, sha256: undefined, rows: [], changes: [] };
  if (before === undefined) {
    const folders =
      missingFolder === undefined ? [] : [{ subject: missingFolder, summary: 'absent → directory' }];
    return { ...base, missingFolder, rewrite: true, changes: [...folders, await newFile(path, wanted)] };
  }
  if (before.type !== 'file') {
    throw new ModuleError({
      message: `${path} is no file (${before.type}), and a file is to take its place`,
    });
  }
  if (!wanted.force) return base;
  const sums = await compare(wanted, place, before);
  const rows = differences(before, wanted);
  const words = rows.length === 0 ? [] : [rowsInWords(rows)];
  if (sums.same) {
    const diff: Diff = { kind: 'values', rows };
    const changes = rows.length === 0 ? [] : [{ subject: path, summary: words.join(), diff }];
    return { ...base, sha256: sums.wanted, rows, changes };
  }
  const diff = await diffOf(node, wanted, { path, size: before.size, sums });
  const changes = [{ subject: path, summary: ['content', ...words].join(', '), diff }];
  return { ...base, rewrite: true, sha256: sums.wanted, rows, changes };
}

/** Puts the file there, or only its attributes, as {@link checkContent} found; gives the backup's path. */
export async function applyContent(node: NodeWriter, found: FoundFile): Promise<string | undefined> {
  const { wanted, before, path, sha256 } = found;
  if (!found.rewrite) {
    await setAttributes(node, path, found.rows);
    return undefined;
  }
  if (found.missingFolder !== undefined) {
    await mustRun(
      node,
      sh`mkdir -p -- ${found.missingFolder}`,
      `could not make the folder ${found.missingFolder}`,
    );
  }
  const backup = wanted.backup && before !== undefined ? await makeBackup(node, path) : undefined;
  const options = writeOptions(wanted, before);
  const put = (to: string, how: WriteOptions): Promise<void> =>
    send(node, wanted.source, to, { ...how, ...(sha256 === undefined ? {} : { sha256 }) });
  if (wanted.validate === undefined) await put(path, options);
  else await writeValidated(node, { path, before, validate: wanted.validate, options, put });
  return backup;
}

/** What register keeps of a file with these attributes. */
export function contentResultOf(
  found: FoundFile,
  stat: FileStat | undefined,
  checksum: string | undefined,
): ContentResult {
  return {
    dest: found.path,
    ...(checksum === undefined ? {} : { checksum }),
    ...(stat === undefined ? {} : { size: stat.size, mode: stat.mode, owner: stat.owner, group: stat.group }),
  };
}

/** Does what {@link applyContent} does, and gives what register keeps after it. */
export async function putContent(node: NodeWriter, found: FoundFile): Promise<ContentResult> {
  const applying = applyContent(node, found);
  // What is one request is looked at by the next, which goes out with it; what takes more is waited for.
  if (!inOneRequest(found)) await applying;
  const [backup, stat] = await Promise.all([applying, node.stat(found.path, { follow: true })]);
  const checksum = found.sha256 ?? (await sha256Of(found.wanted.source));
  const result = contentResultOf(found, stat, checksum);
  return backup === undefined ? result : { ...result, backup_file: backup };
}

function inOneRequest({ wanted, rewrite, missingFolder, before }: FoundFile): boolean {
  if (!rewrite) return true;
  const severalSteps = missingFolder !== undefined || wanted.validate !== undefined;
  const backup = wanted.backup && before !== undefined;
  return !severalSteps && !backup && 'bytes' in wanted.source && sizeOf(wanted.source) < SMALL;
}

interface Sums {
  readonly same: boolean;
  readonly wanted: string | undefined;
  readonly before: string | undefined;
}

async function compare(wanted: WantedFile, place: Place, before: FileStat): Promise<Sums> {
  // Different sizes spare reading a large package on both sides.
  if (sizeOf(wanted.source) !== before.size) return { same: false, wanted: undefined, before: undefined };
  const [sum, there] = await Promise.all([sha256Of(wanted.source), place.checksum()]);
  return { same: sum === there, wanted: sum, before: there };
}

async function newFile(path: string, wanted: WantedFile): Promise<Change> {
  const owners = [wanted.owner, wanted.group].filter((name) => name !== undefined).join(':');
  const mode = wanted.mode === undefined ? '' : ` ${resolveMode(wanted.mode, USUAL_MODE, false)}`;
  const summary = `absent → file${mode}${owners === '' ? '' : ` of ${owners}`}`;
  const after = await shortText(wanted.source);
  if (after !== undefined) return { subject: path, summary, diff: { kind: 'text', path, before: '', after } };
  const rows = [{ name: 'size', before: null, after: sizeOf(wanted.source) }];
  return { subject: path, summary, diff: { kind: 'values', rows } };
}

async function diffOf(
  node: Pick<NodeReader, 'readFile'>,
  wanted: WantedFile,
  there: { readonly path: string; readonly size: number; readonly sums: Sums },
): Promise<Diff> {
  const { path, size, sums } = there;
  const after = await shortText(wanted.source);
  const old = after === undefined || size >= LARGE ? undefined : await node.readFile(path);
  const before = old === undefined ? undefined : textOfBytes(old);
  if (after !== undefined && before !== undefined) return { kind: 'text', path, before, after };
  const rows: ValueRow[] = [{ name: 'size', before: size, after: sizeOf(wanted.source) }];
  if (sums.wanted !== undefined)
    rows.push({ name: 'sha256', before: sums.before ?? null, after: sums.wanted });
  return { kind: 'values', rows };
}

/** What is not asked for stays as it is, which writing looks after itself. */
function writeOptions(wanted: WantedFile, before: FileStat | undefined): WriteOptions {
  return {
    ...(wanted.mode === undefined
      ? {}
      : { mode: resolveMode(wanted.mode, before?.mode ?? USUAL_MODE, false) }),
    ...(wanted.owner === undefined ? {} : { owner: wanted.owner }),
    ...(wanted.group === undefined ? {} : { group: wanted.group }),
    ...(wanted.in_place ? { inPlace: true } : {}),
  };
}
