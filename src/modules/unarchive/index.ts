import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import type { NodeReader } from '../../transport/node.ts';
import { pathText } from '../../transport/tree.ts';
import { wordList } from '../aliases.ts';
import { defineModule, ModuleError } from '../define.ts';
import { refuseRelative } from '../destination.ts';
import { fileMode } from '../mode.ts';
import type { Found as FolderFound } from '../synchronize/check.ts';
import { compareFolders } from '../synchronize/check.ts';
import { withoutLogin } from '../uri/request.ts';
import { readLocalFolder, readLocalTree } from '../tree/local-tree.ts';
import { placeFolder } from '../tree/place.ts';
import { isAddress } from '../packing/unpack.ts';
import { unpackedHere } from './local.ts';
import type { RemoteFound, RemoteWish } from './remote.ts';
import { applyRemote, checkRemote } from './remote.ts';

const args = z.strictObject({
  src: z
    .string()
    .min(1)
    .describe(
      'The archive: on the controller, searched in files/ of the role, then beside the playbook; with remote_src on the node, or an address that the node fetches it from.',
    ),
  dest: z
    .string()
    .describe('Absolute path of the folder on the node that it is unpacked into; it must be there.'),
  remote_src: z.boolean().default(false).describe('Whether the archive is on the node already.'),
  creates: z.string().min(1).optional().describe('Path on the node; when it exists, nothing is done.'),
  include: wordList().default([]).describe('Members that are unpacked; none: all.'),
  exclude: wordList().default([]).describe('Members that are left out.'),
  extra_opts: z
    .array(z.string())
    .default([])
    .describe('More options for tar or unzip, such as --strip-components=1.'),
  validate_certs: z.boolean().default(true).describe('Of an address: whether its certificate must be valid.'),
  keep_newer: z
    .boolean()
    .default(false)
    .describe('Whether files of the node that are newer stay as they are.'),
  list_files: z.boolean().default(false).describe('Whether the result lists what the archive holds.'),
  mode: fileMode
    .optional()
    .describe(
      'Mode of all that is unpacked; without it as the archive says. "u=rwX,g=rX" makes folders passable.',
    ),
  owner: z.string().min(1).optional().describe('User that owns all of it, by name or number.'),
  group: z.string().min(1).optional().describe('Group that owns all of it, by name or number.'),
});

type Args = z.output<typeof args>;

type Found =
  | { readonly kind: 'local'; readonly folder: FolderFound; readonly members: readonly string[] }
  | { readonly kind: 'remote'; readonly remote: RemoteFound; readonly members: readonly string[] };

/** What an archive holds, in a folder of the node. */
export const module = defineModule({
  name: 'unarchive',
  summary: 'Unpack an archive into a folder of the node',
  args,
  inOrder: true,
  returns: z.strictObject({
    src: z.string().describe('The archive.'),
    dest: z.string().describe('The folder.'),
    files: z
      .array(z.string())
      .optional()
      .describe('What the archive holds, folders with / behind, where list_files is set.'),
  }),
  inputs: { src: 'file' },
  notes: [
    'tar, also packed by gzip, bzip2, xz or zstd, and zip; its first bytes tell the kind. The program that unpacks it has ' +
      'to be there: on the node with remote_src, else on the controller.',
    'An archive of the controller is unpacked there, once for all nodes of the run; every file is compared by its ' +
      'content, and only what differs travels, in one stream (see synchronize). The node needs neither room for the ' +
      'archive nor the program for it. Files belong to the user who unpacks, unless owner says otherwise.',
    'With remote_src it is unpacked beside (in $TMPDIR of the node, else /tmp) to compare every file, in check mode too; that takes the room for it. exclude needs a tar there that knows --exclude, which not every busybox does.',
    'What the archive does not hold is left alone. Left out: copy, decrypt, io_buffer_size. An archive from an ' +
      'address is fetched for each look: creates spares that; get_url with a checksum, and then unarchive, is better.',
  ],
  examples: `- name: A tool of the controller's
  unarchive: { src: tool-1.2.tar.gz, dest: /opt/tool, extra_opts: [--strip-components=1], owner: oms }

- name: An archive that is there
  unarchive: { src: /data/oms-plugins.zip, dest: /data/oms/plugins, remote_src: true }
`,
  async check(node, given) {
    const { src, dest, creates, include, exclude } = given;
    const result = { src: withoutLogin(src), dest };
    refuse(given);
    if (creates !== undefined && (await node.stat(creates)) !== undefined) {
      return { changes: [], result, message: `skipped, since ${creates} exists` };
    }
    const there = await node.stat(dest, { follow: true });
    if (there?.type !== 'directory') throw noFolder(dest, node.name);
    if (include.length > 0 && exclude.length > 0) throw bothGiven();
    const found = given.remote_src ? await onNode(node, given) : await fromController(node, given);
    const changes = found.kind === 'local' ? found.folder.changes : found.remote.changes;
    return { changes, result: { ...result, ...filesOf(given, found) }, state: found };
  },
  async apply(node, given, { state }: { readonly state?: Found }) {
    if (state === undefined) throw new Error('unarchive: apply without what check found');
    if (state.kind === 'local') await placeFolder(node, state.folder.plan);
    else await applyRemote(node, remoteWish(given), state.remote);
    return { src: withoutLogin(given.src), dest: given.dest, ...filesOf(given, state) };
  },
});

