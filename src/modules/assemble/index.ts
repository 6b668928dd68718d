import * as z from 'zod';
import type { FoundFile } from '../content.ts';
import {
  checkContent,
  contentArgs,
  contentMode,
  contentResult,
  contentResultOf,
  putContent,
} from '../content.ts';
import { defineModule } from '../define.ts';
import { locate, refuseRelative } from '../destination.ts';
import { matchingLines } from '../regex.ts';
import type { Counts } from './fragments.ts';
import { fragmentsHere, fragmentsOfNode, joined } from './fragments.ts';

const { force: _, ...fileArgs } = contentArgs;

const args = z.strictObject({
  src: z
    .string()
    .min(1)
    .describe(
      'Folder of the fragments: of the node; with remote_src false of the controller, searched as copy does.',
    ),
  dest: z.string().describe('Absolute path of the file on the node.'),
  remote_src: z.boolean().default(true).describe('Whether the fragments are on the node.'),
  regexp: z.string().min(1).optional().describe('Only files whose name matches somewhere.'),
  ignore_hidden: z.boolean().default(false).describe('Whether names that begin with a dot are left out.'),
  delimiter: z
    .string()
    .optional()
    .describe('Text between two fragments, on a line of its own; \\n and \\t in it are understood.'),
  decrypt: z
    .boolean()
    .default(true)
    .describe('Whether fragments of the controller that are encrypted (vault) are decrypted.'),
  mode: contentMode,
  ...fileArgs,
});

const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\r': '\r', '\\\\': '\\' };

/** A file from the fragments in a folder. */
export const module = defineModule({
  name: 'assemble',
  summary: 'Put a file together from fragments in a folder',
  args,
  inOrder: true,
  returns: z.strictObject(contentResult),
  inputs: { src: 'file' },
  notes: [
    'The fragments follow each other by name. Each begins on a line of its own. Folders in src are left out.',
  ],
  examples: `- assemble: { src: /etc/haproxy/conf.d, dest: /etc/haproxy/haproxy.cfg, validate: "haproxy -c -f %s" }
`,
  async check(node, given) {
    const { src, dest, remote_src, regexp, ignore_hidden, delimiter, decrypt, ...rest } = given;
    if (remote_src) refuseRelative(src);
    const counts = countsOf({ regexp, ignore_hidden });
    const decrypted = (path: string): Promise<Buffer | undefined> =>
      decrypt ? node.scope.decrypted(path) : Promise.resolve(undefined);
    const [fragments, place] = await Promise.all([
      remote_src ? fragmentsOfNode(node, src, counts) : fragmentsHere(src, counts, decrypted),
      locate(node, dest, { name: undefined, checksumAtOnce: true }),
    ]);
    const between = delimiter?.replace(/\\[ntr\\]/g, (escape) => ESCAPES[escape] ?? escape);
    const source = { bytes: joined(fragments, between) };
    const found = await checkContent(node, { ...rest, force: true, source }, place);
    return {
      changes: found.changes,
      result: contentResultOf(found, found.before, found.sha256),
      state: found,
    };
  },
  async apply(node, _args, { state }: { readonly state?: FoundFile }) {
    if (state === undefined) throw new Error('assemble: apply without what check found');
    return putContent(node, state);
  },
});

function countsOf({
  regexp,
  ignore_hidden,
}: {
  readonly regexp: string | undefined;
  readonly ignore_hidden: boolean;
}): Counts {
  return (names) => {
    const seen = names.filter((name) => !ignore_hidden || !name.startsWith('.'));
    if (regexp === undefined) return seen;
    return matchingLines(regexp, seen, 'regexp').flatMap((i) => seen[i] ?? []);
  };
}
