import type { Block, Inherited, Task, TaskItem } from '../model/playbook.ts';
import type {
  BlockPlan,
  CompiledLayer,
  Condition,
  LoopPlan,
  RoleRef,
  StepPlan,
  TaskPlan,
} from '../model/plan.ts';
import type { Inventory, VarLayer } from '../model/inventory.ts';
import type { SourceNode } from '../model/source.ts';
import type { AnyModule } from '../modules/define.ts';
import type { Compiler } from './compile.ts';
import type { TagChoice } from './tags.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { planArguments, type GivenArguments } from './arguments.ts';
import { checkFiles, type ProjectFiles } from './files.ts';
import { tagsChosen } from './tags.ts';

/** What all tasks of a plan are made with. */
export interface TaskFactory {
  readonly compiler: Compiler;
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly tags: TagChoice;
  readonly tagged: TaggedTasks;
  readonly files: ProjectFiles;
  readonly nextId: () => number;
}

/** What was seen of tags while a plan was made: all of them, and the tasks that the choice leaves out. */
export interface TaggedTasks {
  readonly tags: Set<string>;
  readonly leftOut: TaskPlan[];
}

/** What of the facts is gathered by the plays that were planned so far: parts of gather_subset by node. */
export type GatheredFacts = Map<string, Set<string>>;

/** What plays are made with besides. */
export interface PlayFactory extends TaskFactory {
  /** Names given with -e. */
  readonly extraNames: ReadonlySet<string>;
  readonly inventory: Inventory;
  readonly defaultRegion: string | undefined;
  /** The variables of -e. */
  readonly extra: VarLayer;
  /** What facts the plays before gather; grows. */
  readonly gathered: GatheredFacts;
  /** Problems of role arguments that were told already; grows. */
  readonly toldArguments: Set<string>;
}

/** What a play, role or block hands down to the tasks in it, outermost first. */
export interface Surroundings {
  readonly playbookDir: string;
  readonly role: RoleRef | undefined;
  readonly below: readonly CompiledLayer[];
  readonly above: readonly CompiledLayer[];
  readonly keywords: readonly Inherited[];
  readonly when: readonly Condition[];
}

/** The surroundings of what stands inside a play, role or block with these keywords. */
export function inside(outer: Surroundings, keywords: Inherited, make: TaskFactory): Surroundings {
  const { compiler } = make;
  checkModuleDefaults(keywords, make);
  return {
    ...outer,
    above: [...outer.above, ...compiler.present(keywords.vars)],
    keywords: [...outer.keywords, keywords],
    when: [...outer.when, ...compiler.conditions(keywords.when)],
  };
}

function checkModuleDefaults({ moduleDefaults }: Inherited, { modules, compiler }: TaskFactory): void {
  for (const [name, { at }] of moduleDefaults) {
    if (modules.has(name)) continue;
    const detail = name.startsWith('group/')
      ? 'There are no groups of modules here: name each module.'
      : `No module is called "${name}".${didYouMean(name, modules.keys())}`;
    compiler.problems.push(problem('unknown-module', at, 'unknown module in module_defaults', detail));
  }
}

/** Tasks and blocks as steps, without those that the tags leave out. */
export function planSteps(
  items: readonly TaskItem[],
  outer: Surroundings,
  make: TaskFactory,
): readonly StepPlan[] {
  return items.flatMap((item): readonly StepPlan[] =>
    item.kind === 'task' ? planTask(item, outer, make) : planBlock(item, outer, make),
  );
}

function planBlock(block: Block, outer: Surroundings, make: TaskFactory): readonly BlockPlan[] {
  const within = inside(outer, block.keywords, make);
  const part = (items: readonly TaskItem[]): readonly StepPlan[] => planSteps(items, within, make);
  const plan: BlockPlan = {
    kind: 'block',
    name: block.name,
    at: block.at,
    block: part(block.block),
    rescue: part(block.rescue),
    always: part(block.always),
  };
  return plan.block.length + plan.rescue.length + plan.always.length === 0 ? [] : [plan];
}

