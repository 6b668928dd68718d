import { posix } from 'node:path';
import * as z from 'zod';
import type { NodeReader } from '../../transport/node.ts';
import { ownHome } from '../accounts/home.ts';
import { requiredOf } from '../aliases.ts';
import type { FoundFile } from '../content.ts';
import { putContent } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import { checkEdit } from '../text-file.ts';
import { editedHosts, hostKeysOf } from './edit.ts';

const hostName = z.string().regex(/^[^\s,]+$/, { error: 'not a name or address of a host' });

const args = z.strictObject({
  name: hostName
    .optional()
    .describe('The host as ssh calls it: [name]:port where the port is not 22. Required, as name or host.'),
  host: hostName.optional().describe('Another name of name.'),
  key: z
    .string()
    .optional()
    .describe(
      'Host key as it stands in known_hosts, the host first; several in several lines. Required for present.',
    ),
  path: z.string().default('~/.ssh/known_hosts').describe('The file; ~ is the home of who the task runs as.'),
  hash_host: z.boolean().default(false).describe('Whether the name is written as a hash.'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('Whether the key is there; absent without key: none of that host.'),
});

const returns = z.strictObject({
  name: z.string().describe('The host, in lower case.'),
  path: z.string().describe('Path of the file.'),
  state: z.enum(['present', 'absent']).describe('The argument.'),
});

/** Host keys that ssh knows. */
export const module = defineModule({
  name: 'known_hosts',
  summary: 'Host keys that ssh on the node knows',
  args,
  returns,
  inOrder: true,
  notes: [
    'A host has one key of each type: another of the same type takes its place. Lines with several hosts keep the others.',
  ],
  examples: `- known_hosts:
    name: "[backup.example]:2222"
    key: "[backup.example]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL…"
    path: /etc/ssh/ssh_known_hosts
`,
  async check(node, { name, host, key, path: given, hash_host, state }) {
    const host_ = requiredOf({ name, host }).toLowerCase();
    if (key === undefined && state === 'present') {
      throw new ModuleError({
        message: 'key is missing',
        hint: 'state present needs it; ssh-keyscan prints it.',
      });
    }
    const keys = key === undefined ? [] : hostKeysOf(key, host_);
    const path = await absolute(node, given);
    await requireFolder(node, path, state);
    const found = await checkEdit(node, {
      path,
      missing: state === 'absent' ? 'fine' : 'make',
      edit: (text) => editedHosts(text, { name: host_, keys, state, hashed: hash_host }),
      ...{ backup: false, in_place: false },
    });
    return {
      changes: found.changes,
      result: { name: host_, path, state },
      ...(found.state ? { state: found.state } : {}),
    };
  },
  async apply(
    node,
    _args,
    { state, result }: { readonly state?: FoundFile; readonly result: z.output<typeof returns> },
  ) {
    if (state === undefined) throw new Error('known_hosts: apply without what check found');
    await putContent(node, state);
    return result;
  },
});

async function absolute(node: NodeReader, path: string): Promise<string> {
  if (path.startsWith('/')) return path;
  if (path.startsWith('~/')) return `${await ownHome(node)}${path.slice(1)}`;
  throw new ModuleError({ message: `not an absolute path: ${path}`, hint: 'Begin it with / or ~/.' });
}

async function requireFolder(node: NodeReader, path: string, state: string): Promise<void> {
  const folder = posix.dirname(path);
  if (state === 'absent' || (await node.stat(folder, { follow: true }))?.type === 'directory') return;
  throw new ModuleError({
    message: `there is no folder ${folder} on ${node.name}`,
    hint: 'Make it before, with file: { state: directory, mode: "0700" }.',
  });
}
