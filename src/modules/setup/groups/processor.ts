import type { FactGroup } from '../group.ts';

const ONLINE = '/sys/devices/system/cpu/online';
const SOCKETS = '/sys/devices/system/cpu/cpu[0-9]*/topology/physical_package_id';
const STATUS = '/proc/self/status';

/**
 * Of the long list of processors only the first, up to what is needed of it: a large machine would have hundreds
 * of kilobytes to tell.
 */
const FIRST = `s cpu;while IFS= read -r l;do case $l in ''|flags*|Features*)break;;esac;printf '%s\\n' "$l";done</proc/cpuinfo`;

/** The processors: sockets × cores × threads, as Ansible counts them. */
export const processor: FactGroup = {
  name: 'processor',
  facts: [
    ...['processor', 'processor_count', 'processor_cores', 'processor_threads_per_core'],
    ...['processor_vcpus', 'processor_nproc'],
  ],
  files: [ONLINE, SOCKETS],
  lines: { [STATUS]: '^Cpus_allowed_list:' },
  script: FIRST,
  read: (answer) => {
    const first = fields(answer.section('cpu') ?? '');
    const online = countOf(answer.line(ONLINE)) ?? (first.size > 0 ? 1 : undefined);
    if (online === undefined) return { facts: {} };
    const sockets = new Set(answer.files(/\/physical_package_id$/).map(([, [id]]) => id));
    const shape = shapeOf(first, online, sockets.size);
    const names = ['vendor_id', 'model name'].flatMap((key) => first.get(key) ?? []);
    const allowed = answer.lines(STATUS).find((line) => line.startsWith('Cpus_allowed_list:'));
    return {
      facts: {
        processor: Array.from({ length: online }, (_, i) => [String(i), ...names]).flat(),
        processor_count: shape.sockets,
        processor_cores: shape.cores,
        processor_threads_per_core: shape.threads,
        processor_vcpus: shape.sockets * shape.cores * shape.threads,
        processor_nproc: countOf(allowed?.split(':')[1]?.trim()) ?? online,
      },
    };
  },
};

/** Where the kernel tells no sockets and cores (ARM), each processor counts as one of each. */
function shapeOf(first: ReadonlyMap<string, string>, online: number, sockets: number) {
  const cores = Number(first.get('cpu cores'));
  const siblings = Number(first.get('siblings'));
  if (!(cores > 0)) return { sockets: online, cores: 1, threads: 1 };
  return { sockets: Math.max(1, sockets), cores, threads: Math.max(1, Math.floor(siblings / cores) || 1) };
}

function fields(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
    }),
  );
}

/** How many a list such as `0-3,8` names; undefined: it is no such list. */
function countOf(list: string | undefined): number | undefined {
  if (list === undefined || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return undefined;
  const parts = list.split(',').map((part) => part.split('-').map(Number));
  return parts.reduce((sum, [from = 0, to = from]) => sum + to - from + 1, 0);
}