/** One task, or none when its tags are not asked for; it is checked all the same. */
export function planTask(task: Task, outer: Surroundings, make: TaskFactory): readonly TaskPlan[] {
  const plan = compileTask(task, inside(outer, task.keywords, make), make);
  const tags = [...outer.keywords, task.keywords].flatMap((k) => k.tags);
  for (const tag of tags) make.tagged.tags.add(tag);
  if (plan === undefined) return [];
  if (tagsChosen(tags, make.tags)) return [plan];
  make.tagged.leftOut.push(plan);
  return [];
}

function compileTask(task: Task, around: Surroundings, make: TaskFactory): TaskPlan | undefined {
  const { compiler } = make;
  const module = make.modules.get(task.module);
  if (module === undefined) return undefined;
  const { constants, ...args } = planArguments(taskArguments(task, around), module, compiler);
  const places = { roleDir: around.role?.dir, playbookDir: around.playbookDir };
  const templates = checkFiles(module, constants, places, make);
  const optional = (node: SourceNode | undefined) => (node === undefined ? undefined : compiler.value(node));
  return {
    kind: 'task',
    id: make.nextId(),
    name: compiler.value({ kind: 'scalar', value: task.name, quoted: true, at: task.at }),
    at: task.at,
    role: around.role,
    playbookDir: around.playbookDir,
    module: task.module,
    ...args,
    gathersFacts: module.gathersFacts,
    templates,
    below: around.below,
    above: around.above,
    when: around.when,
    loop: loopOf(task, compiler),
    register: task.register,
    ...retryOf(task, compiler),
    changedWhen: task.changedWhen && compiler.conditions(task.changedWhen),
    failedWhen: task.failedWhen && compiler.conditions(task.failedWhen),
    becomeUser: optional(innermost(around, (k) => k.becomeUser)),
    delegateTo: optional(innermost(around, (k) => k.delegateTo)),
    environment: around.keywords.flatMap((k) => k.environment).map((node) => compiler.value(node)),
    ...plainKeywords(around),
    notify: task.notify,
    listen: task.listen,
  };
}

function taskArguments({ args, moreArgs, module }: Task, { keywords }: Surroundings): GivenArguments {
  return { args, more: moreArgs, defaults: keywords.flatMap((k) => k.moduleDefaults.get(module) ?? []) };
}

function loopOf({ loop, loopControl }: Task, compiler: Compiler): LoopPlan | undefined {
  if (loop === undefined) return undefined;
  const { label, loopVar, indexVar, pause, extended, parallel } = loopControl ?? {};
  return {
    items: compiler.value(loop),
    label: label === undefined ? undefined : compiler.value(label),
    loopVar: loopVar ?? 'item',
    indexVar,
    pauseMs: (pause ?? 0) * 1000,
    extended: extended ?? false,
    parallel: parallel ?? 1,
  };
}

function retryOf(task: Task, compiler: Compiler): Pick<TaskPlan, 'until' | 'retries' | 'delayMs'> {
  const until = compiler.conditions(task.until);
  // As in Ansible: three attempts where only `until` is said, and `retries` more where it is.
  const retries = task.retries ?? (until.length > 0 ? 2 : 0);
  return { until, retries, delayMs: (task.delay ?? 5) * 1000 };
}

function plainKeywords(around: Surroundings) {
  const timeout = innermost(around, (k) => k.timeout);
  return {
    ignoreErrors: innermost(around, (k) => k.ignoreErrors) ?? false,
    ignoreUnreachable: innermost(around, (k) => k.ignoreUnreachable) ?? false,
    throttle: innermost(around, (k) => k.throttle),
    anyErrorsFatal: innermost(around, (k) => k.anyErrorsFatal) ?? false,
    become: innermost(around, (k) => k.become),
    runOnce: innermost(around, (k) => k.runOnce) ?? false,
    noLog: innermost(around, (k) => k.noLog) ?? false,
    checkMode: innermost(around, (k) => k.checkMode),
    diff: innermost(around, (k) => k.diff),
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
  };
}

function innermost<T>(around: Surroundings, pick: (keywords: Inherited) => T | undefined): T | undefined {
  for (const keywords of around.keywords.toReversed()) {
    const value = pick(keywords);
    if (value !== undefined) return value;
  }
  return undefined;
}
