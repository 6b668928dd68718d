#!/usr/bin/env node
import { main } from './cli/app.ts';
import { askSecret } from './cli/ask-secret.ts';
import type { InterruptCause, Io, Sink } from './cli/io.ts';

const interruptListeners = new Set<(cause: InterruptCause) => void>();
const interrupted = (cause: InterruptCause): boolean => {
  for (const listener of interruptListeners) listener(cause);
  return interruptListeners.size > 0;
};

let stdoutOpen = true;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  const nobodyReads = error.code === 'EPIPE';
  if (stdoutOpen && !nobodyReads) process.stderr.write(`error: cannot write the output: ${error.message}\n`);
  stdoutOpen = false;
  // A run is ended in good order; anything else just ends, quietly when it was `| head`.
  if (!interrupted('stdout-closed')) process.exit(nobodyReads ? 0 : 1);
});
process.stderr.on('error', () => undefined);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!interrupted('signal')) process.exit(130);
  });
}

const sink = (stream: NodeJS.WriteStream, isOpen: () => boolean): Sink => ({
  write: (text) => {
    if (isOpen()) stream.write(text);
  },
  isTerminal: Boolean(stream.isTTY),
  get columns() {
    return stream.isTTY ? stream.columns : undefined;
  },
});

const io: Io = {
  stdout: sink(process.stdout, () => stdoutOpen),
  stderr: sink(process.stderr, () => true),
  env: process.env,
  cwd: process.cwd(),
  askSecret,
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

const code = await main(process.argv.slice(2), io);
await Promise.all([written(process.stdout), written(process.stderr)]);
process.exit(code);
