import type { Reporter } from '../events/event.ts';

/** Writes one event per line, as JSON. */
export function createJsonReporter({ write }: { write(text: string): void }): Reporter {
  return { name: 'json', handle: (event) => write(`${JSON.stringify(event)}\n`) };
}
