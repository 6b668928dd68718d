import * as z from 'zod';
import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { oneOf, requiredOf } from '../aliases.ts';
import type { FoundFile } from '../content.ts';
import { putContent } from '../content.ts';
import { defineModule, ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import { queryTool, runSteps } from '../steps.ts';
import { checkEdit } from '../text-file.ts';
import { editedSettings } from './edit.ts';

const keyName = z.string().regex(/^[A-Za-z0-9_][\w./:*@-]*$/, { error: 'not a name of a kernel parameter' });
const keyValue = z
  .union([z.string().regex(/^[^\n]*$/, { error: 'holds a line break' }), z.number()])
  .transform((value) => String(value).trim());

const args = z.strictObject({
  name: keyName.optional().describe('Name of the parameter, as in vm.swappiness. Required, as name or key.'),
  key: keyName.optional().describe('Another name of name.'),
  value: keyValue.optional().describe('Its value. Required for present, as value or val.'),
  val: keyValue.optional().describe('Another name of value.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether the file sets it.'),
  sysctl_file: z
    .string()
    .startsWith('/', { error: 'not an absolute path: begin it with /' })
    .default('/etc/sysctl.conf')
    .describe('The file, as in /etc/sysctl.d/90-oms.conf; its folder must be there.'),
  sysctl_set: z
    .boolean()
    .default(false)
    .describe('Whether the kernel’s own value is compared and set too, beside the file.'),
  reload: z.boolean().default(true).describe('Whether the kernel reads the file when it has changed.'),
  ignoreerrors: z
    .boolean()
    .default(false)
    .describe('Whether parameters that the kernel does not know are no failure.'),
});

const returns = z.strictObject({
  name: z.string().describe('The name.'),
  value: z.string().optional().describe('The value that is wanted.'),
  live: z.string().optional().describe('The kernel’s value as it was before, with sysctl_set.'),
  sysctl_file: z.string().describe('The file.'),
});

type Result = z.output<typeof returns>;

interface Found {
  readonly file: FoundFile | undefined;
  readonly steps: readonly Step[];
}

/** Parameters of the kernel. */
export const module = defineModule({
  name: 'sysctl',
  summary: 'A parameter of the kernel, in its file and live',
  args,
  returns,
  inOrder: true,
  notes: [
    'Without sysctl_set only the file is compared: a value that something else has changed since is not seen.',
  ],
  examples: `- sysctl: { name: vm.swappiness, value: 1, sysctl_file: /etc/sysctl.d/90-oms.conf, sysctl_set: true }
`,
  async check(node, given) {
    const name = requiredOf({ name: given.name, key: given.key });
    const value = oneOf({ value: given.value, val: given.val });
    const wants = given.state === 'present';
    if (wants && (value === undefined || value === '')) {
      throw new ModuleError({ message: 'value is missing', hint: 'state present needs it.' });
    }
    const live = wants && given.sysctl_set ? await liveValue(node, name, given.ignoreerrors) : undefined;
    const edit = await checkEdit(node, {
      path: given.sysctl_file,
      missing: wants ? 'make' : 'fine',
      edit: (text) => editedSettings(text, name, wants ? value : undefined),
      ...{ backup: false, in_place: false },
    });
    const changes: Change[] = [...edit.changes];
    const steps: Step[] = [];
    if (edit.changes.length > 0 && given.reload) steps.push(reloadStep(given));
    if (live !== undefined && value !== undefined && !sameValue(live, value)) {
      const rows = [{ name, before: live, after: value }];
      changes.push({ subject: name, summary: `${live} → ${value}`, diff: { kind: 'values', rows } });
      steps.push({
        command: sh`sysctl -w ${`${name}=${value}`}`,
        failure: `the kernel does not take ${name}`,
      });
    }
    const result: Result = {
      ...{ name, sysctl_file: given.sysctl_file },
      ...(value === undefined ? {} : { value }),
      ...(live === undefined ? {} : { live }),
    };
    const state: Found = { file: edit.changes.length === 0 ? undefined : edit.state, steps };
    return { changes, result, state };
  },
  async apply(node, _args, { state, result }: { readonly state?: Found; readonly result: Result }) {
    if (state?.file !== undefined) await putContent(node, state.file);
    await runSteps(node, state?.steps ?? []);
    return result;
  },
});

async function liveValue(node: NodeReader, name: string, tolerant: boolean): Promise<string | undefined> {
  const done = await queryTool(node, sh`sysctl -n ${name}`);
  if (done.exitCode === 0) return done.stdout.toString('utf8').trim();
  if (tolerant) return undefined;
  throw new ModuleError({
    message: `the kernel of ${node.name} has no parameter ${name}`,
    hint: 'Is its kernel module loaded? ignoreerrors: true only writes the file.',
    stderr: done.stderr.toString('utf8').trim(),
  });
}

function reloadStep({ sysctl_file, ignoreerrors }: z.output<typeof args>): Step {
  return {
    command: sh`sysctl ${[...(ignoreerrors ? ['-e'] : []), '-p', sysctl_file]}`,
    failure: `the kernel did not take all of ${sysctl_file}`,
    hint: () => 'The file is written. reload: false leaves the kernel alone.',
  };
}

/** The kernel parts several numbers with tabs. */
function sameValue(one: string, other: string): boolean {
  const plain = (text: string): string => text.trim().split(/\s+/).join(' ');
  return plain(one) === plain(other);
}
