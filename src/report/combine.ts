import type { Reporter } from '../events/event.ts';

/** Hands every event to all reporters; one that throws is dropped with a note and the others go on. */
export function combineReporters(reporters: readonly Reporter[], note: (text: string) => void): Reporter {
  const alive = new Set(reporters);
  const drop = (reporter: Reporter, error: unknown): void => {
    alive.delete(reporter);
    const reason = error instanceof Error ? error.message : String(error);
    note(`the "${reporter.name}" output failed and was dropped: ${reason}`);
  };
  return {
    name: 'combined',
    handle: (event) => {
      for (const reporter of [...alive]) {
        try {
          reporter.handle(event);
        } catch (error) {
          drop(reporter, error);
        }
      }
    },
    close: async () => {
      for (const reporter of [...alive]) {
        await reporter.close?.().catch((error: unknown) => drop(reporter, error));
      }
    },
  };
}
