import type { FactGroup } from '../group.ts';

const MEMINFO = '/proc/meminfo';

/** Memory and swap, in whole MiB. */
export const memory: FactGroup = {
  name: 'memory',
  facts: ['memtotal_mb', 'memfree_mb', 'swaptotal_mb', 'swapfree_mb', 'memory_mb'],
  lines: { [MEMINFO]: '^(Mem(Total|Free)|Buffers|Cached|Swap(Cached|Total|Free)):' },
  read: (answer) => {
    const sizes = new Map(
      answer.lines(MEMINFO).flatMap((line): readonly (readonly [string, number])[] => {
        const [, name = '', kilobytes] = /^(\w+):\s*(\d+)/.exec(line) ?? [];
        return kilobytes === undefined ? [] : [[name, Number(kilobytes)]];
      }),
    );
    if (!sizes.has('MemTotal')) return { facts: {} };
    const [total, free, buffers, cached] = ['MemTotal', 'MemFree', 'Buffers', 'Cached'].map((n) => sizes.get(n) ?? 0) as [number, number, number, number]; // prettier-ignore
    const [swapTotal, swapFree, swapCached] = ['SwapTotal', 'SwapFree', 'SwapCached'].map((n) => sizes.get(n) ?? 0) as [number, number, number]; // prettier-ignore
    const withoutCache = free + cached + buffers;
    return {
      facts: {
        memtotal_mb: mb(total),
        memfree_mb: mb(free),
        swaptotal_mb: mb(swapTotal),
        swapfree_mb: mb(swapFree),
        memory_mb: {
          real: { total: mb(total), free: mb(free), used: mb(total - free) },
          nocache: { free: mb(withoutCache), used: mb(total - withoutCache) },
          swap: {
            total: mb(swapTotal),
            free: mb(swapFree),
            used: mb(swapTotal - swapFree),
            cached: mb(swapCached),
          },
        },
      },
    };
  },
};

function mb(kilobytes: number): number {
  return Math.floor(kilobytes / 1024);
}
