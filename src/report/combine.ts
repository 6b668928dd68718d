import type { Reporter, RunEvent } from '../events/event.ts';

/** Hands every event to all reporters; one that throws is dropped with a note and the others go on. */
export function combineReporters(reporters: readonly Reporter[], note: (text: string) => void): Reporter {
  const alive = new Set(reporters);
  const drop = (reporter: Reporter, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    if (alive.delete(reporter)) note(`the "${reporter.name}" output failed and was dropped: ${reason}`);
  };
  const handle = (event: RunEvent): void => {
    for (const reporter of [...alive]) {
      try {
        reporter.handle(event);
      } catch (error) {
        drop(reporter, error);
      }
    }
  };
  const close = async (): Promise<void> => {
    const closing = [...alive].map(async (reporter) => {
      try {
        await reporter.close?.();
      } catch (error) {
        drop(reporter, error);
      }
    });
    await Promise.all(closing);
  };
  return { name: 'combined', handle, close };
}
