import { isKeyword, laterKeyword, scopesOf, withoutCollection } from '../load/keywords.ts';
import type { SourceMap, SourceNode } from '../model/source.ts';
import type { LintFile, LintTask, LintValue } from './rule.ts';
import { entriesOf, entryOf, mapsIn, valueOf } from './tree.ts';

const TASK_LISTS = ['pre_tasks', 'tasks', 'post_tasks'];
const BLOCK_LISTS = ['block', 'rescue', 'always'];

/** The tasks and handlers of a file, in their order, those in blocks too. */
export function tasksIn(file: LintFile, moduleNames: ReadonlySet<string>): readonly LintTask[] {
  const found: LintTask[] = [];
  const take = (
    node: SourceNode | undefined,
    scope: LintTask['scope'],
    around: readonly SourceMap[],
  ): void => {
    for (const map of mapsIn(node)) {
      if (!map.entries.some(({ key }) => BLOCK_LISTS.includes(key))) {
        found.push({ file, map, scope, around, module: moduleOf(map, scope, moduleNames) });
        continue;
      }
      for (const key of BLOCK_LISTS) take(valueOf(map, key), scope, [...around, map]);
    }
  };
  if (file.kind === 'tasks') take(file.tree, 'task', []);
  if (file.kind === 'handlers') take(file.tree, 'handler', []);
  if (file.kind !== 'playbook') return found;
  for (const play of mapsIn(file.tree)) {
    for (const key of TASK_LISTS) take(valueOf(play, key), 'task', [play]);
    take(valueOf(play, 'handlers'), 'handler', [play]);
  }
  return found;
}

function moduleOf(map: SourceMap, scope: LintTask['scope'], known: ReadonlySet<string>): LintTask['module'] {
  const named = map.entries.map((entry) => ({ name: withoutCollection(entry.key), entry }));
  return (
    named.find(({ name }) => known.has(name)) ??
    named.find(({ name }) => /^(import|include)_|^meta$/.test(name)) ??
    named.find(({ entry: { key } }) => !isKeyword(key, scope) && !scopesOf(key) && !laterKeyword(key))
  );
}

/** Every scalar of a file, with the task it stands in. */
export function valuesIn(
  file: LintFile,
  tasks: ReadonlyMap<SourceNode, LintTask>,
  take: (value: LintValue) => void,
): void {
  // A value behind aliases is one value.
  const seen = new Set<SourceNode>();
  const walk = (node: SourceNode, keys: readonly string[], task: LintTask | undefined): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'scalar') take({ file, node, keys, task });
    else if (node.kind === 'list') {
      for (const item of node.items) {
        const inner = tasks.get(item);
        walk(item, inner === undefined ? keys : [], inner ?? task);
      }
    } else for (const { key, value } of node.entries) walk(value, [...keys, key], task);
  };
  const { tree } = file;
  if (tree?.kind !== 'list') {
    if (tree !== undefined) walk(tree, [], undefined);
    return;
  }
  for (const item of tree.items) walk(item, [], tasks.get(item));
}

/** The variables that a map of a play, block or task sets under `vars`. */
export function varsOf(map: SourceMap): readonly (readonly [name: string, at: SourceMap['at']])[] {
  return entriesOf(entryOf(map, 'vars')?.value).map(({ key, keyAt }) => [key, keyAt] as const);
}
