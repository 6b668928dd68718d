import { TransportError } from '../transport/contract.ts';

/**
 * The answer of work that may be abandoned, since it only looks: when the run is interrupted it is not waited for.
 * Throws TransportError `interrupted`; `who` is for its message.
 */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal, who: string): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new TransportError('interrupted', `${who}: interrupted`));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
