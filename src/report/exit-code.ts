import type { RunFinished } from '../events/event.ts';

export interface ExitRules {
  readonly check: boolean;
  /** `--exit-code`: changes that a check run found give 3. */
  readonly changesMatter: boolean;
}

/** What the run's end means for the process: 0 well, 2 failed, 3 changes pending, 4 unreachable, 130 interrupted. */
export function exitCode(finished: RunFinished, { check, changesMatter }: ExitRules): number {
  const any = (count: 'failed' | 'unreachable' | 'changed'): boolean =>
    finished.recap.some((row) => row[count] > 0);
  if (finished.interrupted) return 130;
  if (any('unreachable')) return 4;
  if (any('failed')) return 2;
  return check && changesMatter && any('changed') ? 3 : 0;
}
