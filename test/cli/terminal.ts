import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InterruptedError, type InterruptCause, type Io } from '../../src/cli/io.ts';

/** A folder of files that is gone after the tests. */
export function projectFolder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'oms-play-cli-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Exit codes that the command asked for at once. */
  readonly exits: readonly number[];
  readonly asked: readonly string[];
}

export interface TerminalOptions {
  readonly cwd: string;
  readonly env?: Io['env'];
  /** What is typed at the questions, in order. */
  readonly typed?: readonly string[];
  /** There is a terminal, and these lines are typed at questions whose answers are shown. */
  readonly lines?: readonly string[];
  /** Called with all of stdout whenever something is written to it. */
  readonly onOutput?: (stdout: string, interrupt: (cause: InterruptCause) => void) => void;
}

/** Runs a command line in this process, with all its output kept. */
export async function oms(argv: readonly string[], options: TerminalOptions): Promise<Ran> {
  const typed = [...(options.typed ?? [])];
  const exits: number[] = [];
  const asked: string[] = [];
  const listeners = new Set<(cause: InterruptCause) => void>();
  const interrupt = (cause: InterruptCause): void => listeners.forEach((listener) => listener(cause));
  let stdout = '';
  let stderr = '';
  const sink = (take: (text: string) => void) => ({ write: take, isTerminal: false, columns: undefined });
  const io: Io = {
    stdout: sink((text) => {
      stdout += text;
      options.onOutput?.(stdout, interrupt);
    }),
    stderr: sink((text) => {
      stderr += text;
    }),
    env: options.env ?? {},
    cwd: options.cwd,
    askSecret: (question) => {
      asked.push(question);
      return Promise.resolve(typed.shift() ?? '');
    },
    ...(options.lines === undefined ? {} : { ask: askWith([...options.lines], asked) }),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => exits.push(code),
  };
  // As the program loads its own parts: a static import here would make a second copy of every class.
  const { main } = await import('../../src/cli/app.ts');
  const code = await main(argv, io);
  return { code, stdout, stderr, exits, asked };
}

function askWith(lines: string[], asked: string[]): NonNullable<Io['ask']> {
  return (question) => {
    asked.push(question);
    const line = lines.shift();
    return line === undefined ? Promise.reject(new InterruptedError('interrupted')) : Promise.resolve(line);
  };
}

/** Two regions; every node is this machine. */
export const LOCAL_INVENTORY = `vars:
  ansible_connection: local
  greeting: "hello {{inventory_hostname}}"
  db_password: S3cret_word
regions:
  north:
    parallel: 2
    vars: { zone: 1 }
    nodes:
      n-[1:2]: { address: "127.0.0.[1:2]" }
  south:
    vars: { zone: 2, greeting: hi }
    nodes:
      s-1: { address: 127.0.0.5, vars: { zone: 3 } }
groups:
  canary: [n-1]
`;
