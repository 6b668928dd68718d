import { posix } from 'node:path';
import * as z from 'zod';
import type { Check } from '../define.ts';
import { commandError } from '../failure.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import type { ExecResult } from '../../transport/contract.ts';
import { ModuleError } from '../define.ts';
import { outputFields, outputFieldsOf } from '../output-fields.ts';

/** Arguments that command and shell share. */
export const executionArgs = {
  chdir: z.string().min(1).optional().describe('Folder to run it in; it must exist.'),
  creates: z.string().min(1).optional().describe('Path or glob; when it exists, nothing is run.'),
  removes: z.string().min(1).optional().describe('Path or glob; when it does not exist, nothing is run.'),
  stdin: z.string().optional().describe('Text for its standard input.'),
  stdin_add_newline: z.boolean().default(true).describe('Whether a newline is added to stdin.'),
  strip_empty_ends: z
    .boolean()
    .default(true)
    .describe('Whether empty lines at the end of the output are cut.'),
};

/** What command and shell leave to `register`. */
export const executionResult = z.strictObject({
  cmd: z
    .union([z.string(), z.array(z.string())])
    .describe('What was run: a list of words, or the shell text.'),
  rc: z.int().describe('Exit code.'),
  stdout: z.string().describe('Standard output.'),
  stderr: z.string().describe('Standard error.'),
  stdout_lines: z.array(z.string()).describe('Standard output as lines.'),
  stderr_lines: z.array(z.string()).describe('Standard error as lines.'),
  ...outputFields,
});

export type ExecutionResult = z.output<typeof executionResult>;

export interface Execution {
  /** As `register` shows it. */
  readonly cmd: string | string[];
  readonly command: ShellCommand;
  readonly chdir?: string | undefined;
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly stdin?: string | undefined;
  readonly stdin_add_newline: boolean;
  readonly strip_empty_ends: boolean;
}

/** One change, unless `creates` or `removes` says that there is nothing to do. */
export async function checkExecution(
  node: NodeReader,
  execution: Execution,
): Promise<Check<ExecutionResult, undefined>> {
  const reason = await reasonToSkip(node, execution);
  const result = { cmd: execution.cmd, rc: 0, stdout: '', stderr: '', stdout_lines: [], stderr_lines: [] };
  if (reason !== undefined) {
    const stdout = `skipped, since ${reason}`;
    return { changes: [], result: { ...result, stdout, stdout_lines: [stdout] }, message: stdout };
  }
  return { changes: [{ subject: execution.command.shown, summary: 'to be run' }], result };
}

/**
 * Runs it; a non-zero exit code is an error whose result register keeps. `perform` runs it in another way, that goes
 * into the folder too.
 */
export async function applyExecution(
  node: NodeWriter,
  execution: Execution,
  perform?: () => Promise<ExecResult>,
): Promise<ExecutionResult> {
  const { command, chdir } = execution;
  const whole =
    chdir === undefined || perform !== undefined ? command : sh`CDPATH= cd -- ${chdir} && ${command}`;
  const done = await (perform?.() ?? node.run(whole, stdinOf(execution)));
  const result = resultOf(execution, done);
  if (done.exitCode === 0) return result;
  if (chdir !== undefined) await refuseMissingFolder(node, chdir, result);
  throw commandError(`the command ended with exit code ${done.exitCode}`, whole, done, {
    ...hintOf(done.exitCode),
    result,
  });
}

function hintOf(exitCode: number): { hint?: string } {
  if (exitCode === 127) return { hint: 'Exit code 127: no such program in PATH of the node.' };
  return exitCode === 126 ? { hint: 'Exit code 126: the program may not be executed.' } : {};
}

function stdinOf(execution: Execution): { stdin?: string } {
  if (execution.stdin === undefined) return {};
  return { stdin: execution.stdin + (execution.stdin_add_newline ? '\n' : '') };
}

function resultOf(execution: Execution, done: ExecResult): ExecutionResult {
  const clean = (bytes: Buffer): string => {
    const text = bytes.toString('utf8');
    return execution.strip_empty_ends ? text.replace(/[\r\n]+$/, '') : text;
  };
  const stdout = clean(done.stdout);
  const stderr = clean(done.stderr);
  return {
    cmd: execution.cmd,
    rc: done.exitCode,
    stdout,
    stderr,
    stdout_lines: linesOf(stdout),
    stderr_lines: linesOf(stderr),
    ...outputFieldsOf(done),
  };
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

async function refuseMissingFolder(node: NodeReader, chdir: string, result: ExecutionResult): Promise<void> {
  const stat = await node.stat(chdir, { follow: true });
  if (stat?.type === 'directory') return;
  const what = stat === undefined ? 'does not exist' : 'is not a folder';
  throw new ModuleError(
    { message: `chdir: ${chdir} ${what} on ${node.name}`, hint: 'Create it before, or mend the path.' },
    { ...result },
  );
}

async function reasonToSkip(node: NodeReader, execution: Execution): Promise<string | undefined> {
  const { creates, removes, chdir } = execution;
  const at = (path: string): string => (chdir === undefined ? path : posix.resolve('/', chdir, path));
  if (creates !== undefined && (await exists(node, at(creates)))) return `${creates} exists`;
  if (removes !== undefined && !(await exists(node, at(removes)))) return `${removes} does not exist`;
  return undefined;
}

async function exists(node: NodeReader, pattern: string): Promise<boolean> {
  if (!/[*?[]/.test(pattern)) return (await node.stat(pattern)) !== undefined;
  const glob = script(globText(pattern));
  const done = await node.query(
    sh`for f in ${glob}; do if [ -e "$f" ] || [ -L "$f" ]; then exit 0; fi; done; exit 1`,
  );
  return done.exitCode === 0;
}

/** Everything quoted but the glob's own characters. */
export function globText(pattern: string): string {
  return pattern.replace(/[^*?[\]A-Za-z0-9_/.-]+/g, (text) => `'${text.replaceAll("'", `'\\''`)}'`);
}
