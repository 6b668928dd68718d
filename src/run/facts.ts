import type { Data, DataMap } from '../model/data.ts';
import { isDataMap, Unknown } from '../model/data.ts';
import type { FactNames } from '../model/facts.ts';
import { isReservedFact } from '../model/facts.ts';
import type { Masker } from '../model/masker.ts';
import type { Outcome } from './outcome.ts';
import { learnSecrets } from './scope.ts';

const PREFIX = 'ansible_';

/**
 * Adds to a node's facts what a task has gathered: each fact by its name, all of them together in `ansible_facts`
 * without `ansible_` in front, what Ansible has not in `oms_facts`. Gives the names that were set.
 */
export function keepFacts(facts: Map<string, Data>, outcome: Outcome, names: FactNames): readonly string[] {
  if (outcome.status === 'unknown') return keepUnknown(facts, outcome, names);
  if (outcome.status !== 'ok' && outcome.status !== 'changed') return [];
  const found = resultsOf(outcome.result).flatMap((result) => [
    ...entriesOf(result['ansible_facts']).filter(([name]) => !isReservedFact(name)),
  ]);
  const own = resultsOf(outcome.result).flatMap((result) => entriesOf(result['oms_facts']));
  for (const [name, value] of found) facts.set(name, value);
  facts.set('ansible_facts', merged(facts.get('ansible_facts'), found.flatMap(inMap)));
  facts.set('oms_facts', merged(facts.get('oms_facts'), own));
  return [...found.map(([name]) => name), 'ansible_facts', 'oms_facts'];
}

/** Check mode cannot tell whether they are gathered; what was known before stays. */
function keepUnknown(
  facts: Map<string, Data>,
  { reason = '' }: Outcome,
  names: FactNames,
): readonly string[] {
  const missing = names.names.filter((name) => !facts.has(name));
  for (const name of missing) facts.set(name, new Unknown(reason));
  return missing;
}

/** What a node tells of itself may hold secrets that nobody has named before (its environment). */
export function learnFactSecrets(outcome: Outcome, masker: Masker): void {
  for (const result of resultsOf(outcome.result)) {
    for (const part of ['ansible_facts', 'oms_facts']) learnSecrets('', result[part] ?? null, masker);
  }
}

/** Of a loop each item's. */
function resultsOf(result: Data): readonly DataMap[] {
  if (!isDataMap(result)) return [];
  const { results } = result;
  return Array.isArray(results) ? (results as readonly Data[]).filter(isDataMap) : [result];
}

function entriesOf(part: Data | undefined): readonly (readonly [string, Data])[] {
  return isDataMap(part) ? Object.entries(part) : [];
}

/** Local facts are found there by either name: Ansible leaves theirs as it is. */
function inMap([name, value]: readonly [string, Data]): readonly (readonly [string, Data])[] {
  const short = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
  return short === 'local' ? [[short, value], [name, value]] : [[short, value]]; // prettier-ignore
}

function merged(before: Data | undefined, entries: readonly (readonly [string, Data])[]): DataMap {
  return Object.fromEntries([...entriesOf(before), ...entries]);
}
