import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs';
import { traceStart, type TraceSink } from '../report/profile-trace.ts';
import { UsageError } from './usage-error.ts';

const BATCH_CHARACTERS = 64 * 1024;

/**
 * Opens the file that a trace goes to. What is there already is replaced only when it is a trace: a playbook that was
 * given as the file by mistake is not lost. Throws UsageError.
 */
export function openTraceFile(path: string): TraceSink {
  const file = attempt(path, () => openForTrace(path));
  let batch = '';
  const flush = (): void => {
    appendFileSync(file, batch);
    batch = '';
  };
  return {
    write(text) {
      batch += text;
      if (batch.length >= BATCH_CHARACTERS) flush();
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
