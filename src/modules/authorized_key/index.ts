import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import type { NodeReader } from '../../transport/node.ts';
import { sh } from '../../transport/command.ts';
import type { Home } from '../accounts/home.ts';
import { homeOf } from '../accounts/home.ts';
import { accountName } from '../accounts/names.ts';
import { differences, rowsInWords } from '../attributes.ts';
import type { FoundFile } from '../content.ts';
import { putContent } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import { runSteps } from '../steps.ts';
import { checkEdit } from '../text-file.ts';
import { editedKeys, keysOf } from './edit.ts';

const args = z.strictObject({
  user: accountName.describe('User who may log in with the key.'),
  key: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('The key, or several: a text with one in each line, or a list of such texts.'),
  key_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File of the controller that holds the key or keys, searched in files/ of the role, then beside the playbook.',
    ),
  state: z.enum(['present', 'absent']).default('present').describe('Whether the key is to be there.'),
  exclusive: z.boolean().default(false).describe('Whether all keys that are not given here go.'),
  key_options: z
    .string()
    .min(1)
    .regex(/^[^\n]*$/, { error: 'holds a line break' })
    .optional()
    .describe('Options of the key, as in no-pty,from="10.0.0.*"; instead of those in its text.'),
  comment: z
    .string()
    .regex(/^[^\n]*$/, { error: 'holds a line break' })
    .optional()
    .describe('Comment of the key, instead of the one in its text.'),
  path: z
    .string()
    .startsWith('/', { error: 'not an absolute path: begin it with /' })
    .optional()
    .describe('The file, where it is not .ssh/authorized_keys of the user’s home.'),
  manage_dir: z
    .boolean()
    .default(true)
    .describe(
      'Whether the folder is made where it is missing, and its owner and mode are set. Use false with path.',
    ),
});

type Args = z.output<typeof args>;

const returns = z.strictObject({
  user: z.string().describe('The user.'),
  keyfile: z.string().describe('Path of the file.'),
  state: z.enum(['present', 'absent']).describe('The argument.'),
  exclusive: z.boolean().describe('The argument.'),
});

interface Found {
  readonly folder: readonly Step[];
  readonly file: FoundFile | undefined;
}

/** Keys that a user may log in with. */
export const module = defineModule({
  name: 'authorized_key',
  summary: 'Public keys that a user of the node may log in with',
  args,
  returns,
  inputs: { key_file: 'file' },
  notes: [
    'With exclusive give all keys in one task: in a loop each item would remove the keys of the others.',
    'Not here: a URL as key (get it with uri or get_url first), validate_certs, follow (links are always followed).',
  ],
  examples: `- authorized_key: { user: ops, key_file: ops.pub }

- name: These and no others
  authorized_key:
    user: ops
    exclusive: true
    key: ["{{key_of_ann}}", "{{key_of_bob}}"]
`,
  async check(node, given) {
    const keys = keysOf(await textsOf(given), given);
    if (keys.length === 0 && !given.exclusive)
      throw new ModuleError({ message: 'there is no key in key or key_file' });
    const home = await homeOf(node, given.user);
    const path = given.path ?? `${home.path}/.ssh/authorized_keys`;
    const folder = given.manage_dir ? await folderPlan(node, posix.dirname(path), home) : undefined;
    const edit = await checkEdit(node, {
      path,
      missing: given.state === 'absent' ? 'fine' : 'make',
      edit: (text) => editedKeys(text, { keys, state: given.state, exclusive: given.exclusive }),
      // sshd takes no file that others may write to.
      ...(given.manage_dir ? { mode: '0600', owner: String(home.uid), group: String(home.gid) } : {}),
      ...{ backup: false, in_place: false },
    });
    const needed = given.state === 'present' || edit.changes.length > 0;
    const changes = [...(needed ? (folder?.changes ?? []) : []), ...edit.changes];
    const state: Found = {
      folder: folder?.steps ?? [],
      file: edit.changes.length === 0 ? undefined : edit.state,
    };
    return { changes, result: resultOf(given, path), state };
  },
  async apply(
    node,
    _given,
    { state, result }: { readonly state?: Found; readonly result: z.output<typeof returns> },
  ) {
    await runSteps(node, state?.folder ?? []);
    if (state?.file !== undefined) await putContent(node, state.file);
    return result;
  },
});

async function textsOf({ key, key_file }: Args): Promise<readonly string[]> {
  if ((key === undefined) === (key_file === undefined)) {
    const message = key === undefined ? 'there is no key' : 'both key and key_file are given';
    throw new ModuleError({ message, hint: 'Give either the text as key or a file as key_file.' });
  }
  if (key_file === undefined) return [key ?? []].flat();
  try {
    return [await readFile(key_file, 'utf8')];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ModuleError({ message: `key_file cannot be read on the controller: ${key_file} (${code})` });
  }
}

async function folderPlan(
  node: NodeReader,
  folder: string,
  { uid, gid }: Home,
): Promise<{ readonly changes: readonly Change[]; readonly steps: readonly Step[] }> {
  const now = await node.stat(folder, { follow: true });
  const who = `${uid}:${gid}`;
  const failure = `could not make the folder ${folder}`;
  if (now === undefined) {
    const command = sh`umask 077 && mkdir -p -- ${folder} && chown -- ${who} ${folder}`;
    return {
      changes: [{ subject: folder, summary: 'absent → directory 0700' }],
      steps: [{ command, failure }],
    };
  }
  const rows = differences(now, { mode: '0700', owner: String(uid), group: String(gid) });
  if (rows.length === 0) return { changes: [], steps: [] };
  const command = sh`chown -- ${who} ${folder} && chmod 0700 -- ${folder}`;
  const diff = { kind: 'values', rows } as const;
  return { changes: [{ subject: folder, summary: rowsInWords(rows), diff }], steps: [{ command, failure }] };
}

function resultOf({ user, state, exclusive }: Args, keyfile: string): z.output<typeof returns> {
  return { user, keyfile, state, exclusive };
}
