import { didYouMean } from '../diagnostics/suggest.ts';
import type { AnyModule } from '../modules/define.ts';
import { ModuleError } from '../modules/define.ts';
import { argumentsOf } from '../modules/schema.ts';
import { splitWords } from '../modules/words.ts';
import { UsageError } from './usage-error.ts';

/** What is to be done, as the command line of `oms-play exec` says it. */
export interface AdHoc {
  readonly pattern: string;
  /** `-m`; undefined: command. */
  readonly module: string | undefined;
  /** `-a`. */
  readonly args: string | undefined;
  /** The words behind `--`. */
  readonly command: readonly string[];
  /** `-B` and `-P`, in seconds. */
  readonly background?: number | undefined;
  readonly poll?: number | undefined;
}

type Modules = ReadonlyMap<string, AnyModule>;

/** Arguments of one module: the free-form text and the others. */
interface Arguments {
  readonly free: string | undefined;
  readonly named: ReadonlyMap<string, unknown>;
}

/** A playbook with one play and one task. JSON is YAML: so every value is written. Throws UsageError. */
export function playText(wanted: AdHoc, modules: Modules): string {
  const name = wanted.module?.replace(/^ansible\.(builtin|legacy)\./, '') ?? 'command';
  const module = modules.get(name);
  if (module === undefined) {
    throw new UsageError(`no module is called "${name}".${didYouMean(name, modules.keys())}`);
  }
  const { free, named } = argumentsFor(wanted, module);
  const lines = [...named].map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return [
    '- name: ad hoc',
    `  hosts: ${JSON.stringify(wanted.pattern)}`,
    '  tasks:',
    `    - name: ${JSON.stringify(name)}`,
    ...backgroundLines(wanted),
    ...(free === undefined
      ? [`      ${name}:${lines.length === 0 ? ' {}' : ''}`, ...lines.map((line) => `        ${line}`)]
      : [
          `      ${name}: ${JSON.stringify(free)}`,
          ...(lines.length === 0 ? [] : ['      args:', ...lines.map((line) => `        ${line}`)]),
        ]),
    '',
  ].join('\n');
}

function backgroundLines({ background, poll }: AdHoc): string[] {
  if (background === undefined) {
    if (poll === undefined) return [];
    throw new UsageError('-P says how often the command of -B is looked at: give -B SECONDS as well');
  }
  return [`      async: ${background}`, ...(poll === undefined ? [] : [`      poll: ${poll}`])];
}

function argumentsFor({ args, command }: AdHoc, module: AnyModule): Arguments {
  if (command.length > 0) {
    if (args !== undefined || module.name !== 'command') {
      const words = JSON.stringify(command.join(' '));
      throw new UsageError(
        `the words ${words} are a command for the module command; arguments of "${module.name}" go to -a`,
      );
    }
    return { free: undefined, named: new Map([['argv', command]]) };
  }
  if (args === undefined || args.trim() === '') {
    if (module.freeForm === 'cmd') {
      throw new UsageError('nothing to run: write it behind --, e.g. oms-play exec all -- uptime');
    }
    return { free: undefined, named: new Map() };
  }
  return args.trimStart().startsWith('{') ? fromJson(args) : fromText(args, module);
}

function fromJson(text: string): Arguments {
  try {
    const value: unknown = JSON.parse(text);
    return { free: undefined, named: new Map(Object.entries(value as Record<string, unknown>)) };
  } catch (error) {
    throw new UsageError(`-a is no JSON: ${(error as Error).message}`);
  }
}

/** The arguments that stand before free-form text, then the text; for other modules words alone. */
function fromText(text: string, module: AnyModule): Arguments {
  if (module.freeForm === undefined) return { free: undefined, named: namedWords(text, module) };
  const known = new Set((argumentsOf(module) ?? []).map((info) => info.name));
  const named = new Map<string, unknown>();
  let rest = text.trim();
  for (;;) {
    const [whole = '', name = '', typed = '', word = ''] =
      /^(\w+)(:?)=((?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"])*)(?:\s+|$)/.exec(rest) ?? [];
    if (whole === '' || !known.has(name)) break;
    named.set(name, valueOf(name, wordsIn(word).join(' '), typed === ':'));
    rest = rest.slice(whole.length);
  }
  return { free: rest === '' ? undefined : rest, named };
}

function namedWords(text: string, module: AnyModule): ReadonlyMap<string, unknown> {
  return new Map(
    wordsIn(text).map((word) => {
      const [, name, typed, value] = /^([^\s=:]+)(:?)=([^]*)$/.exec(word) ?? [];
      if (name === undefined || value === undefined) {
        throw new UsageError(
          `-a: "${word}" is no name=value; "${module.name}" takes its arguments as name=value words or as JSON`,
        );
      }
      return [name, valueOf(name, value, typed === ':')] as const;
    }),
  );
}

/** `name:=JSON` gives a value of its type, as -e does. */
function valueOf(name: string, text: string, typed: boolean): unknown {
  if (!typed) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`-a: the value of "${name}:=" is no JSON; write ${name}=… for text`);
  }
}

function wordsIn(text: string): readonly string[] {
  try {
    return splitWords(text);
  } catch (error) {
    if (error instanceof ModuleError) throw new UsageError(`-a: ${error.message}`);
    throw error;
  }
}
