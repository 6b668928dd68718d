import * as z from 'zod';
import { folderFor } from '../copy/folder.ts';
import { defineModule, ModuleError } from '../define.ts';
import { readLocalFolder } from '../tree/local-tree.ts';
import { placeFolder } from '../tree/place.ts';
import type { Found, Wish } from './check.ts';
import { compareFolders } from './check.ts';

const args = z.strictObject({
  src: z
    .string()
    .min(1)
    .describe(
      'Folder of the controller, searched in files/ of the role, then beside the playbook. ' +
        'With / at its end: what it holds, without the folder itself.',
    ),
  dest: z
    .string()
    .describe('Absolute path of the folder on the node that it goes into.')
    .meta({ absolute: true }),
  delete: z
    .boolean()
    .default(false)
    .describe(
      'Whether what the node has more is taken away, and what stands in the way of something else. ' +
        'What exclude names stays, and so do mount points with all below them.',
    ),
  exclude: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Patterns of what is left out on both sides: "*.log" anywhere, "/tmp" at the top, "cache/" folders only; ' +
        '* and ? stop at a /, ** does not.',
    ),
  archive: z
    .boolean()
    .default(true)
    .describe('What recursive, links, perms and times are, where they are not given.'),
  recursive: z.boolean().optional().describe('Whether folders within it count.'),
  links: z.boolean().optional().describe('Whether links come as links; else they are left out.'),
  copy_links: z
    .boolean()
    .default(false)
    .describe('Whether links are followed: what they lead to comes in their place.'),
  perms: z.boolean().optional().describe('Whether files and folders get the modes of the source.'),
  times: z.boolean().optional().describe('Whether files get the modification times of the source.'),
  owner: z.boolean().default(false).describe('Whether the owner is as in the source, by number.'),
  group: z.boolean().default(false).describe('Whether the group is as in the source, by number.'),
  checksum: z
    .boolean()
    .default(true)
    .describe(
      'Whether contents of the same size are compared by SHA-256; false: by modification time, which is quicker ' +
        'for very large folders.',
    ),
});

const returns = z.strictObject({
  dest: z.string().describe('Path of the folder on the node.'),
  files: z.int().describe('How many files were put there.'),
  deleted: z.int().describe('How many files and folders were taken away, each with all it held.'),
});

/** A folder of the node as it is on the controller: only what differs is sent, in one stream. */
export const module = defineModule({
  name: 'synchronize',
  summary: 'Bring a folder to the node as it is on the controller, only what differs, in one stream',
  args,
  inOrder: true,
  returns,
  inputs: { src: 'file' },
  notes: [
    'A file is the same when its content is (see checksum). All that differ travel together, arrive beside their ' +
      'places, are compared by checksum and take their places by rename, so that no half file is ever seen. ' +
      'Files of 16 MiB and more come one by one and are resumed after a lost connection.',
    'Unlike in Ansible: no rsync is needed on either side, and it works with become, sudo passwords and jump hosts; ' +
      'it always goes from the controller to the node (no mode, no delegate_to for that: there is no pull); src is a ' +
      'folder (copy brings single files); contents are compared unless checksum is false; owner and group are off ' +
      'unless asked for, and by number; the time of folders, hard links, devices and sockets are left alone, and so ' +
      'is the mode of a folder that dest names itself; a folder of the node may be a link to one; exclude is an argument, rsync_opts are not.',
  ],
  examples: `- name: Web pages, without what the source does not have any more
  synchronize: { src: site/, dest: /srv/www, delete: true, exclude: [".git/", "*.tmp"] }

- name: Scripts, modes as they are on the node
  synchronize: { src: scripts, dest: /opt/oms, perms: false }
`,
  async check(node, given) {
    const wish = await wishOf(given);
    const found = await compareFolders(node, wish);
    if (found.changes.length > 0 && !found.plan.look.hasTar) throw noTar();
    return {
      changes: found.changes,
      result: { dest: wish.folder, files: 0, deleted: 0 },
      state: found,
      ...(found.warnings.length > 0 ? { warnings: found.warnings } : {}),
    };
  },
  async apply(node, _args, { state }: { readonly state?: Found }) {
    if (state === undefined) throw new Error('synchronize: apply without what check found');
    const { plan } = state;
    await placeFolder(node, plan);
    const deleted = (plan.surplus?.length ?? 0) + (plan.inTheWay?.length ?? 0);
    return { dest: plan.folder, files: plan.files.filter(({ file }) => file.rewrite).length, deleted };
  },
});

async function wishOf(given: z.output<typeof args>): Promise<Wish> {
  const { src, dest, archive, copy_links, ...rest } = given;
  const { links = archive, recursive = archive, perms = archive, times = archive } = given;
  const folder = folderFor(src, dest);
  if (given.delete) refuseDelete(folder, recursive);
  const itself = await readLocalFolder(src);
  const how = copy_links ? 'follow' : links ? 'keep' : 'skip';
  return { ...rest, src, folder, itself, recursive, perms, times, links: how };
}

function refuseDelete(folder: string, recursive: boolean): void {
  if (folder === '/') {
    throw new ModuleError({
      message: 'delete with dest / would take away everything that the node has',
      hint: 'Is a variable in dest empty?',
    });
  }
  if (recursive) return;
  throw new ModuleError({
    message: 'delete without recursive: folders within src do not count, and those of the node would go',
    hint: 'Set recursive: true.',
  });
}

function noTar(): ModuleError {
  return new ModuleError({ message: 'there is no tar on the node', hint: 'Install tar on the node.' });
}
