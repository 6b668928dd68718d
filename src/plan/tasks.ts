import type { Block, Include, Inherited, RoleItem, Task, TaskItem } from '../model/playbook.ts';
import type { BlockPlan, IncludePlan, LoopPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { AnyModule } from '../modules/define.ts';
import type { SourceNode } from '../model/source.ts';
import { planBackground } from './background.ts';
import type { Compiler } from './compile.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { planArguments, type GivenArguments } from './arguments.ts';
import { inside, type Surroundings, type TaskFactory } from './factory.ts';
import { checkFiles } from './files.ts';
import { planInclude } from './includes.ts';
import { takenLimits } from './limits.ts';
import { inLoop, loopedBlock } from './looped-block.ts';
import { planRole } from './roles.ts';
import { metaOf } from './steering.ts';
import { tagsChosen } from './tags.ts';
import { beforeValues, valuesAround } from './values.ts';
import { wayOf } from './way.ts';

/** Tasks and blocks as steps, without those that the tags leave out. */
export function planSteps(
  items: readonly TaskItem[],
  outer: Surroundings,
  make: TaskFactory,
): readonly StepPlan[] {
  return items.flatMap((item): readonly StepPlan[] => {
    if (item.kind === 'task') return planTask(item, outer, make);
    return item.kind === 'block' ? planBlock(item, outer, make) : planRoleItem(item, outer, make);
  });
}

/** `import_role`: the role's tasks in its place; its handlers are the play's. */
function planRoleItem(
  { use, options, at }: RoleItem,
  outer: Surroundings,
  make: TaskFactory,
): readonly BlockPlan[] {
  if (!options.allowDuplicates && make.rolesSeen.has(use.role.dir)) return [];
  const held = outer.held ?? [];
  const limits = takenLimits(use.keywords, { ...make, limits: make.limits ?? noLimits, held });
  const within = { ...outer, held: [...held, ...limits] };
  const { steps, handlers } = planRole(use, within, make, { ...options, planSteps });
  make.handlers.push(...handlers);
  if (steps.length === 0) return [];
  const taken = limits.length === 0 ? {} : { limits };
  return [{ kind: 'block', name: use.role.name, at, block: steps, rescue: [], always: [], ...taken }];
}

function planBlock(block: Block, outer: Surroundings, make: TaskFactory): readonly BlockPlan[] {
  const held = outer.held ?? [];
  const limits = takenLimits(block.keywords, { ...make, limits: make.limits ?? noLimits, held });
  const around = inside(outer, block.keywords, make);
  const within = { ...inLoop(block, around, make), held: [...held, ...limits] };
  const part = (items: readonly TaskItem[]): readonly StepPlan[] => planSteps(items, within, make);
  const looped = loopedBlock(block, (task, module) => compile(task, around, { make, module }));
  const plan: BlockPlan = {
    kind: 'block',
    name: block.name,
    at: block.at,
    block: part(block.block),
    rescue: part(block.rescue),
    always: part(block.always),
    ...(looped === undefined ? {} : { loop: looped }),
    ...(limits.length === 0 ? {} : { limits }),
  };
  return plan.block.length + plan.rescue.length + plan.always.length === 0 ? [] : [plan];
}

/** One task, or none when its tags are not asked for; it is checked all the same. */
export function planTask(task: Task, outer: Surroundings, make: TaskFactory): readonly TaskPlan[] {
  const include = task.include && planInclude(task, task.include, outer, { make, planSteps });
  const module = make.modules.get(task.module);
  const around = inside(outer, task.keywords, make);
  if (task.include === undefined) inLoop(task, around, make);
  const plan = module && compile(task, around, { make, module, include });
  const tags = [...outer.keywords, task.keywords].flatMap((k) => k.tags);
  for (const tag of tags) make.tagged.tags.add(tag);
  if (task.include !== undefined) checkIncludeLimit(task, task.include, make);
  if (plan === undefined) return [];
  if (tagsChosen(tags, make.tags)) return [plan];
  make.tagged.leftOut.push(plan);
  return [];
}

/** A place that is given back before what is included begins would limit nothing. */
function checkIncludeLimit({ keywords }: Task, { kind, apply }: Include, { compiler }: TaskFactory): void {
  const [limit] = [...(kind === 'vars' ? [] : keywords.limit), ...apply.limit];
  if (limit === undefined) return;
  const detail =
    'An include only brings tasks in. Put "limit" on a block around it, or on the tasks themselves.';
  compiler.problems.push(problem('bad-value', limit.at, '"limit" on an include', detail));
}

interface Compiling {
  readonly make: TaskFactory;
  readonly module: AnyModule;
  readonly include?: IncludePlan | undefined;
}

function compile(task: Task, around: Surroundings, { make, module, include }: Compiling): TaskPlan {
  const { compiler } = make;
  const { constants, ...args } = planArguments(taskArguments(task, around), module, compiler);
  const places = { roleDir: around.role?.dir, playbookDir: around.playbookDir };
  const templates = checkFiles(module, constants, places, make);
  const inRole = around.role !== undefined;
  const meta = metaOf(task, { module, constants, inRole, problems: compiler.problems });
  const notify = innermost(around, (k) => k.notify);
  const optional = (node: SourceNode | undefined) => (node === undefined ? undefined : compiler.value(node));
  return {
    kind: 'task',
    id: make.nextId(),
    name: compiler.value({ kind: 'scalar', value: task.name, quoted: true, at: task.at }),
    at: task.at,
    role: around.role,
    playbookDir: around.playbookDir,
    module: task.module,
    ...(meta === undefined ? {} : { meta }),
    ...(include === undefined ? {} : { include }),
    ...waitingOf(task, around, make),
    ...args,
    gathersFacts: module.gathersFacts,
    templates,
    below: around.below,
    above: around.above,
    when: around.when,
    ...(around.guards === undefined ? {} : { guards: around.guards }),
    loop: loopOf(task, compiler),
    register: task.register,
    ...retryOf(task, compiler),
    changedWhen: task.changedWhen && compiler.conditions(task.changedWhen),
    failedWhen: task.failedWhen && compiler.conditions(task.failedWhen),
    becomeUser: optional(innermost(around, (k) => k.becomeUser)),
    delegateTo: optional(innermost(around, (k) => k.delegateTo)),
    ...planBackground(task, module, compiler),
    ...wayOf(around.keywords, [around.below, around.above], compiler),
    environment: around.keywords.flatMap((k) => k.environment).map((node) => compiler.value(node)),
    ...plainKeywords(around),
    ...beforeValues(valuesAround(around.keywords, compiler), task.retries ?? 0),
    ...(module.onlyOnce === undefined
      ? {}
      : { runOnce: innermost(around, (k) => k.runOnce) ?? module.onlyOnce }),
    notify: notify?.topics ?? [],
    notifyAt: notify?.at,
    listen: task.listen,
  };
}

const noLimits: ReadonlyMap<string, number> = new Map();

/** What a task waits for before it takes a place: `sync`, `limit`. */
function waitingOf(
  task: Task,
  { held = [] }: Surroundings,
  make: TaskFactory,
): Pick<TaskPlan, 'sync' | 'limits'> {
  const { sync } = task;
  if (sync !== undefined && held.length > 0) {
    const detail = `A block around holds the limit ${held.join(', ')}: who waits for a place in it never comes here. Put "sync" before or behind the block.`;
    make.compiler.problems.push(problem('bad-value', sync.at, '"sync" can never be met', detail));
  }
  const limits = takenLimits(task.keywords, { ...make, limits: make.limits ?? noLimits, held });
  return { ...(sync === undefined ? {} : { sync: sync.who }), ...(limits.length === 0 ? {} : { limits }) };
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
    delegateFacts: innermost(around, (k) => k.delegateFacts) ?? false,
    noLog: innermost(around, (k) => k.noLog) ?? false,
    checkMode: innermost(around, (k) => k.checkMode),
    diff: innermost(around, (k) => k.diff),
    timeoutMs: timeout === undefined || timeout === 0 ? undefined : timeout * 1000,
    ...debuggerOf(around),
  };
}

function debuggerOf(around: Surroundings): Pick<TaskPlan, 'debugger'> {
  const wish = innermost(around, (k) => k.debugger);
  return wish === undefined ? {} : { debugger: wish };
}

function innermost<T>(around: Surroundings, pick: (keywords: Inherited) => T | undefined): T | undefined {
  for (const keywords of around.keywords.toReversed()) {
    const value = pick(keywords);
    if (value !== undefined) return value;
  }
  return undefined;
}
