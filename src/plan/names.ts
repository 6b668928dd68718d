import type { CompiledLayer, Reference, Rendering, RunPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { magicNames } from '../model/magic.ts';

/**
 * Finds names that no variable in reach has: every task's words, and the variables that those words lead to.
 * What only some nodes lack is found when it is used; here a name counts as known if anything defines it.
 */
export function checkNames(plan: RunPlan): readonly Diagnostic[] {
  const tasks = plan.plays.flatMap((play) => [...play.steps.flatMap(tasksOf), ...play.handlers]);
  const layers = new Set<CompiledLayer>([plan.extra]);
  for (const node of plan.nodes.values()) for (const layer of node.layers) layers.add(layer);
  for (const task of tasks) for (const layer of [...task.below, ...task.above]) layers.add(layer);
  const walk = new NameWalk(layers, tasks);
  for (const task of tasks) walk.task(task);
  return walk.problems;
}

/** All tasks below a step, in order. */
export function tasksOf(step: StepPlan): readonly TaskPlan[] {
  if (step.kind === 'flush') return [];
  if (step.kind === 'task') return [step];
  return [...step.block, ...step.rescue, ...step.always].flatMap(tasksOf);
}

class NameWalk {
  readonly problems: Diagnostic[] = [];
  readonly #known = new Set<string>(magicNames);
  readonly #variables = new Map<string, Rendering[]>();
  readonly #seen = new Set<string>();
  readonly #reported = new Set<string>();

  constructor(layers: Iterable<CompiledLayer>, tasks: readonly TaskPlan[]) {
    for (const layer of layers) for (const [name, { value }] of layer.vars) this.#define(name, value);
    for (const task of tasks) {
      if (task.register !== undefined) this.#known.add(task.register);
      for (const name of task.factNames) this.#known.add(name);
    }
  }

  task(task: TaskPlan): void {
    const local = task.loop === undefined ? new Set<string>() : new Set(['item']);
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
      if (this.#known.has(name)) this.#follow(name);
      else if (!reference.optional) this.#report(name, reference);
    }
  }

  /** The templates inside a variable count as soon as something uses the variable. */
  #follow(name: string): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    const item = new Set(['item']);
    for (const value of this.#variables.get(name) ?? []) this.#references(value.references, item);
  }

  #report(name: string, reference: Reference): void {
    const { file, line, column } = reference.at;
    const key = `${file}:${line}:${column}:${name}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    const detail = `Nothing defines "${name}".${didYouMean(name, this.#known)} Set it in the inventory, the play or with -e, or write {{default ${name} "…"}}.`;
    this.problems.push(problem('undefined-variable', reference.at, 'undefined variable', detail));
  }
}
