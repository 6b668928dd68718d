import * as z from 'zod';
import type { Execution } from '../command/execution.ts';
import { applyExecution, checkExecution, executionArgs, executionResult } from '../command/execution.ts';
import { shellText } from '../command/shell-text.ts';
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

/** Runs a text by a shell of the node. */
export const module = defineModule({
  name: 'shell',
  summary: 'Run a shell text on the node',
  args,
  inOrder: true,
  detachable: true,
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
  return { ...rest, cmd, command: shellText(executable, cmd) };
}
