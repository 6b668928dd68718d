import * as z from 'zod';
import { textOfBytes } from '../source.ts';
import { defineModule, ModuleError } from '../define.ts';

/** The content of a file of the node. */
export const module = defineModule({
  name: 'slurp',
  summary: 'Read a file of the node into a variable',
  args: z.strictObject({
    src: z.string().optional().describe('Path of the file on the node. Required, as src or path.'),
    path: z.string().optional().describe('Another name of src.'),
  }),
  returns: z.strictObject({
    content: z.string().describe('The bytes in base64.'),
    encoding: z.literal('base64').describe('Always base64.'),
    source: z.string().describe('The path.'),
    text: z.string().optional().describe('The content as text, where it is UTF-8.'),
  }),
  examples: `- slurp: { src: /etc/hostname }
  register: hostname

- debug: { msg: "{{hostname.text}}" }
`,
  async check(node, { src, path }) {
    const source = src ?? path;
    if (source === undefined || (src !== undefined && path !== undefined)) {
      throw new ModuleError({
        message: source === undefined ? 'src is missing' : 'src and path mean the same',
      });
    }
    const bytes = await node.readFile(source);
    if (bytes === undefined) throw new ModuleError({ message: `there is no file ${source} on ${node.name}` });
    const text = textOfBytes(bytes);
    const result = { content: bytes.toString('base64'), encoding: 'base64' as const, source };
    return { changes: [], result: text === undefined ? result : { ...result, text } };
  },
  apply: () => Promise.reject(new Error('slurp changes nothing')),
});
