import * as z from 'zod';
import type { Data, DataMap } from '../../model/data.ts';
import type { Change } from '../../model/result.ts';
import type { ShellCommand } from '../../transport/command.ts';
import type { ExecResult } from '../../transport/contract.ts';
import { anyData } from '../data.ts';
import { ModuleError } from '../define.ts';
import { commandError, tail } from '../failure.ts';
import { issueWords } from '../issue-words.ts';

/** So much a program may print. */
export const MOST_BYTES = 1024 * 1024;

const change = z.strictObject({
  subject: z.string(),
  summary: z.string(),
  diff: z.strictObject({ before: z.string(), after: z.string() }).optional(),
});

const data = z.record(z.string(), anyData);

const answer = z.strictObject({
  changes: z.array(change).default([]),
  result: data.default({}),
  message: z.string().optional(),
  warnings: z.array(z.string()).default([]),
  state: anyData.optional(),
  failed: z.boolean().default(false),
  hint: z.string().optional(),
});

/** What a program has answered. */
export interface Answer {
  readonly changes: readonly Change[];
  readonly result: DataMap;
  readonly message: string | undefined;
  readonly warnings: readonly string[];
  /** What it wants to be told when it is to act. */
  readonly state: Data | undefined;
}

/** Reads the answer of a module's program. Throws ModuleError where it is none, or says that it has failed. */
export function answerOf(name: string, command: ShellCommand, done: ExecResult): Answer {
  const read = parse(done);
  if (typeof read === 'string') {
    const hint = hintFor(done);
    throw commandError(`the module ${name} ${read}`, command, done, hint === undefined ? {} : { hint });
  }
  const { failed, hint, changes, ...rest } = read;
  if (failed || done.exitCode !== 0) {
    const message = read.message ?? `the module ${name} ended with exit code ${done.exitCode}`;
    const stderr = tail(done.stderr.toString('utf8'));
    throw new ModuleError(
      { message, ...(hint === undefined ? {} : { hint }), ...(stderr === '' ? {} : { stderr }) },
      read.result,
    );
  }
  return { ...rest, message: rest.message, state: rest.state, changes: changes.map(asChange) };
}

/** A text: what is wrong with it. */
function parse(done: ExecResult): z.output<typeof answer> | string {
  if (done.stdout.length > MOST_BYTES) return `printed more than ${MOST_BYTES / 1024 / 1024} MiB`;
  const text = done.stdout.toString('utf8').trim();
  if (text === '' && done.exitCode === 0) return 'answered nothing; it has to print JSON';
  const value = fromJson(text);
  if (value === undefined) {
    return done.exitCode === 0 ? 'answered no JSON' : `ended with exit code ${done.exitCode}`;
  }
  const parsed = answer.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => issueWords(issue, []));
  return `answered something else than the protocol says: ${wrong.join('; ')}`;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function hintFor({ exitCode, stderr }: ExecResult): string | undefined {
  if (exitCode === 127 || /not found|No such file/.test(stderr.toString('utf8')))
    return 'Is the program that its first line names (#!) installed on the node?';
  if (exitCode === 126) return 'The node may not run it: is it made for that kind of machine?';
  return exitCode === 0
    ? 'Print the answer alone on standard output, and all else on standard error.'
    : undefined;
}

function asChange({ subject, summary, diff }: z.output<typeof change>): Change {
  if (diff === undefined) return { subject, summary };
  return { subject, summary, diff: { kind: 'text', path: subject, ...diff } };
}
