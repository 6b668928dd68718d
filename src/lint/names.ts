import type { SourceMap, SourceNode, SourceRange } from '../model/source.ts';
import type { LintFile, LintProject, LintTask } from './rule.ts';
import { entriesOf, expressionWords, isText, mapsIn, templateWords, textsIn, valueOf } from './tree.ts';
import { varsOf } from './walk.ts';

/** What gives a variable its value. */
export type Origin =
  | 'role defaults'
  | 'role vars'
  | 'a file of variables'
  | 'play vars'
  | 'block vars'
  | 'task vars'
  | 'register'
  | 'set_fact'
  | 'a loop';

/** One place that gives a variable a value. */
export interface Definition {
  readonly name: string;
  readonly at: SourceRange;
  readonly origin: Origin;
  readonly file: LintFile;
  /** The task that does it, where one does. */
  readonly task: LintTask | undefined;
  /** The play, block or task whose `vars` it stands in. */
  readonly owner: SourceMap | undefined;
  /** The plays and blocks around the owner, outermost first. */
  readonly around: readonly SourceMap[];
}

/** Keys whose texts are expressions, wherever they stand. */
const EXPRESSIONS = new Set(['when', 'until', 'changed_when', 'failed_when', 'break_when', 'that', 'var']);
const TASK_LISTS = ['pre_tasks', 'tasks', 'post_tasks', 'handlers', 'block', 'rescue', 'always'];

/** Every definition of a variable in the project. */
export function definitionsIn(project: LintProject): readonly Definition[] {
  return [
    ...project.files.flatMap((file) => [...fileVars(file), ...scopeVars(file)]),
    ...project.tasks.flatMap(taskNames),
  ];
}

function fileVars(file: LintFile): readonly Definition[] {
  // What an inventory says is for any playbook, those that are not looked at too.
  if (file.kind !== 'vars') return [];
  return entriesOf(file.tree).map(({ key, keyAt }) => ({
    name: key,
    at: keyAt,
    origin: fileOrigin(file),
    file,
    task: undefined,
    owner: undefined,
    around: [],
  }));
}

function fileOrigin({ role, path }: LintFile): Origin {
  if (role === undefined) return 'a file of variables';
  return path.startsWith(`${role}/defaults/`) ? 'role defaults' : 'role vars';
}

/** What plays, blocks and tasks set under `vars`. */
function scopeVars(file: LintFile): readonly Definition[] {
  const found: Definition[] = [];
  const take = (map: SourceMap, origin: Origin, around: readonly SourceMap[]): void => {
    for (const [name, at] of varsOf(map)) {
      found.push({ name, at, origin, file, task: undefined, owner: map, around });
    }
    for (const inner of TASK_LISTS.flatMap((key) => mapsIn(valueOf(map, key)))) {
      take(inner, isBlock(inner) ? 'block vars' : 'task vars', [...around, map]);
    }
  };
  if (['playbook', 'tasks', 'handlers'].includes(file.kind)) {
    const top: Origin | undefined = file.kind === 'playbook' ? 'play vars' : undefined;
    for (const map of mapsIn(file.tree)) take(map, top ?? (isBlock(map) ? 'block vars' : 'task vars'), []);
  }
  return found;
}

function isBlock(map: SourceMap): boolean {
  return map.entries.some(({ key }) => ['block', 'rescue', 'always'].includes(key));
}

/** What a task defines while it runs. */
function taskNames(task: LintTask): readonly Definition[] {
  const { file, map } = task;
  const define = (name: string, at: SourceRange, origin: Origin): Definition => ({
    name,
    at,
    origin,
    file,
    task,
    owner: undefined,
    around: [],
  });
  const register = valueOf(map, 'register');
  const loop = ['loop_var', 'index_var'].map((key) => valueOf(valueOf(map, 'loop_control'), key));
  return [
    ...(isText(register) ? [define(register.value, register.at, 'register')] : []),
    ...(task.module?.name === 'set_fact' ? entriesOf(task.module.entry.value) : [])
      .filter(({ key }) => key !== 'cacheable')
      .map(({ key, keyAt }) => define(key, keyAt, 'set_fact')),
    ...loop.filter(isText).map(({ value, at }) => define(value, at, 'a loop')),
  ];
}

/** Every word that may be the name of a variable where variables are used. More words than names, never fewer. */
export function usedWords({ files }: LintProject): ReadonlySet<string> {
  const used = new Set<string>();
  const add = (words: readonly string[]): void => {
    for (const word of words) used.add(word);
  };
  const walk = (node: SourceNode, isExpression: boolean): void => {
    if (isText(node)) add(isExpression ? expressionWords(node.value) : templateWords(node.value));
    else if (node.kind === 'list') for (const item of node.items) walk(item, isExpression);
    else for (const { key, value } of entriesOf(node)) walk(value, isExpression || EXPRESSIONS.has(key));
  };
  for (const { kind, tree, lines } of files) {
    if (kind === 'template' || kind === 'ini') add(templateWords(lines.join('\n')));
    else if (tree !== undefined) walk(tree, false);
  }
  return used;
}

/** The names that tasks notify. */
export function notifiedBy(task: LintTask): readonly string[] {
  return [task.map, ...task.around].flatMap((map) =>
    textsIn(valueOf(map, 'notify')).map(({ value }) => value),
  );
}
