#!/usr/bin/env node
import { tmpdir } from 'node:os';
import { main } from './cli/app.ts';
import { askLine, hasTerminal } from './cli/ask-line.ts';
import { askSecret } from './cli/ask-secret.ts';
import { Backlog } from './cli/backlog.ts';
import type { InterruptCause, Io, Sink } from './cli/io.ts';
import { stateFolder } from './cli/state-folder.ts';

const interruptListeners = new Set<(cause: InterruptCause) => void>();
const interrupted = (cause: InterruptCause): boolean => {
  for (const listener of interruptListeners) listener(cause);
  return interruptListeners.size > 0;
};

/** A terminal is written to at once, so that what goes to stdout and to stderr stays in order. */
const backlog = process.stdout.isTTY
  ? undefined
  : new Backlog(process.stdout, { folders: [stateFolder(process.env), tmpdir()] });
/** The exit code, once everything is done but for the reader of stdout. */
let ended: number | undefined = undefined;
let stdoutOpen = true;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  const nobodyReads = error.code === 'EPIPE';
  if (stdoutOpen && !nobodyReads) process.stderr.write(`error: cannot write the output: ${error.message}\n`);
  stdoutOpen = false;
  backlog?.discard();
  // A run is ended in good order; anything else just ends, quietly when it was `| head`.
  if (!interrupted('stdout-closed')) process.exit(nobodyReads ? (ended ?? 0) : 1);
});
process.stderr.on('error', () => undefined);

let told = false;
/** The first Ctrl-C after the end only says what is waited for: leaving would lose output. */
const staysForReader = (signal: NodeJS.Signals): boolean => {
  if (ended === undefined || told || signal !== 'SIGINT') return false;
  told = true;
  const left = Math.ceil((backlog?.waiting ?? 0) / 1e6);
  process.stderr.write(`waiting for the reader of the output, ${left} MB to go … (again to leave at once)\n`);
  return true;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!interrupted('signal') && !staysForReader(signal)) process.exit(130);
  });
}

const sink = (stream: NodeJS.WriteStream, write: (text: string) => void): Sink => ({
  write,
  isTerminal: Boolean(stream.isTTY),
  get columns() {
    return stream.isTTY ? stream.columns : undefined;
  },
});

const io: Io = {
  stdout: sink(process.stdout, (text) => {
    if (backlog !== undefined) backlog.write(text);
    else if (stdoutOpen) process.stdout.write(text);
  }),
  stderr: sink(process.stderr, (text) => {
    // With `2>&1` both are one file.
    backlog?.flush();
    process.stderr.write(text);
  }),
  env: process.env,
  cwd: process.cwd(),
  askSecret,
  get ask() {
    return hasTerminal() ? askLine : undefined;
  },
  onInterrupt: (listener) => {
    interruptListeners.add(listener);
    return () => interruptListeners.delete(listener);
  },
  exit: (code) => process.exit(code),
};

const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });

ended = await main(process.argv.slice(2), io);
await Promise.all([backlog?.drained(), written(process.stdout), written(process.stderr)]);
process.exit(ended);
