import * as z from 'zod';
import type { FoundFile } from '../content.ts';
import { contentResult, putContent } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import { checkEdit, editedFileArgs, editedPath, editedPathOf } from '../text-file.ts';
import type { Edit } from './edit.ts';
import { edited } from './edit.ts';

const args = z.strictObject({
  ...editedPath,
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
  backrefs: z
    .boolean()
    .default(false)
    .describe(
      'Whether \\1 or \\g<name> in line stand for groups of regexp; then a file without a match stays as it is.',
    ),
  firstmatch: z
    .boolean()
    .default(false)
    .describe('Whether regexp, insertafter and insertbefore mean the first line that matches.'),
  create: z.boolean().default(false).describe('Whether a missing file is made.'),
  ...editedFileArgs,
});

/** One line of a file. */
export const module = defineModule({
  name: 'lineinfile',
  summary: 'One line in a file, there or not',
  args,
  inOrder: true,
  returns: z.strictObject(contentResult),
  examples: `- lineinfile: { path: /etc/sysctl.conf, regexp: "^vm.swappiness", line: "vm.swappiness = 1" }

- name: Another value, the rest of the line as it is
  lineinfile: { path: /etc/default/grub, regexp: '^(GRUB_TIMEOUT=)\\d+(.*)$', line: '\\g<1>3\\2', backrefs: true }
`,
  check(node, given) {
    const { create, mode, owner, group, backup, in_place, validate, ...rest } = given;
    const { path: _path, dest, destfile, name, ...edit } = rest;
    const path = editedPathOf({ path: _path, dest, destfile, name });
    const line = edit.line?.replace(/\r?\n$/, '');
    refuseContradictions({ ...edit, line });
    return checkEdit(node, {
      ...{ path, mode, owner, group, backup, in_place, validate },
      missing: edit.state === 'absent' ? 'fine' : create ? 'make' : 'refuse',
      edit: (text, as) => edited(text, converted({ ...edit, line }, as)),
    });
  },
  async apply(node, _args, { state }: { readonly state?: FoundFile }) {
    if (state === undefined) throw new Error('lineinfile: apply without what check found');
    return putContent(node, state);
  },
});

function refuseContradictions({ line, backrefs, regexp, search_string }: Edit): void {
  // It would never be found again, and be added at each run.
  if (line?.includes('\n')) {
    throw new ModuleError({
      message: 'line holds several lines',
      hint: 'Use a task, or an item, for each; or blockinfile.',
    });
  }
  if (backrefs && regexp === undefined) {
    throw new ModuleError({ message: 'backrefs needs regexp', hint: 'Its groups are what line refers to.' });
  }
  if (regexp !== undefined && search_string !== undefined) {
    throw new ModuleError({ message: 'both regexp and search_string are given', hint: 'Give one of them.' });
  }
}

function converted(edit: Edit, as: (text: string) => string): Edit {
  const { line, regexp, search_string, insertafter, insertbefore } = edit;
  const maybe = (text: string | undefined): string | undefined => (text === undefined ? undefined : as(text));
  return {
    ...edit,
    line: maybe(line),
    regexp: maybe(regexp),
    search_string: maybe(search_string),
    insertafter: maybe(insertafter),
    insertbefore: maybe(insertbefore),
  };
}
