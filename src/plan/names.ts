import type { CompiledLayer, Reference, Rendering, RunPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { magicNames } from '../model/magic.ts';

/**
 * Finds names that no variable in reach has: every task's words, and the variables that those words lead to.
 * What only some nodes lack is found when it is used; here a name counts as known if anything defines it.
 * `leftOut`: the tasks that the tags leave out.
 */
export function checkNames(plan: RunPlan, leftOut: readonly TaskPlan[] = []): readonly Diagnostic[] {
  const handlers = new Set(plan.plays.flatMap((play) => play.handlers));
  const tasks = [...plan.plays.flatMap((play) => play.steps.flatMap(tasksOf)), ...handlers];
  const layers = new Set<CompiledLayer>([plan.extra]);
  for (const node of plan.nodes.values()) for (const layer of node.layers) layers.add(layer);
  for (const task of tasks) for (const layer of [...task.below, ...task.above]) layers.add(layer);
  const walk = new NameWalk(layers, tasks, leftOut);
  // A handler whose notifiers are left out never runs, so what they register cannot be missed in it.
  const quiet = new Set(leftOut.flatMap(namesOf));
  for (const task of tasks) walk.task(task, handlers.has(task) ? quiet : new Set());
  return walk.problems;
}

/** All tasks below a step, in order. */
export function tasksOf(step: StepPlan): readonly TaskPlan[] {
  if (step.kind === 'flush') return [];
  if (step.kind === 'task') return [step];
  return [...step.block, ...step.rescue, ...step.always].flatMap(tasksOf);
}

function namesOf(task: TaskPlan): readonly string[] {
  return task.register === undefined ? task.factNames : [task.register, ...task.factNames];
}

class NameWalk {
  readonly problems: Diagnostic[] = [];
  readonly #known = new Set<string>(magicNames);
  readonly #variables = new Map<string, Rendering[]>();
  readonly #seen = new Set<string>();
  readonly #reported = new Set<string>();

  readonly #leftOut = new Map<string, TaskPlan>();

  constructor(layers: Iterable<CompiledLayer>, tasks: readonly TaskPlan[], leftOut: readonly TaskPlan[]) {
    for (const layer of layers) for (const [name, { value }] of layer.vars) this.#define(name, value);
    for (const name of tasks.flatMap(namesOf)) this.#known.add(name);
    for (const task of leftOut) for (const name of namesOf(task)) this.#leftOut.set(name, task);
  }

  task(task: TaskPlan, quiet: ReadonlySet<string>): void {
    const local = new Set(task.loop === undefined ? quiet : [...quiet, 'item']);
    const renderings = [
      task.name,
      task.args,
      task.loop,
      task.becomeUser,
      task.delegateTo,
      ...task.environment,
    ];
    for (const rendering of renderings) this.#references(rendering?.references ?? [], local);
    const conditions = [
      ...task.when,
      ...task.until,
      ...(task.changedWhen ?? []),
      ...(task.failedWhen ?? []),
      ...[...task.conditionArgs.values()].flat(),
    ];
    for (const condition of conditions) this.#references(condition.references, local);
  }

  #define(name: string, value: Rendering): void {
    this.#known.add(name);
    const values = this.#variables.get(name) ?? [];
    values.push(value);
    this.#variables.set(name, values);
  }

  #references(references: readonly Reference[], local: ReadonlySet<string>): void {
    for (const reference of references) {
      const name = reference.path[0];
      if (name === undefined || local.has(name)) continue;
      if (this.#known.has(name)) this.#follow(name, local);
      else if (!reference.optional) this.#report(name, reference);
    }
  }

  /** The templates inside a variable count as soon as something uses the variable. */
  #follow(name: string, local: ReadonlySet<string>): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    const inside = new Set([...local, 'item']);
    for (const value of this.#variables.get(name) ?? []) this.#references(value.references, inside);
  }

  #report(name: string, reference: Reference): void {
    const { file, line, column } = reference.at;
    const key = `${file}:${line}:${column}:${name}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.problems.push(problem('undefined-variable', reference.at, 'undefined variable', this.#why(name)));
  }

  #why(name: string): string {
    const task = this.#leftOut.get(name);
    if (task !== undefined) {
      return `"${name}" is set by the task at ${task.at.file}:${task.at.line}, which --tags or --skip-tags leaves out. Choose its tags too, or set ${name} with -e.`;
    }
    return `Nothing defines "${name}".${didYouMean(name, this.#known)} Set it in the inventory, the play or with -e, or write {{default ${name} "…"}}.`;
  }
}
