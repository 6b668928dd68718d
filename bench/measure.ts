import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, type Closing } from './closing.ts';
import type { Cost } from './results.ts';

/** One process (with all that it starts) to be timed. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** How often to look at the memory of all its processes together; for what is not one process. */
  readonly sampleSeconds?: number | undefined;
  /** It is ended and counts as failed when it runs longer. */
  readonly limitSeconds: number;
}

export interface Run extends Cost {
  readonly code: number;
  /** Paths of what it printed. */
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that is being timed. */
export interface Running {
  readonly stdout: string;
  readonly done: Promise<Run>;
}

const MEASURE = join(import.meta.dirname, 'measure.py');

/** Runs a command, waits for its end, and says what it cost. Throws when it could not be run to its end. */
export function measure(command: Command, folder: string, closing: Closing): Promise<Run> {
  return begin(command, folder, closing).done;
}

/** The same, without waiting. */
export function begin(command: Command, folder: string, closing: Closing): Running {
  const place = mkdtempSync(join(folder, 'run-'));
  const [stdout, stderr, result] = ['stdout', 'stderr', 'cost.json'].map((name) => join(place, name));
  if (stdout === undefined || stderr === undefined || result === undefined) throw new Error('no paths');
  const [out, err] = [openSync(stdout, 'w'), openSync(stderr, 'w')];
  const sample = String(command.sampleSeconds ?? 0);
  const child = spawn('/usr/bin/python3', ['-I', MEASURE, result, sample, ...command.argv], {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', out, err],
  });
  closeSync(out);
  closeSync(err);
  const end = closing.add(() => child.pid !== undefined && endProcess(child.pid, 'SIGTERM'));
  const done = new Promise<Run>((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, command.limitSeconds * 1000);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      end();
      if (late)
        return reject(new Error(`not done within ${command.limitSeconds} s: ${command.argv.join(' ')}`));
      if (code !== 0)
        return reject(new Error(`could not be measured (${code}): ${readFileSync(stderr, 'utf8')}`));
      const cost = JSON.parse(readFileSync(result, 'utf8')) as Cost & { readonly code: number };
      resolve({ ...cost, stdout, stderr });
    });
  });
  return { stdout, done };
}

/** Throws with what it printed unless it ended well. */
export function assertWell(run: Run, what: string): void {
  if (run.code === 0) return;
  const words = [run.stderr, run.stdout].map((path) => readFileSync(path, 'utf8').slice(-1_000)).join('\n');
  throw new Error(`${what} ended with ${run.code}\n${words}`);
}