function refuse({ dest, src, remote_src, keep_newer }: Args): void {
  refuseRelative(dest);
  if (remote_src && !isAddress(src)) refuseRelative(src);
  if (!remote_src && isAddress(src)) {
    throw new ModuleError({
      message: 'src is an address',
      hint: 'The node fetches it with remote_src: true.',
    });
  }
  if (keep_newer && remote_src) {
    throw new ModuleError({
      message: 'keep_newer does not go with remote_src',
      hint: 'Unpack it with extra_opts: [--keep-newer-files] and creates.',
    });
  }
}

function noFolder(dest: string, node: string): ModuleError {
  return new ModuleError({
    message: `there is no folder ${dest} on ${node}`,
    hint: 'Make it before, with file.',
  });
}

function bothGiven(): ModuleError {
  return new ModuleError({ message: 'both include and exclude are given', hint: 'Give one of them.' });
}

function filesOf({ list_files }: Args, { members }: Found): { readonly files?: string[] } {
  return list_files ? { files: [...members] } : {};
}

function unpackingOf({ src, include, exclude, extra_opts }: Args): Omit<RemoteWish['unpacking'], 'own'> {
  return { src, include, exclude, options: extra_opts };
}

function remoteWish(given: Args): RemoteWish {
  const { dest, mode, owner, group } = given;
  const unpacking = { ...unpackingOf(given), own: false, validateCerts: given.validate_certs };
  return { dest, mode, owner, group, unpacking };
}

async function onNode(node: NodeReader, given: Args): Promise<Found> {
  const remote = await checkRemote(node, remoteWish(given));
  return {
    kind: 'remote',
    remote,
    members: remote.members.map(({ path, type }) => path + (type === 'directory' ? '/' : '')),
  };
}

async function fromController(node: NodeReader, given: Args): Promise<Found> {
  const { dest, mode, owner, group } = given;
  const src = await unpackedHere(node.scope, unpackingOf(given));
  const wish = {
    ...{ src, folder: dest, itself: await readLocalFolder(src), recursive: true, links: 'keep' as const },
    ...{ perms: true, times: true, owner: false, group: false, checksum: true, delete: false, exclude: [] },
    forced: { mode, owner, group },
  };
  const folder = await compareFolders(node, wish);
  const entries = given.list_files ? await readLocalTree(src, { follow: false }) : [];
  const members = entries.map(({ path, kind }) => pathText(path) + (kind === 'folder' ? '/' : ''));
  return { kind: 'local', folder: given.keep_newer ? withoutOlder(folder) : folder, members };
}

/** Without the files of which the node has a newer one. */
function withoutOlder(found: FolderFound): FolderFound {
  const older = found.plan.files.filter(
    ({ file, entry }) => file.before !== undefined && file.before.mtime > entry.mtime,
  );
  const paths = new Set(older.map(({ file }) => file.path));
  const changes: readonly Change[] = found.changes.filter(({ subject }) => !paths.has(subject));
  const files = found.plan.files.filter((entry) => !older.includes(entry));
  return { ...found, changes, plan: { ...found.plan, files } };
}
