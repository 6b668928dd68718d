import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import type { NodeWriter } from '../../transport/node.ts';
import { defineModule, ModuleError } from '../define.ts';
import { refuseRelative } from '../destination.ts';
import { commandError } from '../failure.ts';

const IS_THERE = 17;

const name = z.string().regex(/^[^/\0]*$/, 'a name holds no /');

/** A new file or folder that nobody else has. */
export const module = defineModule({
  name: 'tempfile',
  summary: 'Make a temporary file or folder on the node',
  args: z.strictObject({
    state: z.enum(['file', 'directory']).default('file').describe('What is made.'),
    path: z
      .string()
      .optional()
      .describe('Absolute path of the folder that it is made in. Without it: $TMPDIR of the node, else /tmp.')
      .meta({ absolute: true }),
    prefix: name.default('ansible.').describe('What its name begins with.'),
    suffix: name.default('').describe('What its name ends with.'),
  }),
  returns: z.strictObject({
    path: z.string().describe('Path of what was made; empty in check mode.'),
    state: z.enum(['file', 'directory']).describe('What it is.'),
    mode: z.string().describe('Its mode, four octal digits: nobody else may read it.'),
  }),
  notes: [
    'It makes a new one each time, so it is never ok. Nobody takes it away: use file with state absent.',
  ],
  examples: `- tempfile: { state: directory, suffix: -build }
  register: build

- file: { path: "{{build.path}}", state: absent }
`,
  inOrder: true,
  async check(node, { state, path, prefix, suffix }) {
    if (path !== undefined) {
      refuseRelative(path);
      const there = await node.stat(path, { follow: true });
      if (there?.type !== 'directory') throw noFolder(path, node.name);
    }
    const subject = `${path ?? '$TMPDIR'}/${prefix}…${suffix}`;
    const mode = modeOf(state);
    const change = { subject, summary: `absent → ${state} ${mode}` };
    return { changes: [change], result: { path: '', state, mode }, certain: { state, mode } };
  },
  async apply(node, { state, path, prefix, suffix }) {
    const folder = path === undefined ? sh`"\${TMPDIR:-/tmp}"` : sh`${path}`;
    const made = await make(node, state, (random) => sh`${folder}/${`${prefix}${random}${suffix}`}`);
    return { path: made, state, mode: modeOf(state) };
  },
});

function modeOf(state: 'file' | 'directory'): string {
  return state === 'file' ? '0600' : '0700';
}

function noFolder(path: string, node: string): ModuleError {
  return new ModuleError({ message: `there is no folder ${path} on ${node}`, hint: 'Make it before.' });
}

/** The name is ours: not every mktemp knows suffixes. noclobber: what is there already is not taken. */
async function make(
  node: NodeWriter,
  state: 'file' | 'directory',
  pathOf: (random: string) => ShellCommand,
): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const place = pathOf(randomBytes(6).toString('hex'));
    const step = state === 'file' ? sh`set -C; : >"$p"` : sh`mkdir -m 0700 -- "$p"`;
    const { text } = sh`umask 077; p=${place}; [ ! -e "$p" ] || exit ${IS_THERE}; ${step} && printf %s "$p"`;
    const command = { text, shown: sh`mktemp ${pathOf('XXXXXX')}`.shown };
    const done = await node.run(command, { brief: 'script' });
    if (done.exitCode === 0) return done.stdout.toString('utf8');
    if (done.exitCode !== IS_THERE || tries === 3)
      throw commandError('could not make a temporary ' + state, command, done);
  }
}
