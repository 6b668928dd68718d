import type { Data } from '../model/data.ts';
import type { Masker } from '../model/masker.ts';
import type { DebugStop, Steersman, TaskQuestion } from '../run/steering.ts';
import { InterruptedError, type Io } from './io.ts';

const HELP = `r, redo       do the task again
c, continue   go on
p NAME        print a variable as the task sees it (a.b: a member of it); "p result": what the task came to
q, quit       end the run
`;

export interface SteersmanParts {
  readonly ask: NonNullable<Io['ask']>;
  readonly askSecret: Io['askSecret'];
  readonly print: (text: string) => void;
  readonly masker: Masker;
  /** Ends the run. */
  readonly quit: () => void;
  /** `--step`. */
  readonly step: boolean;
}

/** Asks on the terminal what `--step` and `debugger` have to know. Ctrl-C at a question ends the run. */
export function createSteersman(parts: SteersmanParts): Steersman {
  return {
    ...(parts.step ? { confirm: (task) => unlessInterrupted(parts, 'no', () => confirm(task, parts)) } : {}),
    debug: (stop) => unlessInterrupted(parts, 'continue', () => debug(stop, parts)),
    ask: (question, { echo }) => unlessInterrupted(parts, '', () => answerTo(question, echo, parts)),
  };
}

async function unlessInterrupted<T>({ quit }: SteersmanParts, instead: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    quit();
    return instead;
  }
}

async function answerTo(question: string, echo: boolean, parts: SteersmanParts): Promise<string> {
  const { ask, askSecret, masker } = parts;
  if (echo) return ask(masker.mask(question));
  const typed = await askSecret(masker.mask(question));
  masker.add(typed);
  return typed;
}

async function confirm(
  { task, region, nodes }: TaskQuestion,
  { ask, masker }: SteersmanParts,
): Promise<'yes' | 'no' | 'continue'> {
  const who = nodes.length > 3 ? `${nodes.length} nodes` : nodes.join(', ');
  for (;;) {
    const question = masker.mask(`[${region}] perform task: ${task} (${who})? (N)o/(y)es/(c)ontinue: `);
    const word = (await ask(question)).trim().toLowerCase();
    if (word === 'y' || word === 'yes') return 'yes';
    if (word === 'c' || word === 'continue') return 'continue';
    if (word === '' || word === 'n' || word === 'no') return 'no';
  }
}

async function debug(stop: DebugStop, parts: SteersmanParts): Promise<'redo' | 'continue'> {
  const { ask, masker, quit } = parts;
  const print = (text: string): void => parts.print(masker.mask(`${text}\n`));
  const { task, node, status, message } = stop;
  print(`[${node}] ${task}: ${status}${message === undefined ? '' : `: ${message}`}  (h: help)`);
  for (;;) {
    const [word = '', ...rest] = (await ask(masker.mask(`[${node}] TASK: ${task} (debug)> `)))
      .trim()
      .split(/\s+/);
    if (word === 'r' || word === 'redo') return 'redo';
    if (word === 'c' || word === 'continue') return 'continue';
    if (word === 'q' || word === 'quit') {
      quit();
      return 'continue';
    }
    if (word === 'p' || word === 'print') print(shown(rest.join(' '), stop));
    else print(HELP.trimEnd());
  }
}

function shown(path: string, stop: DebugStop): string {
  const [name = '', ...members] = path.split('.');
  try {
    const start = name === 'result' ? (stop.result ?? 'hidden because of no_log') : stop.variable(name);
    const value = members.reduce<Data | undefined>(member, start);
    return value === undefined ? `there is no "${path}"` : JSON.stringify(value, undefined, 2);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function member(value: Data | undefined, name: string): Data | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, Data>>)[name];
}
