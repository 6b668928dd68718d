import type { TaskProgress } from '../events/event.ts';

const CLOSEST_MS = 5_000;
const FARTHEST_MS = 30_000;

interface Shown {
  readonly time: number;
  readonly quarter: number;
}

/**
 * Decides which progress events deserve a line where lines cannot be overwritten: at most one in 5 seconds,
 * for each quarter that is done, and one in 30 seconds in any case. Short work gives none.
 */
export function createProgressFilter(): (event: TaskProgress & { readonly time: number }) => boolean {
  const seen = new Map<string, Shown>();
  return (event) => {
    const key = JSON.stringify([event.task, event.node, event.item, event.label]);
    const quarter = Math.floor((4 * event.done) / Math.max(1, event.total));
    const last = seen.get(key);
    if (!last) {
      seen.set(key, { time: event.time, quarter: 0 });
      return false;
    }
    const waited = event.time - last.time;
    if (waited < CLOSEST_MS || (quarter <= last.quarter && waited < FARTHEST_MS)) return false;
    seen.set(key, { time: event.time, quarter });
    return true;
  };
}

/** "45 %  (1.2 of 2.7 GB, 11.4 MB/s, 131 s left)" or "step 3 of 17". */
export function progressWords(event: TaskProgress): string {
  const { done, total, unit, bytesPerSecond, secondsLeft } = event;
  if (unit === 'steps') return `step ${done} of ${total}`;
  const percent = total > 0 ? Math.floor((100 * done) / total) : 0;
  const rate = bytesPerSecond === undefined ? '' : `, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  const left = secondsLeft === undefined ? '' : `, ${secondsLeft} s left`;
  const [scale, name] = total >= 1e9 ? [1e9, 'GB'] : total >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
  return `${percent} %  (${(done / scale).toFixed(1)} of ${(total / scale).toFixed(1)} ${name}${rate}${left})`;
}
