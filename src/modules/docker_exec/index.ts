import * as z from 'zod';
import { sh } from '../../transport/command.ts';
import type { ExecResult } from '../../transport/contract.ts';
import type { CommandOptions, NodeReader } from '../../transport/node.ts';
import { defineModule, ModuleError } from '../define.ts';
import { inspectContainer } from '../docker/inspect.ts';
import { CONTAINER_NAME, SECRET_NAME } from '../docker/names.ts';
import { commandError } from '../failure.ts';
import { outputFields, outputFieldsOf } from '../output-fields.ts';
import { splitWords } from '../words.ts';

const args = z
  .strictObject({
    container: z
      .string()
      .regex(CONTAINER_NAME, { error: 'not a name or ID of a container' })
      .describe('Name or ID of a running container.'),
    command: z.string().min(1).optional().describe('The command in one line; quotes keep words together.'),
    argv: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('The command as a list of words, taken as they are.'),
    chdir: z.string().min(1).optional().describe('Folder in the container to run it in.'),
    user: z.string().min(1).optional().describe('User, or user:group, in the container.'),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_]\w*$/, { error: 'not a name of an environment variable' }),
        z.union([z.string(), z.number(), z.boolean()]).transform(String),
      )
      .optional()
      .describe(
        'Environment variables. Values of names like PASSWORD or TOKEN are kept out of argument lists.',
      ),
    stdin: z.string().optional().describe('Text for its standard input.'),
    stdin_add_newline: z.boolean().default(true).describe('Whether a newline is added to stdin.'),
    strip_empty_ends: z
      .boolean()
      .default(true)
      .describe('Whether empty lines at the end of the output are cut.'),
  })
  .refine((given) => (given.command === undefined) !== (given.argv === undefined), {
    error: 'give either command or argv',
    path: ['command'],
  });

type Args = z.output<typeof args>;

const returns = z.strictObject({
  rc: z.int().describe('Exit code.'),
  stdout: z.string().describe('Standard output.'),
  stderr: z.string().describe('Standard error.'),
  stdout_lines: z.array(z.string()).describe('Standard output as lines.'),
  stderr_lines: z.array(z.string()).describe('Standard error as lines.'),
  ...outputFields,
});

type Result = z.output<typeof returns>;

/** Runs a program in a running container. */
export const module = defineModule({
  name: 'docker_exec',
  summary: 'Run a program in a running container',
  args,
  returns,
  always: 'it runs a program, and what that changes cannot be known',
  examples: `- name: Status of the five programs
  docker_exec:
    container: oms
    command: supervisorctl status
  register: programs
  changed_when: "false"
`,
  check: (_node, given) => {
    const subject = `${given.container}: ${wordsOf(given).join(' ')}`;
    const result = { rc: 0, stdout: '', stderr: '', stdout_lines: [], stderr_lines: [] };
    return Promise.resolve({ changes: [{ subject, summary: 'to be run' }], result });
  },
  async apply(node, given) {
    const { command, options } = prepared(given);
    const done = await node.run(command, options);
    const result = resultOf(given, done);
    if (done.exitCode === 0) return result;
    // docker's own errors and the program's share the exit codes: look whether the container is there.
    await requireRunning(node, given.container, result);
    const message = `the command in container ${given.container} ended with exit code ${done.exitCode}`;
    throw commandError(message, command, done, { ...hintOf(done.exitCode), result });
  },
});

function prepared(given: Args): { command: ReturnType<typeof sh>; options: CommandOptions } {
  const env = Object.entries(given.env ?? {});
  const secrets = env.filter(([key]) => SECRET_NAME.test(key));
  const words = [
    'exec',
    ...(given.stdin === undefined ? [] : ['-i']),
    ...(given.user === undefined ? [] : ['-u', given.user]),
    ...env.flatMap(([key, value]) => ['-e', SECRET_NAME.test(key) ? key : `${key}=${value}`]),
    given.container,
    // Docker has an option for the folder only since 17.09.
    ...(given.chdir === undefined
      ? []
      : ['/bin/sh', '-c', 'cd -- "$1" && shift && exec "$@"', 'sh', given.chdir]),
    ...wordsOf(given),
  ];
  const newline = given.stdin_add_newline ? '\n' : '';
  const options = {
    ...(given.stdin === undefined ? {} : { stdin: given.stdin + newline }),
    ...(secrets.length === 0 ? {} : { environment: Object.fromEntries(secrets) }),
  };
  return { command: sh`docker ${words}`, options };
}

function wordsOf(given: Args): readonly string[] {
  const words = given.argv ?? splitWords(given.command ?? '');
  if (words.length === 0) throw new ModuleError({ message: 'the command is empty' });
  return words;
}

async function requireRunning(node: NodeReader, container: string, result: Result): Promise<void> {
  const found = await inspectContainer(node, container);
  if (found?.State.Running === true && !found.State.Paused) return;
  const state = found?.State.Paused ? 'paused' : found?.State.Status;
  throw new ModuleError(
    {
      message:
        found === undefined
          ? `there is no container ${container} on ${node.name}`
          : `container ${container} on ${node.name} is not running: it is ${state}, exit code ${found.State.ExitCode}`,
      hint: `start it with docker_container${found === undefined ? '' : `; "docker logs ${container}" says why it ended`}`,
    },
    { ...result },
  );
}

/** Engines differ in which of the two they give for a program that is missing. */
function hintOf(exitCode: number): { hint?: string } {
  if (exitCode !== 126 && exitCode !== 127) return {};
  return { hint: `exit code ${exitCode}: no such program in the container, or it may not be executed` };
}

function resultOf(given: Args, done: ExecResult): Result {
  const clean = (bytes: Buffer): string => {
    const text = bytes.toString('utf8');
    return given.strip_empty_ends ? text.replace(/[\r\n]+$/, '') : text;
  };
  const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));
  const [stdout, stderr] = [clean(done.stdout), clean(done.stderr)];
  return {
    rc: done.exitCode,
    stdout,
    stderr,
    stdout_lines: lines(stdout),
    stderr_lines: lines(stderr),
    ...outputFieldsOf(done),
  };
}
