import type { TaskStatus } from '../model/result.ts';
import { Unknown } from '../model/data.ts';
import { saysChanged, type Outcome } from './outcome.ts';

/** The outcome of a whole loop is the first of these that any item has. */
const weight: readonly TaskStatus[] = [
  'unreachable',
  'failed',
  'rescued',
  'unknown',
  'ignored',
  'changed',
  'ok',
];

/** Of a single task too, `failed` stays true in what is registered when the failure is ignored or rescued. */
const failing: readonly TaskStatus[] = ['failed', 'rescued', 'ignored'];

/** One outcome for a loop, as Ansible registers it: `results` with one entry per item. */
export function combineItems(outcomes: readonly Outcome[]): Outcome {
  const status = weight.find((s) => outcomes.some((o) => o.status === s)) ?? 'skipped';
  const results = outcomes.map((o) => o.result);
  const flags = {
    changed: outcomes.some((o) => o.status === 'changed' || saysChanged(o.result)),
    failed: outcomes.some((o) => failing.includes(o.status)),
    skipped: status === 'skipped',
  };
  const unknown = results.find((r) => r instanceof Unknown);
  const worst = outcomes.find((o) => o.failure !== undefined && o.status === status);
  return {
    status,
    result: unknown === undefined ? { ...flags, results } : new Unknown(unknown.reason, flags),
    // The items' own events have said the changes.
    changes: [],
    facts: Object.assign({}, ...outcomes.map((o) => o.facts)) as NonNullable<Outcome['facts']>,
    additions: outcomes.flatMap((o) => o.additions ?? []),
    statistics: outcomes.flatMap((o) => o.statistics ?? []),
    pending: outcomes.some((o) => o.pending === true),
    brought: outcomes.flatMap((o) => o.brought ?? []),
    layers: outcomes.flatMap((o) => o.layers ?? []),
    ...(worst?.failure === undefined ? {} : { failure: worst.failure }),
    ...reasonOf(outcomes, status),
  };
}

function reasonOf(outcomes: readonly Outcome[], status: TaskStatus): { reason?: string } {
  if (outcomes.length === 0) return { reason: 'the loop has no items' };
  const reason = outcomes.find((o) => o.status === status && o.reason !== undefined)?.reason;
  return reason === undefined ? {} : { reason };
}
