import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import type { Change, Diff } from '../../model/result.ts';
import type { NodeReader } from '../../transport/node.ts';
import { defineModule, ModuleError } from '../define.ts';
import { refuseRelative } from '../destination.ts';
import { LARGE, textOfBytes } from '../source.ts';
import { partsOf, receive } from './receive.ts';
import { claim, targetOf } from './target.ts';

const args = z.strictObject({
  src: z
    .string()
    .describe('Absolute path of the file on the node; a link is followed.')
    .meta({ absolute: true }),
  dest: z
    .string()
    .describe(
      'Folder of the controller, from the playbook on, that gets <node>/<path of src>. With flat: the file itself, ' +
        'or a folder when it ends in /.',
    ),
  flat: z
    .boolean()
    .default(false)
    .describe('Whether the file goes to dest without the node’s name and its path.'),
  fail_on_missing: z.boolean().default(true).describe('Whether it is a failure when there is no such file.'),
  validate_checksum: z
    .boolean()
    .default(true)
    .describe('Whether what arrived must have the checksum that the file had; false for files that grow.'),
});

const returns = z.strictObject({
  src: z.string().describe('The path on the node.'),
  dest: z.string().optional().describe('The file on the controller.'),
  checksum: z.string().optional().describe('SHA-256 of its content.'),
  size: z.int().optional().describe('Size in bytes.'),
  msg: z.string().optional().describe('Why nothing was fetched.'),
});

interface Found {
  readonly target: string;
  readonly size: number;
  readonly sum: string;
  /** Of a small file, which is not asked for twice. */
  readonly bytes: Buffer | undefined;
}

/** A file of a node on the controller. */
export const module = defineModule({
  name: 'fetch',
  summary: 'Bring a file of the node to the controller',
  args,
  returns,
  inputs: { dest: 'destination' },
  changesController: true,
  notes: [
    'The file on the controller is there whole or not at all. With flat, a second node that would overwrite the file ' +
      'of another one in the same run with another content is refused.',
    'Folders are not fetched: make an archive of one first.',
  ],
  examples: `- name: The log of every node, below logs/<node>/
  fetch: { src: /data/oms/logs/ghana/Ghana/oms-web.log, dest: logs }

- fetch: { src: /etc/hostname, dest: "names/{{inventory_hostname}}.txt", flat: true }
`,
  async check(node, { src, dest, flat, fail_on_missing }) {
    refuseRelative(src);
    const target = targetOf(node.name, { src, dest, flat });
    const [there, sum] = await Promise.all([node.stat(src, { follow: true }), checksumOf(node, src)]);
    if (there === undefined) return missing(node, src, fail_on_missing);
    if (there.type !== 'file' || sum === undefined) {
      throw new ModuleError({
        message: `${src} on ${node.name} is no file (${there.type})`,
        hint: 'Fetch a file; of a folder, make an archive first.',
      });
    }
    const { size } = there;
    const result = { src, dest: target, checksum: sum, size };
    if ((await localSum(target, size)) === sum) return { changes: [], result };
    const bytes = size < LARGE ? await node.readFile(src) : undefined;
    const change = await changeOf(target, size, bytes);
    const state: Found = { target, size, sum, bytes };
    return { changes: [change], result, certain: result, state };
  },
  async apply(node, { src, validate_checksum }, { state }: { readonly state?: Found }) {
    if (state === undefined) throw new Error('fetch: apply without what check found');
    const { target, size, bytes, sum } = state;
    claim(target, sum, node);
    const parts = bytes === undefined ? partsOf(node, src, size) : [bytes];
    const checksum = await receive(target, parts, validate_checksum ? sum : undefined);
    return { src, dest: target, checksum, size: (await stat(target)).size };
  },
});

/** That of a folder fails; its stat says so in better words. */
async function checksumOf(node: NodeReader, src: string): Promise<string | undefined> {
  try {
    return await node.checksum(src);
  } catch (error) {
    if ((await node.stat(src, { follow: true }))?.type === 'directory') return undefined;
    throw error;
  }
}

function missing(node: NodeReader, src: string, fails: boolean) {
  const msg = `there is no file ${src} on ${node.name}`;
  if (fails) throw new ModuleError({ message: msg, hint: 'fail_on_missing: false goes on without it.' });
  return { changes: [], result: { src, msg }, message: msg };
}

/** undefined: there is no such file, or one of another size. Throws where a folder is. */
async function localSum(target: string, size: number): Promise<string | undefined> {
  const there = await stat(target).catch(() => undefined);
  if (there === undefined) return undefined;
  if (!there.isFile()) {
    throw new ModuleError({
      message: `${target} on the controller is no file`,
      hint: 'With flat, a dest that is a folder ends in /.',
    });
  }
  if (there.size !== size) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(target)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function changeOf(target: string, size: number, bytes: Buffer | undefined): Promise<Change> {
  const old = await stat(target).catch(() => undefined);
  const summary = old === undefined ? 'absent → file on the controller' : 'content on the controller';
  const after = bytes && textOfBytes(bytes);
  const before = old === undefined ? '' : old.size < LARGE ? textOfBytes(await readFile(target)) : undefined;
  const diff: Diff =
    after === undefined || before === undefined
      ? { kind: 'values', rows: [{ name: 'size', before: old?.size ?? null, after: size }] }
      : { kind: 'text', path: target, before, after };
  return { subject: target, summary, diff };
}
