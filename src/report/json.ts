import type { Reporter } from '../events/event.ts';

/** One event per line, as JSON. */
export function createJsonReporter({ write }: { readonly write: (text: string) => void }): Reporter {
  return { name: 'json', handle: (event) => write(`${JSON.stringify(event)}\n`) };
}
