import { z } from 'zod';
import type { FoundFile } from '../content.ts';
import {
  checkContent,
  contentArgs,
  contentMode,
  contentResult,
  contentResultOf,
  putContent,
} from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import { look, refuseRelative } from '../destination.ts';
import { edited } from './edit.ts';

const { force: _, ...fileArgs } = contentArgs;

const args = z.strictObject({
  path: z.string().optional().describe('Absolute path of the file. Required, as path or dest.'),
  dest: z.string().optional().describe('Another name of path.'),
  line: z.string().optional().describe('The line. Required for state present.'),
  regexp: z
    .string()
    .min(1)
    .optional()
    .describe('The last line that matches is replaced by line; for absent: all that match go.'),
  search_string: z.string().min(1).optional().describe('The same with plain text that the line holds.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether the line is to be there.'),
  insertafter: z
    .string()
    .optional()
    .describe('Where a new line goes: after the last line that matches, or EOF.'),
  insertbefore: z
    .string()
    .optional()
    .describe('Where a new line goes: before the last line that matches, or BOF.'),
  create: z.boolean().default(false).describe('Whether a missing file is made.'),
  mode: contentMode,
  ...fileArgs,
});

/** One line of a file. */
export const module = defineModule({
  name: 'lineinfile',
  summary: 'One line in a file, there or not',
  args,
  inOrder: true,
  returns: z.strictObject(contentResult),
  examples: `- lineinfile: { path: /etc/sysctl.conf, regexp: "^vm.swappiness", line: "vm.swappiness = 1" }
`,
  async check(node, { create, mode, owner, group, backup, in_place, validate, ...edit }) {
    const path = pathOf(edit);
    const line = edit.line?.replace(/\r?\n$/, '');
    // It would never be found again, and be added at each run.
    if (line?.includes('\n')) {
      throw new ModuleError({
        message: 'line holds several lines',
        hint: 'Use a task, or an item, for each.',
      });
    }
    const [place, bytes] = await Promise.all([look(node, path, true), node.readFile(path)]);
    if (bytes === undefined && edit.state === 'absent') return { changes: [], result: { dest: path } };
    if (bytes === undefined && !create) {
      throw new ModuleError({
        message: `there is no file ${path} on ${node.name}`,
        hint: 'create: true makes one.',
      });
    }
    // Byte for byte, so that a file in another encoding keeps what is not touched.
    const text = edited(bytes?.toString('latin1') ?? '', latin1({ ...edit, line }));
    const source = { bytes: Buffer.from(text, 'latin1') };
    const wanted = { mode, owner, group, backup, in_place, validate, force: true, source };
    const found = await checkContent(node, wanted, place);
    return {
      changes: found.changes,
      result: contentResultOf(found, found.before, found.sha256),
      state: found,
    };
  },
  async apply(node, _args, { state }: { readonly state?: FoundFile }) {
    if (state === undefined) throw new Error('lineinfile: apply without what check found');
    return putContent(node, state);
  },
});

type Edit = Parameters<typeof edited>[1];

function latin1<T extends Edit>(edit: T): Edit {
  const bytes = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : Buffer.from(text).toString('latin1');
  return {
    state: edit.state,
    line: bytes(edit.line),
    regexp: bytes(edit.regexp),
    search_string: bytes(edit.search_string),
    insertafter: bytes(edit.insertafter),
    insertbefore: bytes(edit.insertbefore),
  };
}

function pathOf({ path, dest }: { path?: string | undefined; dest?: string | undefined }): string {
  const given = path ?? dest;
  if (given === undefined) throw new ModuleError({ message: 'path is missing' });
  refuseRelative(given);
  return given;
}
