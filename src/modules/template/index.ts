import { posix } from 'node:path';
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
import { locate } from '../destination.ts';

const ENDINGS = {
  '\n': '\n',
  '\\n': '\n',
  '\r\n': '\r\n',
  '\\r\\n': '\r\n',
  '\r': '\r',
  '\\r': '\r',
} as const;

/** A file made from a template on the controller. */
export const module = defineModule({
  name: 'template',
  summary: 'A file on the node, made from a template',
  args: z.strictObject({
    src: z
      .strictObject({ path: z.string(), text: z.string() })
      .describe('The template, searched in templates/ of the role, then beside the playbook.'),
    dest: z
      .string()
      .describe(
        'Absolute path on the node. A folder, or a path that ends in /, gets a file of the same name.',
      )
      .meta({ absolute: true }),
    mode: contentMode,
    ...contentArgs,
    newline_sequence: z
      .enum(Object.keys(ENDINGS) as (keyof typeof ENDINGS)[])
      .default('\n')
      .describe('How its lines end: \\n, \\r\\n or \\r.'),
  }),
  returns: z.strictObject(contentResult),
  inputs: { src: 'template' },
  inOrder: true,
  notes: [
    'A template that is encrypted (vault) is decrypted on the way, in memory. Left out: follow (links are followed), ' +
      'output_encoding (it is UTF-8), and what belongs to Jinja2 (block_start_string, trim_blocks …): see docs/templates.md.',
  ],
  examples: `- name: Settings of the agent
  template: { src: agent.conf.hbs, dest: /etc/agent.conf, mode: "0640" }
  notify: restart agent
`,
  async check(node, { src, dest, newline_sequence, ...rest }) {
    const name = posix.basename(src.path).replace(/\.hbs$/, '');
    const bytes = Buffer.from(withEndings(src.text, ENDINGS[newline_sequence]));
    const place = await locate(node, dest, { name, checksumAtOnce: true });
    const found = await checkContent(node, { ...rest, source: { bytes } }, place);
    return {
      changes: found.changes,
      result: contentResultOf(found, found.before, found.sha256),
      state: found,
    };
  },
  async apply(node, _args, { state }: { readonly state?: FoundFile }) {
    if (state === undefined) throw new Error('template: apply without what check found');
    return putContent(node, state);
  },
});

function withEndings(text: string, ending: string): string {
  return ending === '\n' ? text : text.replace(/\r?\n/g, ending);
}
