import * as z from 'zod';
import { oneOf, requiredOf } from '../aliases.ts';
import type { FoundFile } from '../content.ts';
import { putContent } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import { runSteps } from '../steps.ts';
import { checkEdit } from '../text-file.ts';
import { editedFstab } from './fstab.ts';
import { mountedAt } from './mounted.ts';
import { mountPlan } from './plan.ts';

const word = z
  .string()
  .min(1)
  .regex(/^[^\n]*$/, { error: 'holds a line break' });

const args = z.strictObject({
  path: word.optional().describe('Where it is mounted; none for swap. Required, as path or name.'),
  name: word.optional().describe('Another name of path.'),
  src: word
    .optional()
    .describe('What is mounted: a device, UUID=…, server:/path, a folder for a bind mount.'),
  fstype: word.optional().describe('Kind of the file system. Required for mounted, present and ephemeral.'),
  opts: word.optional().describe('Options with commas, as in rw,noatime. Without it: defaults.'),
  dump: z.union([z.string(), z.int()]).transform(String).default('0').describe('Fifth column of fstab.'),
  passno: z
    .union([z.string(), z.int()])
    .transform(String)
    .default('0')
    .describe('Sixth column: order of checking at start-up.'),
  state: z
    .enum(['mounted', 'present', 'unmounted', 'absent', 'absent_from_fstab', 'remounted', 'ephemeral'])
    .describe(
      'mounted: in fstab and mounted, the folder is made; present: in fstab; unmounted: not mounted; absent: neither ' +
        'in fstab nor mounted, and the empty folder goes; absent_from_fstab: not in fstab; remounted: mounted again ' +
        'with its options; ephemeral: mounted, without fstab.',
    ),
  fstab: z
    .string()
    .startsWith('/', { error: 'not an absolute path: begin it with /' })
    .default('/etc/fstab')
    .describe('The file that says what is mounted at start-up.'),
  boot: z
    .boolean()
    .default(true)
    .describe('false: noauto is added to the options, so that it waits to be asked for.'),
  backup: z
    .boolean()
    .default(false)
    .describe('Whether the old fstab is kept beside it, with the time in its name.'),
});

const returns = z.strictObject({
  path: z.string().describe('Where it is mounted.'),
  state: z.string().describe('The argument.'),
  mounted: z.boolean().describe('Whether something was mounted there before.'),
  src: z.string().optional().describe('What is mounted.'),
  fstype: z.string().optional().describe('Kind of the file system.'),
  opts: z.string().optional().describe('Options.'),
  fstab: z.string().describe('The file.'),
  backup_file: z.string().optional().describe('Path of the old fstab, where backup is set.'),
});

type Result = z.output<typeof returns>;

interface Found {
  readonly file: FoundFile | undefined;
  readonly steps: readonly Step[];
}

/** Mounted file systems. */
export const module = defineModule({
  name: 'mount',
  summary: 'A file system: mounted, and in fstab',
  args,
  returns,
  inOrder: true,
  notes: [
    'What is mounted is asked of the kernel. Where fstab changes for what is mounted already, it is mounted again: with ' +
      'another source by unmounting it, else by the option remount. Options are compared in fstab only.',
    'Options stand in fstab for all to read: put the password of a network file system into a credentials file. ' +
      'Not here: opts_no_log.',
  ],
  examples: `- mount: { path: /data, src: /dev/vdb1, fstype: xfs, opts: "noatime", state: mounted }

- mount: { path: /mnt/scratch, src: tmpfs, fstype: tmpfs, opts: "size=1g", state: ephemeral }
`,
  async check(node, given) {
    const { state, fstab } = given;
    const path = pathOf(requiredOf({ path: given.path, name: given.name }));
    const wanted = wantedOf(given, path);
    const inFstab = ['mounted', 'present', 'absent', 'absent_from_fstab'].includes(state);
    const goes = state === 'absent' || state === 'absent_from_fstab';
    const [now, edit, folder] = await Promise.all([
      mountedAt(node, path),
      inFstab
        ? checkEdit(node, {
            path: fstab,
            missing: goes ? 'fine' : 'make',
            edit: (text) => editedFstab(text, path, goes ? undefined : wanted),
            ...{ backup: given.backup, in_place: false },
          })
        : undefined,
      path === 'none' ? undefined : node.stat(path, { follow: true }),
    ]);
    const fstabChanged = (edit?.changes.length ?? 0) > 0;
    const plan = mountPlan(
      { state, path, wanted, now, folder: folder?.type, fstab, fstabChanged },
      node.name,
    );
    const result: Result = {
      ...{ path, state, mounted: now !== undefined, fstab },
      ...(wanted === undefined ? {} : { src: wanted.src, fstype: wanted.fstype, opts: wanted.opts }),
    };
    const found: Found = { file: fstabChanged ? edit?.state : undefined, steps: plan.steps };
    return { changes: [...(edit?.changes ?? []), ...plan.changes], result, state: found };
  },
  async apply(node, _args, { state, result }: { readonly state?: Found; readonly result: Result }) {
    const written = state?.file === undefined ? undefined : await putContent(node, state.file);
    await runSteps(node, state?.steps ?? []);
    const backup = written?.backup_file;
    return backup === undefined ? result : { ...result, backup_file: backup };
  },
});

function pathOf(path: string): string {
  if (path === 'none' || path === 'swap') return path;
  if (path.startsWith('/')) return path.replace(/(.)\/+$/, '$1');
  throw new ModuleError({ message: `not an absolute path: ${path}`, hint: 'Begin it with /.' });
}

function wantedOf(given: z.output<typeof args>, path: string): Parameters<typeof editedFstab>[2] {
  const { src, fstype, state, dump, passno, boot } = given;
  const needs = state === 'mounted' || state === 'present' || state === 'ephemeral';
  if (!needs) return undefined;
  if (src === undefined || fstype === undefined) {
    const missing = src === undefined ? 'src' : 'fstype';
    throw new ModuleError({ message: `${missing} is missing`, hint: `state ${state} needs src and fstype.` });
  }
  const opts = oneOf({ opts: given.opts }) ?? 'defaults';
  const words = boot || opts.split(',').includes('noauto') ? opts : `${opts},noauto`;
  return { src, path, fstype, opts: words, dump, passno };
}
