import * as z from 'zod';
import { inOneGo, mustRun } from '../attributes.ts';
import { defineModule, ModuleError } from '../define.ts';
import { fileMode } from '../mode.ts';
import { absentPlan } from './absent.ts';
import { directoryPlan } from './directory.ts';
import { existingPlan, touchPlan } from './existing.ts';
import { linkPlan } from './link.ts';
import type { FileArgs, FilePlan } from './plan.ts';
import { lookAgain, resultOf } from './plan.ts';

const STATES = ['file', 'directory', 'link', 'absent', 'touch'] as const;

const args = z.strictObject({
  path: z
    .string()
    .optional()
    .describe('Absolute path of the file, folder or link. Required, as path, dest or name.')
    .meta({ absolute: true }),
  dest: z.string().optional().describe('Another name of path.').meta({ absolute: true }),
  name: z.string().optional().describe('Another name of path.').meta({ absolute: true }),
  state: z
    .enum(STATES)
    .optional()
    .describe(
      'file: it exists, with these attributes; directory: a folder, its parents too; link: a symbolic link to src; ' +
        'absent: nothing, folders with all they hold; touch: an empty file, or new times. ' +
        'Without it: what is there now (directory when recurse is set).',
    ),
  mode: fileMode.optional().describe('Mode, quoted octal ("0755") or symbolic ("u=rwX,g=rX").'),
  owner: z.string().min(1).optional().describe('User that owns it, by name or number.'),
  group: z.string().min(1).optional().describe('Group that owns it, by name or number.'),
  recurse: z.boolean().default(false).describe('For a folder: mode, owner and group of all it holds too.'),
  src: z.string().min(1).optional().describe('For a link: what it points to.'),
  force: z
    .boolean()
    .default(false)
    .describe(
      'For a link: replaces a file or empty folder of that name, and may point to what is not there yet.',
    ),
  follow: z.boolean().default(true).describe('Whether attributes go to what a link points to.'),
  modification_time: z
    .enum(['now', 'preserve'])
    .default('now')
    .describe('For touch: whether the time is renewed.'),
});

const returns = z.strictObject({
  path: z.string().describe('The path.'),
  state: z.enum(['file', 'directory', 'link', 'absent', 'other']).describe('What is there.'),
  mode: z.string().optional().describe('Mode, four octal digits.'),
  owner: z.string().optional().describe('Owner.'),
  group: z.string().optional().describe('Group.'),
  uid: z.int().optional().describe('Number of the owner.'),
  gid: z.int().optional().describe('Number of the group.'),
  size: z.int().optional().describe('Size in bytes.'),
});

/** Files, folders and links: that they are there or not, and their attributes. */
export const module = defineModule({
  name: 'file',
  summary: 'Folders, links, and the mode and owner of files',
  args,
  inOrder: true,
  returns,
  examples: `- name: Data folder
  file: { path: /data/oms/store, state: directory, mode: "0755" }

- name: No left-overs
  file: { path: /tmp/oms-package, state: absent }
`,
  async check(node, given) {
    const task = normalised(given);
    const found = await node.lookUp(task.path);
    const plan = await planOf(task.state ?? (task.recurse ? 'directory' : undefined))(node, task, found);
    return { changes: plan.changes, result: resultOf(task.path, plan.now ?? found.stat), state: plan };
  },
  async apply(node, given, { state }: { readonly state?: FilePlan }) {
    const { path } = normalised(given);
    if (state === undefined) throw new Error('file: apply without what check found');
    await state.before?.(node);
    // Sent together: what is sent behind a command sees what it did.
    const [, after] = await Promise.all([
      mustRun(node, inOneGo(state.commands), state.failure ?? `could not change ${path}`, state.brief),
      lookAgain(node, path, given.follow),
    ]);
    return resultOf(path, after);
  },
});

function planOf(state: (typeof STATES)[number] | undefined): typeof existingPlan {
  switch (state) {
    case 'absent':
      return absentPlan;
    case 'directory':
      return directoryPlan;
    case 'link':
      return linkPlan;
    case 'touch':
      return touchPlan;
    case 'file':
    case undefined:
      return existingPlan;
  }
}

function normalised(
  given: z.output<typeof args>,
): FileArgs & { state?: (typeof STATES)[number] | undefined } {
  const names = [given.path, given.dest, given.name].filter((path) => path !== undefined);
  if (names.length !== 1) {
    const message = names.length === 0 ? 'path is missing' : 'path, dest and name mean the same';
    throw new ModuleError({ message, hint: 'Give the path once, as path.' });
  }
  const path = names[0] ?? '';
  if (!path.startsWith('/')) {
    const message = path === '' ? 'the path is empty' : `not an absolute path: ${path}`;
    throw new ModuleError({ message, hint: 'Begin it with /. Is a variable in it empty?' });
  }
  if (given.recurse && given.state !== undefined && given.state !== 'directory') {
    throw new ModuleError({ message: `recurse goes with state directory, not with ${given.state}` });
  }
  return { ...given, path: path.replace(/(.)\/+$/, '$1') };
}
