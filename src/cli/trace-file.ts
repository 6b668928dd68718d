import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs';
import { traceStart, type TraceSink } from '../report/profile-trace.ts';
import { UsageError } from './usage-error.ts';

const BATCH_CHARACTERS = 64 * 1024;
/** What was written longer ago is in the file, even when the program hangs or is killed. */
const LATEST_MS = 500;

/**
 * Opens the file that a trace goes to. What is there already is replaced only when it is a trace: a playbook that was
 * given as the file by mistake is not lost. Throws UsageError.
 */
export function openTraceFile(path: string, latestMs = LATEST_MS): TraceSink {
  const file = attempt(path, () => openForTrace(path));
  let batch = '';
  let failure: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (failure !== undefined) throw failure;
    appendFileSync(file, batch);
    batch = '';
  };
  // Said at the next occasion: whoever is told of it then takes the trace out.
  const flushLate = (): void => {
    try {
      flush();
    } catch (error) {
      failure = error as Error;
    }
  };
  return {
    write(text) {
      batch += text;
      if (batch.length >= BATCH_CHARACTERS) flush();
      else timer ??= setTimeout(flushLate, latestMs).unref();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

function openForTrace(path: string): number {
  const before = beginningOf(path);
  const ours = before === '' || before === traceStart || before.startsWith('[\n]');
  if (ours) return openSync(path, 'w');
  throw new UsageError(
    `--profile-trace: ${path} is there and is no trace; it was not touched. Give another name, or remove it.`,
  );
}

/** '' when there is no such file, and for what is none (a pipe, /dev/null). */
function beginningOf(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return '';
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(traceStart.length);
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message;
    throw new UsageError(`--profile-trace: cannot write ${path}: ${reason}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};
