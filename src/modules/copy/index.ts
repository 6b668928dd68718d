import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import type { Data } from '../../model/data.ts';
import type { NodeReader } from '../../transport/node.ts';
import type { FoundFile, WantedFile } from '../content.ts';
import {
  checkContent,
  contentArgs,
  contentMode,
  contentResult,
  contentResultOf,
  putContent,
} from '../content.ts';
import { anyData, textOf } from '../data.ts';
import { defineModule, ModuleError } from '../define.ts';
import { locate, refuseRelative } from '../destination.ts';
import { fileMode } from '../mode.ts';
import type { Source } from '../source.ts';
import { LARGE, sizeOf } from '../source.ts';
import type { FoundFolder, WantedFolder } from './folder.ts';
import { applyFolder, checkFolder } from './folder.ts';
import type { FoundOnNode } from './on-node.ts';
import { applyOnNode, checkOnNode } from './on-node.ts';

const args = z.strictObject({
  src: z
    .string()
    .optional()
    .describe(
      'File or folder of the controller, searched in files/ of the role, then beside the playbook; with remote_src of the node. ' +
        'A folder is copied with all it holds; with / at its end only what it holds.',
    ),
  content: anyData
    .optional()
    .describe('The content itself, instead of src. Lists and maps are written as JSON.'),
  dest: z
    .string()
    .describe('Absolute path on the node. A folder, or a path that ends in /, gets a file of the same name.')
    .meta({ absolute: true }),
  remote_src: z
    .boolean()
    .default(false)
    .describe('Whether src is a file or folder of the node itself, by its absolute path.'),
  decrypt: z
    .boolean()
    .default(true)
    .describe('Whether a src that is encrypted (vault) is decrypted on the way, in memory.'),
  mode: contentMode,
  directory_mode: fileMode.optional().describe('Mode of folders that are made. Without it: 0755.'),
  ...contentArgs,
});

type Found =
  | { readonly file: FoundFile }
  | { readonly folder: FoundFolder }
  | { readonly onNode: FoundOnNode; readonly wish: WantedFolder };

/** A file or a folder of the controller, or a given content, on the node. */
export const module = defineModule({
  name: 'copy',
  summary: 'Copy a file, a folder or a content to the node',
  args,
  inOrder: true,
  returns: z.strictObject(contentResult),
  inputs: { src: 'file' },
  notes: [
    'A folder is compared in one request. All files that differ travel in one stream, arrive beside their places, ' +
      'are compared by checksum and take their places by rename: each is there whole or not at all, and a full disk ' +
      'or a lost connection leaves nothing behind. One by one come files of 16 MiB and more, which are resumed after ' +
      'a lost connection, those with validate, those that are rewritten in_place, and all where the node has no tar.',
    'A folder of the node (remote_src) is copied by the node: links stay links, new files are as the node makes them, ' +
      'and what is there keeps mode and owner unless others are given.',
    'Left out: checksum, follow and local_follow: links are followed, but for those within a folder of the node.',
    'Of the files of a folder at most 4 MiB of text are shown as differences; beyond that, size and checksum are.',
  ],
  examples: `- name: Certificate
  copy: { src: oms_server.crt, dest: /etc/pki/nginx/, mode: "0600" }

- name: All that a folder holds
  copy: { src: site/, dest: /srv/www, mode: "0644", directory_mode: "0755" }

- name: One line
  copy: { content: "vm.swappiness = 1\\n", dest: /etc/sysctl.d/90-oms.conf }
`,
  async check(node, given) {
    const { src, dest, content, directory_mode, remote_src, decrypt, ...rest } = given;
    refuseBoth(src, content !== undefined);
    const local = src === undefined || remote_src ? undefined : await localStat(src);
    if (src !== undefined && local?.isDirectory() === true) {
      const folder = await checkFolder(node, { ...rest, src, dest, directory_mode });
      return { changes: folder.changes, result: { dest: folder.dest }, state: { folder } as Found };
    }
    if (src !== undefined && remote_src && (await isFolder(node, src))) {
      const wish = { ...rest, src, dest, directory_mode };
      const onNode = await checkOnNode(node, wish);
      return { changes: onNode.changes, result: { dest: onNode.dest }, state: { onNode, wish } as Found };
    }
    const source = await sourceOf(node, {
      src,
      content,
      remote: remote_src,
      decrypt,
      size: local?.size ?? 0,
    });
    const wanted: WantedFile = { ...rest, source };
    const name = src === undefined ? undefined : basename(src);
    const place = await locate(node, dest, { name, checksumAtOnce: sizeOf(source) < LARGE });
    const file = await checkContent(node, wanted, place);
    const result = contentResultOf(file, file.before, file.sha256);
    return { changes: file.changes, result, state: { file } as Found };
  },
  async apply(node, _args, { state }: { readonly state?: Found }) {
    if (state === undefined) throw new Error('copy: apply without what check found');
    if ('file' in state) return putContent(node, state.file);
    if ('folder' in state) await applyFolder(node, state.folder);
    else await applyOnNode(node, state.wish, state.onNode);
    return { dest: 'folder' in state ? state.folder.dest : state.onNode.dest };
  },
});

async function sourceOf(
  node: NodeReader,
  given: {
    readonly src: string | undefined;
    readonly content: Data | undefined;
    readonly remote: boolean;
    readonly decrypt: boolean;
    readonly size: number;
  },
): Promise<Source> {
  const { src, content, size } = given;
  if (src === undefined) return { bytes: Buffer.from(textOf(content ?? '')) };
  if (given.remote) return fileOfNode(node, src);
  const bytes = given.decrypt ? await node.scope.decrypted(src) : undefined;
  return bytes === undefined ? { localPath: src, size } : { bytes };
}

async function isFolder(node: NodeReader, src: string): Promise<boolean> {
  refuseRelative(src);
  return (await node.stat(src, { follow: true }))?.type === 'directory';
}

async function fileOfNode(node: NodeReader, src: string): Promise<Source> {
  refuseRelative(src);
  const stat = await node.stat(src, { follow: true });
  if (stat?.type === 'file') return small(node, src, stat.size);
  const what = stat === undefined ? `there is no file ${src}` : `src is no file (${stat.type}): ${src}`;
  throw new ModuleError({ message: `${what} on ${node.name}` });
}

/** A small one is read, so that its difference can be shown; a large one is copied by the node. */
async function small(node: NodeReader, src: string, size: number): Promise<Source> {
  if (size < LARGE) return { bytes: (await node.readFile(src)) ?? Buffer.alloc(0) };
  const sum = await node.checksum(src);
  if (sum === undefined) throw new ModuleError({ message: `${src} is gone from ${node.name}` });
  return { nodePath: src, size, known: { sha256: async () => sum, text: async () => undefined } };
}

function refuseBoth(src: string | undefined, hasContent: boolean): void {
  if ((src === undefined) !== hasContent) {
    const message = hasContent ? 'both src and content are given' : 'there is nothing to copy';
    throw new ModuleError({ message, hint: 'Give either src or content.' });
  }
}

async function localStat(src: string): Promise<Stats> {
  try {
    return await stat(src);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ModuleError({ message: `src cannot be read on the controller: ${src} (${code})` });
  }
}
