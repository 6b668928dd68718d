import type * as z from 'zod';
import type { Data, DataMap } from '../../model/data.ts';
import type { Change } from '../../model/result.ts';
import type { ModuleDescription } from '../../model/module-description.ts';
import type { ExecResult } from '../../transport/contract.ts';
import type { CommandOptions, NodeReader } from '../../transport/node.ts';
import { textOf } from '../data.ts';
import type { AnyModule } from '../define.ts';
import { defineModule, ModuleError } from '../define.ts';
import { issueWords } from '../issue-words.ts';
import { inlineProgram } from '../program/send.ts';
import type { Answer } from './answer.ts';
import { answerOf, MOST_BYTES } from './answer.ts';
import { argumentSchema, resultSchema } from './schema.ts';

/** The largest program that is sent with every call. */
export const LARGEST_PROGRAM = 16 * 1024 * 1024;

interface Call {
  readonly action: 'check' | 'apply';
  readonly args: unknown;
  readonly changes?: readonly Change[];
  readonly state?: Data;
}

/** A user's executable as a module: it runs on the node, once to look and once to act. See docs/writing-modules.md. */
export function executableModule(description: ModuleDescription, localPath: string): AnyModule {
  const { name, notes, examples, beyondNode } = description;
  const returns = resultSchema(description.returns);
  const call = new Caller(description, localPath, returns);
  return defineModule<z.ZodObject, typeof returns, Data>({
    name,
    summary: description.summary,
    args: argumentSchema(description.args),
    returns,
    ...(notes.length === 0 ? {} : { notes }),
    ...(examples === undefined ? {} : { examples }),
    ...(beyondNode ? { beyondNode } : {}),
    async check(node, args) {
      const { changes, result, message, warnings, state } = await call.ask(
        node,
        { action: 'check', args },
        (c, o) => node.query(c, o),
      );
      return {
        ...{ changes, result, warnings },
        ...(message === undefined ? {} : { message }),
        ...(state === undefined ? {} : { state }),
      };
    },
    async apply(node, args, { changes, state }) {
      const told = { action: 'apply' as const, args, changes, ...(state === undefined ? {} : { state }) };
      return (await call.ask(node, told, (c, o) => node.run(c, { ...o, brief: 'script' }))).result;
    },
  });
}

/** Longer texts would be too long for a process's environment. */
const LONGEST_VALUE = 32 * 1024;

/** The same for shells, which cannot read JSON: nobody else sees a process's environment. */
function environmentOf({ action, args }: Call): Record<string, string> {
  const values = Object.entries(args as DataMap).flatMap(([name, value]): [string, string][] => {
    const text = textOf(value);
    const fits = text.length < LONGEST_VALUE && !text.includes('\0');
    return fits ? [[`OMS_PLAY_ARG_${name.toUpperCase()}`, text]] : [];
  });
  return { OMS_PLAY_ACTION: action, ...Object.fromEntries(values) };
}

type Run = (
  command: Awaited<ReturnType<typeof inlineProgram>>['command'],
  options: CommandOptions,
) => Promise<ExecResult>;

/** Calls the program of a module. */
class Caller {
  readonly #description: ModuleDescription;
  readonly #localPath: string;
  readonly #returns: z.ZodType;

  constructor(description: ModuleDescription, localPath: string, returns: z.ZodType) {
    this.#description = description;
    this.#localPath = localPath;
    this.#returns = returns;
  }

  async ask(node: NodeReader, call: Call, run: Run): Promise<Answer> {
    const { name, timeoutSeconds } = this.#description;
    const { command, stdin } = await inlineProgram({
      localPath: this.#localPath,
      words: [],
      input: JSON.stringify({ protocol: 1, ...call, node: { name: node.name, region: node.region } }),
      outputLimit: MOST_BYTES,
    });
    const shown = { text: command.text, shown: `${name} (${call.action})` };
    const answer = answerOf(
      name,
      shown,
      await run(shown, { stdin, timeoutMs: timeoutSeconds * 1000, environment: environmentOf(call) }),
    );
    const parsed = this.#returns.safeParse(answer.result);
    if (parsed.success) return answer;
    const wrong = parsed.error.issues.map((issue) => issueWords(issue, ['result']));
    throw new ModuleError({
      message: `the module ${name} answered another result than its description says: ${wrong.join('; ')}`,
      hint: `Mend the program, or "returns" in ${name}.yml.`,
    });
  }
}
