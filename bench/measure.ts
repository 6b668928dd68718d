import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, type Closing } from './closing.ts';

/** One process (with all that it starts) to be run and timed. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** How often to look at the memory of all its processes together; for what is not one process. */
  readonly sampleSeconds?: number | undefined;
  /** It is ended and counts as failed when it runs longer. */
  readonly limitSeconds: number;
}

/** How a process ended. */
export interface Ended {
  readonly code: number;
  /** Seconds from its start to its end. */
  readonly wall: number;
  /** Paths of what it printed. */
  readonly stdout: string;
  readonly stderr: string;
}

/** The same, with what it cost. */
export interface Run extends Ended {
  readonly cpu: number;
  readonly peakMb: number;
}

/** A process that is on its way. */
export interface Running {
  readonly stdout: string;
  readonly done: Promise<Ended>;
}

const MEASURE = join(import.meta.dirname, 'measure.py');

/** Runs a command and says what it cost. Throws when it could not be run to its end. */
export async function measure(command: Command, folder: string, closing: Closing): Promise<Run> {
  const place = mkdtempSync(join(folder, 'run-'));
  const result = join(place, 'cost.json');
  const sample = String(command.sampleSeconds ?? 0);
  const argv = ['/usr/bin/python3', '-I', MEASURE, result, sample, ...command.argv];
  const { code, stdout, stderr } = await beginIn(place, { ...command, argv }, closing).done;
  if (code !== 0) throw new Error(`could not be measured (${code}): ${readFileSync(stderr, 'utf8')}`);
  const cost = JSON.parse(readFileSync(result, 'utf8')) as Pick<Run, 'code' | 'wall' | 'cpu' | 'peakMb'>;
  return { ...cost, stdout, stderr };
}

/** Runs a command without waiting for its end. */
export function begin(command: Command, folder: string, closing: Closing): Running {
  return beginIn(mkdtempSync(join(folder, 'run-')), command, closing);
}

function beginIn(place: string, { argv, cwd, env, limitSeconds }: Command, closing: Closing): Running {
  const stdout = join(place, 'stdout');
  const stderr = join(place, 'stderr');
  const [out, err] = [openSync(stdout, 'w'), openSync(stderr, 'w')];
  const [program = '', ...args] = argv;
  const started = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', out, err] });
  closeSync(out);
  closeSync(err);
  const end = closing.add(() => child.pid !== undefined && endProcess(child.pid, 'SIGTERM'));
  const done = new Promise<Ended>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`not done within ${limitSeconds} s: ${argv.join(' ')}`));
      end();
    }, limitSeconds * 1000);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      end();
      resolve({ code: code ?? -1, wall: (performance.now() - started) / 1000, stdout, stderr });
    });
  });
  return { stdout, done };
}

/** Throws with what it printed unless it ended well. */
export function assertWell(run: Ended, what: string): void {
  if (run.code === 0) return;
  const words = [run.stderr, run.stdout].map((path) => readFileSync(path, 'utf8').slice(-1_000)).join('\n');
  throw new Error(`${what} ended with ${run.code}\n${words}`);
}
