import type { RecapRow, RunFinished } from '../../src/events/event.ts';

const NONE: RecapRow = {
  node: 'n',
  region: 'r',
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  unknown: 0,
};

/** The end of a run on one node with these counts. */
export function recap(counts: Partial<RecapRow>): RunFinished {
  return { type: 'run-finished', durationMs: 1, interrupted: false, recap: [{ ...NONE, ...counts }] };
}
