import type { Data, DataMap } from '../model/data.ts';
import { isDataMap, wordsOf } from '../model/data.ts';
import type { LoopPlan, TaskPlan } from '../model/plan.ts';
import type { Masker } from '../model/masker.ts';
import { ModuleError } from '../modules/define.ts';
import { learnSecrets, type Scope } from './scope.ts';

const longestLabel = 80;

/** The items of a task's loop on one node. */
export interface LoopItems {
  readonly task: TaskPlan;
  readonly loop: LoopPlan;
  readonly items: readonly Data[];
  /** How each is named in events. */
  readonly labels: readonly string[];
  /** What the task sees at an item. */
  readonly scopeAt: (index: number) => Scope;
  /** The variables of the loop at an item. */
  readonly variablesAt: (index: number) => ReadonlyMap<string, Data>;
}

/** Whether a task's conditions can only be told item by item. */
export function conditionsNeedItem({ when }: TaskPlan, { loopVar, indexVar }: LoopPlan): boolean {
  const names = [loopVar, indexVar, 'ansible_loop'];
  return when.some((c) => c.references.some((r) => r.path.some((part) => names.includes(part))));
}

/**
 * The items that a loop has here. They are named as `loop_control.label` says; else a map by its `name`, anything
 * else by its text; with `no_log` by their number. Throws ModuleError when it is no list.
 */
export function loopItems(task: TaskPlan, loop: LoopPlan, scope: Scope, masker: Masker): LoopItems {
  const items = loop.items.render(scope);
  if (!Array.isArray(items)) {
    const hint = 'Write a list, or one {{variable}} that holds a list.';
    const kind = items === null ? 'null' : typeof items;
    throw new ModuleError({ message: `loop must be a list, not ${kind}`, hint });
  }
  const list = items as readonly Data[];
  learnSecrets(loop.loopVar, list, masker);
  const scopeAt = (index: number): Scope => scope.with(variablesAt(loop, list, index));
  const label = (item: Data, index: number): string => {
    if (task.noLog) return `item ${index + 1}`;
    return shortLabel(loop.label === undefined ? nameOf(item) : loop.label.render(scopeAt(index)), masker);
  };
  const at = (index: number) => variablesAt(loop, list, index);
  return { task, loop, items: list, labels: list.map(label), scopeAt, variablesAt: at };
}

function variablesAt(loop: LoopPlan, items: readonly Data[], index: number): ReadonlyMap<string, Data> {
  const variables = new Map<string, Data>([[loop.loopVar, items[index] ?? null]]);
  if (loop.indexVar !== undefined) variables.set(loop.indexVar, index);
  if (loop.extended) variables.set('ansible_loop', extendedAt(items, index));
  return variables;
}

/** Ansible's `ansible_loop`. */
function extendedAt(items: readonly Data[], index: number): DataMap {
  const { length } = items;
  const [previous, next] = [items[index - 1], items[index + 1]];
  return {
    allitems: [...items],
    index: index + 1,
    index0: index,
    revindex: length - index,
    revindex0: length - index - 1,
    first: index === 0,
    last: index === length - 1,
    length,
    ...(previous === undefined ? {} : { previtem: previous }),
    ...(next === undefined ? {} : { nextitem: next }),
  };
}

function nameOf(item: Data): Data {
  return isDataMap(item) && typeof item['name'] === 'string' ? item['name'] : item;
}

function shortLabel(named: Data, masker: Masker): string {
  // Before it is cut: the half of a secret would pass the masker.
  const text = masker.mask(typeof named === 'object' ? JSON.stringify(named) : wordsOf(named));
  return text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text;
}
