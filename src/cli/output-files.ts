import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputFile, OutputSource, OutputStore } from '../run/output-store.ts';

/** So many bytes of a stream stay in a command's result. */
const KEEP_BYTES = 1024 * 1024;
/** Runs whose outputs are kept, this one included. */
const KEEP_RUNS = 20;
/** What comes in small pieces is gathered to so many characters. */
const BATCH = 64 * 1024;

export interface OutputFilesOptions {
  /** Holds one folder per run. */
  readonly folder: string;
  readonly keepBytes?: number;
  readonly keepRuns?: number;
}

/**
 * The files of one run, in a folder named by time and process. It is made with the first of them; then the outputs of
 * all but the last runs are removed.
 */
export function createOutputFiles(options: OutputFilesOptions): OutputStore {
  const { folder, keepBytes = KEEP_BYTES, keepRuns = KEEP_RUNS } = options;
  let run: string | undefined;
  let count = 0;
  return {
    keepBytes,
    open(source) {
      run ??= newRun(folder, keepRuns);
      count += 1;
      return new TextFile(join(run, nameOf(source, count)));
    },
  };
}

function newRun(folder: string, keepRuns: number): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeOld(folder, keepRuns - 1);
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const run = join(folder, `${time}-${process.pid}`);
  mkdirSync(run, { recursive: true, mode: 0o700 });
  return run;
}

/** Whatever cannot be removed stays: outputs of the run matter more. */
function removeOld(folder: string, keep: number): void {
  const runs = readdirSync(folder).filter((name) => /^\d{4}-\d\d-\d\dT[\d-]+$/.test(name));
  for (const name of runs.toSorted().slice(0, Math.max(0, runs.length - keep))) {
    if (isAlive(Number(name.split('-').at(-1)))) continue;
    try {
      if (statSync(join(folder, name)).isDirectory()) rmSync(join(folder, name), { recursive: true });
    } catch {
      continue;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function nameOf({ node, task, stream }: OutputSource, count: number): string {
  const safe = node.replace(/[^A-Za-z0-9._-]/g, '_');
  return `${String(count).padStart(4, '0')}-${safe}-task-${task}.${stream}`;
}

class TextFile implements OutputFile {
  readonly path: string;
  readonly #file: number;
  #texts: string[] = [];
  #characters = 0;

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'wx', 0o600);
  }

  write(text: string): void {
    this.#texts.push(text);
    this.#characters += text.length;
    if (this.#characters >= BATCH) this.#flush();
  }

  close(): void {
    try {
      this.#flush();
    } finally {
      closeSync(this.#file);
    }
  }

  discard(): void {
    try {
      rmSync(this.path, { force: true });
      closeSync(this.#file);
    } catch {
      // Closed already, or the folder is gone.
    }
  }

  #flush(): void {
    const bytes = Buffer.from(this.#texts.join(''));
    this.#texts = [];
    this.#characters = 0;
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
  }
}
