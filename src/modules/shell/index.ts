import { z } from 'zod';
import { sh } from '../../transport/command.ts';
import type { Execution } from '../command/execution.ts';
import { applyExecution, checkExecution, executionArgs, executionResult } from '../command/execution.ts';
import { defineModule } from '../define.ts';

const args = z.strictObject({
  cmd: z.string().min(1).describe('Shell text: pipes, redirections and variables work.'),
  executable: z
    .string()
    .startsWith('/')
    .default('/bin/sh')
    .describe('The shell that runs it, an absolute path.'),
  ...executionArgs,
});

const SPEAKS_POSIX = /\/(ba|da|a|k|mk|z)?sh$/;

/** Runs a text by a shell of the node. */
export const module = defineModule({
  name: 'shell',
  summary: 'Run a shell text on the node',
  args,
  inOrder: true,
  returns: executionResult,
  freeForm: 'cmd',
  always: 'it runs a shell text, and what that changes cannot be known',
  examples: `- name: Free space of the data disk
  shell: df -Pk {{oms_mount_path}} | awk 'NR == 2 { print $4 }'
  register: free
  changed_when: false
`,
  check: (node, given) => checkExecution(node, executionOf(given)),
  apply: (node, given) => applyExecution(node, executionOf(given)),
});

function executionOf(given: z.output<typeof args>): Execution {
  const { cmd, executable, ...rest } = given;
  // A shell of its own, so that a syntax error in the text ends that one and not the session's.
  const plain = sh`${executable} -c ${cmd}`;
  if (!SPEAKS_POSIX.test(executable)) return { ...rest, cmd, command: plain };
  // By the environment, which only that user sees: argument lists are everybody's, and the text may hold a secret.
  const { text } = sh`OMS_PLAY_TEXT=${cmd} ${executable} -c ${'eval "unset OMS_PLAY_TEXT; $OMS_PLAY_TEXT"'}`;
  return { ...rest, cmd, command: { text, shown: plain.shown } };
}
