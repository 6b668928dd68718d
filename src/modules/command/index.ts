import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import { defineModule, ModuleError } from '../define.ts';
import { splitWords } from '../words.ts';
import type { Execution } from './execution.ts';
import { applyExecution, checkExecution, executionArgs, executionResult } from './execution.ts';

const args = z.strictObject({
  cmd: z
    .string()
    .min(1)
    .optional()
    .describe('The command and its arguments in one line; quotes keep words together.'),
  argv: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('The command and its arguments as a list, taken as they are.'),
  ...executionArgs,
});

/** Runs a program with arguments, without a shell's expansions. */
export const module = defineModule({
  name: 'command',
  summary: 'Run a program on the node, without a shell',
  args,
  inOrder: true,
  detachable: true,
  returns: executionResult,
  freeForm: 'cmd',
  always: 'it runs a program, and what that changes cannot be known',
  examples: `- name: Kernel of the node
  command: uname -r
  register: kernel
  changed_when: false

- name: Unpack once
  command:
    argv: [tar, -xzf, /tmp/tool.tar.gz, -C, /opt/tool]
    creates: /opt/tool/bin
`,
  check: (node, given) => checkExecution(node, executionOf(given)),
  apply: (node, given) => applyExecution(node, executionOf(given)),
});

function executionOf(given: z.output<typeof args>): Execution {
  const { cmd, argv, ...rest } = given;
  if ((cmd === undefined) === (argv === undefined)) {
    throw new ModuleError({
      message: cmd === undefined ? 'there is no command' : 'both cmd and argv are given',
      hint: 'Give either the command line as cmd or the words as argv.',
    });
  }
  const words = argv ?? splitWords(cmd ?? '');
  if (words.length === 0) throw new ModuleError({ message: 'the command is empty' });
  return { ...rest, cmd: words, command: sh`${words}` };
}
