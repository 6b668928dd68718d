import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MOST_BYTES = 20 * 1024 * 1024;
const MOST_STDERR = 4_000;

/** What a script printed, or why that is no answer. */
export type ScriptOutput =
  | { readonly stdout: string; readonly stderr: string }
  | { readonly failure: string; readonly stderr: string };

/** How long a script may take. */
export interface ScriptLimits {
  readonly timeoutMs: number;
  readonly running: RunningScripts;
}

/**
 * True for a file that is to be run: it begins with `#!`, or it is executable and no text. An executable text
 * without `#!` is read: files on foreign file systems are often all executable.
 */
export function isScript(path: string): boolean {
  const start = firstBytes(path);
  if (start === undefined) return false;
  if (start.subarray(0, 2).toString('latin1') === '#!') return true;
  return isExecutable(path) && start.includes(0);
}

/** True when someone may execute the file. */
export function isExecutable(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && stat.isFile() && (stat.mode & 0o111) !== 0;
}

function firstBytes(path: string): Buffer | undefined {
  try {
    if (!statSync(path).isFile()) return undefined;
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(512);
      return bytes.subarray(0, readSync(file, bytes, 0, 512, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Runs an executable without a shell, in a process group of its own; never rejects. */
export function runScript(
  path: string,
  args: readonly string[],
  { timeoutMs, running }: ScriptLimits,
): Promise<ScriptOutput> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const [out, err] = [new Collected(MOST_BYTES), new Collected(MOST_STDERR)];
    let cut: string | undefined;
    const stop = (why: string): void => {
      cut ??= why;
      if (child.pid !== undefined) killGroup(child.pid);
      // A grandchild in another group may hold the pipes open for ever.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const seconds = timeoutMs / 1000;
    const timer = setTimeout(() => stop(`it did not end within ${seconds} s`), timeoutMs);
    child.stdout.on('data', (bytes: Buffer) => {
      if (!out.take(bytes)) stop(`it printed more than ${MOST_BYTES / 1024 / 1024} MB`);
    });
    child.stderr.on('data', (bytes: Buffer) => void err.take(bytes));
    running.add(child.pid);
    const finish = (failure: string | undefined): void => {
      clearTimeout(timer);
      running.remove(child.pid);
      const stderr = err.text().trim();
      resolve(failure === undefined ? { stdout: out.text(), stderr } : { failure, stderr });
    };
    child.on('error', (error) => finish(cut ?? startFailure(error, path)));
    child.on('close', (code, signal) => finish(cut ?? endFailure(code, signal)));
  });
}

/** Scripts that are running. Ctrl-C does not reach their process groups: whoever starts them listens for it. */
export class RunningScripts {
  readonly #pids = new Set<number>();
  readonly #signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  readonly #onExit = (): void => this.#pids.forEach(killGroup);
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#onExit();
    this.forget();
    // Whoever listens too decides what becomes of this process.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };

  /** Ends the scripts when this process is told to end. */
  listen(): void {
    for (const signal of this.#signals) process.on(signal, this.#onSignal);
    process.on('exit', this.#onExit);
  }

  forget(): void {
    for (const signal of this.#signals) process.off(signal, this.#onSignal);
    process.off('exit', this.#onExit);
  }

  add(pid: number | undefined): void {
    if (pid !== undefined) this.#pids.add(pid);
  }

  remove(pid: number | undefined): void {
    if (pid !== undefined) this.#pids.delete(pid);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function startFailure(error: NodeJS.ErrnoException, path: string): string {
  if (error.code === 'EACCES') return `it is not executable; make it so: chmod +x ${path}`;
  if (error.code === 'ENOENT')
    return 'it cannot be started: the interpreter in its first line (#!) is not there';
  if (error.code === 'ENOEXEC')
    return 'the system cannot execute it: its first line names no interpreter (#!)';
  return `it cannot be started (${error.code ?? error.message}; in ${dirname(path)})`;
}

function endFailure(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined;
  return code === null ? `it was ended by ${signal ?? 'a signal'}` : `it ended with exit code ${code}`;
}

/** Bytes up to a limit, decoded at the end: a character may lie on the border of two chunks. */
class Collected {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when the limit is passed; what is above it is dropped. */
  take(bytes: Buffer): boolean {
    const room = this.#limit - this.#size;
    this.#chunks.push(bytes.subarray(0, Math.max(0, room)));
    this.#size += bytes.length;
    return this.#size <= this.#limit;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
