import { basename } from 'node:path';
import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import type { Execution } from '../command/execution.ts';
import { applyExecution, checkExecution, executionArgs, executionResult } from '../command/execution.ts';
import { defineModule } from '../define.ts';
import { runProgram } from '../program/send.ts';

const { chdir, creates, removes } = executionArgs;

const args = z.strictObject({
  cmd: z
    .strictObject({ path: z.string(), words: z.array(z.string()) })
    .describe(
      'Path of the script on the controller, searched in files/ of the role, then beside the playbook, ' +
        'with the arguments for it behind; quotes keep words together.',
    ),
  chdir,
  creates,
  removes,
  executable: z
    .string()
    .min(1)
    .optional()
    .describe('What runs it, with arguments. Without it: what its first line (#!) names, else /bin/sh.'),
});

/** Sends a script of the controller's and runs it. */
export const module = defineModule({
  name: 'script',
  summary: 'Run a script of the controller on the node',
  args,
  inOrder: true,
  returns: executionResult,
  freeForm: 'cmd',
  inputs: { cmd: 'program' },
  always: 'it runs a script, and what that changes cannot be known',
  notes: [
    'It is put into a folder of its own that only its user may read, run there, and taken away when it ends. Its ' +
      'arguments are visible to every user of the node while it runs: give it secrets by environment.',
    'decrypt is left out: a script is sent as it is.',
  ],
  examples: `- name: Tune the kernel once
  script: tune.sh --profile "oms large"
  args: { creates: /etc/sysctl.d/90-oms.conf }

- name: Secrets by environment
  script: { cmd: register.py, executable: /usr/bin/python3 }
  environment: { TOKEN: "{{token}}" }
`,
  check: (node, given) => checkExecution(node, executionOf(given)),
  apply(node, given) {
    const { cmd, executable } = given;
    return applyExecution(node, executionOf(given), () =>
      runProgram(node, { localPath: cmd.path, words: cmd.words, executable, chdir: given.chdir }),
    );
  },
});

function executionOf({ cmd, executable: _, ...rest }: z.output<typeof args>): Execution {
  const words = [cmd.path, ...cmd.words];
  return {
    ...rest,
    cmd: words,
    command: sh`${[basename(cmd.path), ...cmd.words]}`,
    stdin_add_newline: false,
    strip_empty_ends: true,
  };
}
