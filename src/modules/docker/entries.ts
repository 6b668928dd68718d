import type { DataMap } from '../../model/data.ts';
import type { ValueRow } from '../../model/result.ts';

type Entries = Readonly<Record<string, string>> | undefined;

/** What of the wanted labels or options is missing or other; what else is there does not matter. */
export function differentEntries(what: string, wanted: Entries, there: DataMap): ValueRow[] {
  return Object.entries(wanted ?? {})
    .filter(([key, value]) => there[key] !== value)
    .map(([key, value]) => ({ name: `${what}.${key}`, before: there[key] ?? 'absent', after: value }));
}

/** `--label a=b --label c=d` as words. */
export function flagsOf(flag: string, entries: Entries): string[] {
  return Object.entries(entries ?? {}).flatMap(([key, value]) => [flag, `${key}=${value}`]);
}
