import * as z from 'zod';
import type { FoundFile } from '../content.ts';
import { contentResult, putContent } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import { checkEdit, editedFileArgs, editedPath, editedPathOf } from '../text-file.ts';
import { replaced } from './edit.ts';

const args = z.strictObject({
  ...editedPath,
  regexp: z
    .string()
    .min(1)
    .describe('What is looked for in the whole text; ^ and $ are the ends of lines, . is no newline.'),
  replace: z
    .string()
    .default('')
    .describe('What takes the place of every match; \\1, \\g<1> and \\g<name> stand for groups of regexp.'),
  after: z
    .string()
    .min(1)
    .optional()
    .describe('Only what stands behind the first match of this counts; . is a newline too.'),
  before: z
    .string()
    .min(1)
    .optional()
    .describe('Only what stands before the first match of this counts (with after: the first behind that).'),
  ...editedFileArgs,
});

/** Every match in a file by another text. */
export const module = defineModule({
  name: 'replace',
  summary: 'Replace all that matches an expression in a file',
  args,
  inOrder: true,
  returns: z.strictObject({
    ...contentResult,
    replacements: z.int().describe('How many matches there were.'),
  }),
  notes: [
    'Expressions are those of JavaScript; of Python’s own forms (?P<name>…), (?P=name), \\A, \\Z and flags in ' +
      'front such as (?i) are understood. encoding is left out: a file that is no UTF-8 is edited byte for byte.',
    'What still matches when it has been replaced is replaced again at each run: write regexp so that it does not.',
  ],
  examples: `- name: The new name of the host
  replace: { path: /etc/hosts, regexp: '(\\s)old\\.example\\.com(\\s|$)', replace: '\\1new.example.com\\2' }
`,
  async check(node, given) {
    const { regexp, replace, after, before, path: _path, dest, destfile, name, ...rest } = given;
    let count = 0;
    let isThere = true;
    const found = await checkEdit(node, {
      ...rest,
      path: editedPathOf({ path: _path, dest, destfile, name }),
      missing: 'refuse',
      edit: (text, as) => {
        const maybe = (given: string | undefined): string | undefined => given && as(given);
        const done = replaced(text, {
          ...{ regexp: as(regexp), replace: as(replace), after: maybe(after), before: maybe(before) },
        });
        ({ count, isThere } = done);
        return done.text;
      },
    });
    const warnings = isThere
      ? {}
      : { warnings: [`${found.result.dest}: nothing is between after and before`] };
    return { ...found, ...warnings, result: { ...found.result, replacements: count } };
  },
  async apply(node, _args, { state, result }: { readonly state?: FoundFile; readonly result: Counted }) {
    if (state === undefined) throw new ModuleError({ message: 'replace: apply without what check found' });
    return { ...(await putContent(node, state)), replacements: result.replacements };
  },
});

interface Counted {
  readonly replacements: number;
}
