import * as z from 'zod';
import type { FoundFile } from '../content.ts';
import { contentResult, putContent } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import { checkEdit, editedFileArgs, editedPath, editedPathOf } from '../text-file.ts';
import type { BlockEdit } from './edit.ts';
import { withBlock } from './edit.ts';

const args = z.strictObject({
  ...editedPath,
  block: z.string().optional().describe('The text between the marks. Empty or missing: the block goes away.'),
  content: z.string().optional().describe('Another name of block.'),
  marker: z
    .string()
    .default('# {mark} ANSIBLE MANAGED BLOCK')
    .describe(
      'The lines around the block; {mark} becomes marker_begin in the first, marker_end in the last.',
    ),
  marker_begin: z.string().default('BEGIN').describe('What {mark} becomes in the line before.'),
  marker_end: z.string().default('END').describe('What {mark} becomes in the line behind.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether the block is to be there.'),
  insertafter: z
    .string()
    .optional()
    .describe('Where a new block goes: after the last line that matches, or EOF, which it is without this.'),
  insertbefore: z
    .string()
    .optional()
    .describe('Where a new block goes: before the last line that matches, or BOF.'),
  append_newline: z
    .boolean()
    .default(false)
    .describe('Whether an empty line follows the block where something is behind it.'),
  prepend_newline: z
    .boolean()
    .default(false)
    .describe('Whether an empty line stands before the block where something is before it.'),
  create: z.boolean().default(false).describe('Whether a missing file is made.'),
  ...editedFileArgs,
});

/** Lines between two marks in a file. */
export const module = defineModule({
  name: 'blockinfile',
  summary: 'A block of lines between two marks in a file, there or not',
  args,
  inOrder: true,
  returns: z.strictObject(contentResult),
  notes: [
    'Several blocks in one file need markers of their own; a marker without {mark} is refused, for it could not be ' +
      'found again. A block that is to be absent may be missing together with its file.',
  ],
  examples: `- name: Names of the cluster
  blockinfile:
    path: /etc/hosts
    marker: "# {mark} OMS"
    block: |
      10.0.1.11 hz-1
      10.0.1.12 hz-2
`,
  check(node, given) {
    const { mode, owner, group, backup, in_place, validate, create, state } = given;
    const edit = editOf(given);
    return checkEdit(node, {
      ...{ mode, owner, group, backup, in_place, validate },
      path: editedPathOf(given),
      missing: state === 'absent' ? 'fine' : create ? 'make' : 'refuse',
      edit: (text, as) => withBlock(text, converted(edit, as)),
    });
  },
  async apply(node, _args, { state }: { readonly state?: FoundFile }) {
    if (state === undefined) throw new Error('blockinfile: apply without what check found');
    return putContent(node, state);
  },
});

function editOf(given: z.output<typeof args>): BlockEdit {
  const { marker, marker_begin, marker_end, insertafter, insertbefore } = given;
  if (given.block !== undefined && given.content !== undefined) {
    throw new ModuleError({
      message: 'block and content mean the same',
      hint: 'Give the text once, as block.',
    });
  }
  if (insertafter !== undefined && insertbefore !== undefined) {
    throw new ModuleError({
      message: 'both insertafter and insertbefore are given',
      hint: 'Give one of them.',
    });
  }
  const begin = marker.replaceAll('{mark}', marker_begin);
  const end = marker.replaceAll('{mark}', marker_end);
  if (begin === end || /[\r\n]/.test(begin + end)) {
    throw new ModuleError({
      message: `the marks of the block cannot be told apart: ${begin}`,
      hint: 'marker is one line with {mark} in it; marker_begin and marker_end differ.',
    });
  }
  const block = given.state === 'absent' ? '' : (given.block ?? given.content ?? '');
  const { append_newline, prepend_newline } = given;
  return { block, begin, end, insertafter, insertbefore, append_newline, prepend_newline };
}

function converted(edit: BlockEdit, as: (text: string) => string): BlockEdit {
  const { insertafter, insertbefore } = edit;
  return {
    ...edit,
    block: as(edit.block),
    begin: as(edit.begin),
    end: as(edit.end),
    insertafter: insertafter === undefined ? undefined : as(insertafter),
    insertbefore: insertbefore === undefined ? undefined : as(insertbefore),
  };
}
