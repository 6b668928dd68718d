import * as z from 'zod';
import type { Execution } from '../command/execution.ts';
import { applyExecution, checkExecution, executionResult } from '../command/execution.ts';
import { shellText } from '../command/shell-text.ts';
import { defineModule } from '../define.ts';

const args = z.strictObject({
  cmd: z.string().min(1).describe('Shell text, as the node’s shell takes it.'),
  executable: z
    .string()
    .startsWith('/')
    .default('/bin/sh')
    .describe('The shell that runs it, an absolute path.'),
});

/** A text for the shell of a node, and nothing around it. */
export const module = defineModule({
  name: 'raw',
  summary: 'Run a shell text on the node, nothing else',
  args,
  inOrder: true,
  returns: executionResult,
  freeForm: 'cmd',
  always: 'it runs a shell text, and what that changes cannot be known',
  notes: [
    'Ansible needs it for nodes without Python. oms-play needs no Python anywhere: shell does the same and can do more ' +
      '(chdir, creates, removes, stdin); raw is there so that playbooks which have it need not be changed.',
  ],
  examples: `- name: Whatever the node is
  raw: cat /etc/*release
  register: release
  changed_when: false
`,
  check: (node, given) => checkExecution(node, executionOf(given)),
  apply: (node, given) => applyExecution(node, executionOf(given)),
});

function executionOf({ cmd, executable }: z.output<typeof args>): Execution {
  return {
    cmd,
    command: shellText(executable, cmd),
    stdin_add_newline: false,
    strip_empty_ends: false,
  };
}
