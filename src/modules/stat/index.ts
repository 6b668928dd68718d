import { posix } from 'node:path';
import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import type { FileStat, NodeReader } from '../../transport/node.ts';
import { mustQuery } from '../attributes.ts';
import { defineModule } from '../define.ts';

const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

const args = z.strictObject({
  path: z.string().min(1).describe('Path of the file, folder or link.'),
  follow: z.boolean().default(false).describe('Whether to look at what a link points to.'),
  get_checksum: z.boolean().default(true).describe('Whether the checksum of a file is wanted.'),
  checksum_algorithm: z.enum(ALGORITHMS).default('sha256').describe('How the checksum is made.'),
});

const found = z.strictObject({
  exists: z.boolean().describe('Whether there is anything at the path.'),
  path: z.string().describe('The path.'),
  isdir: z.boolean().describe('It is a folder.'),
  isreg: z.boolean().describe('It is a file.'),
  islnk: z.boolean().describe('It is a symbolic link.'),
  mode: z.string().optional().describe('Mode, four octal digits.'),
  pw_name: z.string().optional().describe('Name of its owner.'),
  gr_name: z.string().optional().describe('Name of its group.'),
  uid: z.int().optional().describe('Number of its owner.'),
  gid: z.int().optional().describe('Number of its group.'),
  size: z.int().optional().describe('Size in bytes.'),
  mtime: z.number().optional().describe('Time of the last change, in seconds since 1970.'),
  checksum: z.string().optional().describe('Checksum of a file.'),
  lnk_target: z.string().optional().describe('What a link says it points to.'),
  lnk_source: z.string().optional().describe('The absolute path of that.'),
});

/** What is at a path. */
export const module = defineModule({
  name: 'stat',
  summary: 'Look at a file, folder or link',
  args,
  returns: z.strictObject({
    stat: found.describe('What is there; the facts of it only where exists is true.'),
  }),
  examples: `- stat: { path: /data/oms/config.yaml }
  register: config

- debug: { msg: "a node of this cluster already" }
  when: config.stat.exists
`,
  async check(node, { path, follow, get_checksum, checksum_algorithm }) {
    const stat = await node.stat(path, { follow });
    const kinds = kindsOf(path, stat);
    if (stat === undefined) return { changes: [], result: { stat: kinds } };
    const wantsChecksum = get_checksum && stat.type === 'file';
    const checksum = wantsChecksum ? await checksumOf(node, path, checksum_algorithm) : undefined;
    return {
      changes: [],
      result: { stat: { ...kinds, ...factsOf(path, stat), ...(checksum === undefined ? {} : { checksum }) } },
    };
  },
  apply: () => Promise.reject(new Error('stat changes nothing')),
});

function kindsOf(path: string, stat: FileStat | undefined): z.output<typeof found> {
  return {
    exists: stat !== undefined,
    path,
    isdir: stat?.type === 'directory',
    isreg: stat?.type === 'file',
    islnk: stat?.type === 'link',
  };
}

function factsOf(path: string, stat: FileStat): Partial<z.output<typeof found>> {
  const { mode, owner, group, uid, gid, size, mtime, linkTarget } = stat;
  const facts = { mode, pw_name: owner, gr_name: group, uid, gid, size, mtime };
  if (linkTarget === undefined) return facts;
  return { ...facts, lnk_target: linkTarget, lnk_source: posix.resolve(posix.dirname(path), linkTarget) };
}

async function checksumOf(
  node: NodeReader,
  path: string,
  algorithm: (typeof ALGORITHMS)[number],
): Promise<string | undefined> {
  if (algorithm === 'sha256') return node.checksum(path);
  const output = await mustQuery(node, sh`${`${algorithm}sum`} -- ${path}`, `no checksum of ${path}`);
  // Coreutils puts a backslash before the sum of a file whose name needed escaping.
  return output.replace(/^\\/, '').split(' ')[0];
}
