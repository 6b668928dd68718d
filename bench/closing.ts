import { readFileSync } from 'node:fs';

/** What has to be undone at the end, also after an error or Ctrl-C: last in, first out, each once. */
export class Closing {
  readonly #steps: (() => void)[] = [];

  /** Steps are synchronous, since nothing else runs while a process exits. Gives the way to do it earlier. */
  add(step: () => void): () => void {
    this.#steps.push(step);
    return () => {
      const at = this.#steps.indexOf(step);
      if (at < 0) return;
      this.#steps.splice(at, 1);
      step();
    };
  }

  run(): void {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        step();
      } catch (error) {
        process.stderr.write(`could not clean up: ${String(error)}\n`);
      }
    }
  }

  /** Runs everything when this process ends, however it ends (but by SIGKILL). */
  onExit(): void {
    process.on('exit', () => this.run());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => process.exit(130));
  }
}

/** Ends a process and waits until it is gone. */
export function endProcess(pid: number, signal: NodeJS.Signals = 'SIGKILL', limitMs = 5_000): void {
  const until = Date.now() + limitMs;
  try {
    process.kill(pid, signal);
    while (isAlive(pid) && Date.now() < until) pause(10);
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A process that waits for its parent to take note counts as gone. */
export function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.state !== 'Z';
}

/** State and parent of a process as the kernel has them; undefined: there is none. */
export function readStat(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Blocks: for the end of the process, when no timer runs any more. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
