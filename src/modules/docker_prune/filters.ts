import type { DataMap } from '../../model/data.ts';
import { ModuleError } from '../define.ts';
import { textOf } from '../docker/objects.ts';
import type { Filters } from './args.ts';

/** What of an object the filters look at. */
export interface Filtered {
  readonly labels: DataMap;
  /** Seconds since 1970. */
  readonly created: number;
}

/** Refuses filters that docker does not know for these objects. */
export function requireKnown(argument: string, filters: Filters, known: readonly string[]): void {
  const wrong = Object.keys(filters).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new ModuleError({
    message: `${argument}: there is no filter ${wrong}`,
    hint: `those that there are: ${known.join(', ')}`,
  });
}

/** Whether docker's prune would take it, going by until, label and label!; `now`: the node's clock. */
export function passes(filters: Filters, one: Filtered, now: number): boolean {
  const before = (filters['until'] ?? []).every((text) => one.created < until(text, now));
  const labelled = (filters['label'] ?? []).every((text) => hasLabel(one.labels, text));
  const without = filters['label!'] ?? [];
  return before && labelled && !(without.length > 0 && without.every((text) => hasLabel(one.labels, text)));
}

function hasLabel(labels: DataMap, text: string): boolean {
  const [, key = text, value] = /^([^=]*)=([\s\S]*)$/.exec(text) ?? [];
  return Object.hasOwn(labels, key) && (value === undefined || textOf(labels[key]) === value);
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};

/** The moment that a filter means: "24h" and "1h30m" ago, seconds since 1970, or a time as in ISO 8601. */
export function until(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^(\d+(\.\d+)?(h|m|s|ms|us|µs|ns))+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s)/g)];
    return now - parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
  }
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time / 1000;
  throw new ModuleError({
    message: `until: ${text} is no time`,
    hint: 'write 24h, 2026-01-31T00:00:00Z, or seconds since 1970',
  });
}
