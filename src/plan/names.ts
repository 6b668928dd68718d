import type { CompiledLayer, RunPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { Reference, Rendering } from '../model/rendering.ts';
import type { FactNames } from '../model/facts.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { fallbackNames, magicNames } from '../model/magic.ts';
import { circlesIn } from './circles.ts';
import { mayDefine } from './includes.ts';
import { referencesOf } from './references.ts';
import { tasksOf } from './steps.ts';

/** What names are checked against, beside the plan itself. */
export interface NameHelp {
  /** The tasks that the tags leave out. */
  readonly leftOut: readonly TaskPlan[];
  /** The facts that could be gathered. */
  readonly facts: FactNames | undefined;
  /** `--start-at-task` leaves tasks out too. */
  readonly startsLate?: boolean;
  /** Variables that nodes may come to while the run is on. */
  readonly layers?: readonly CompiledLayer[];
  /** Names that files may define which only the run names. */
  readonly further?: readonly string[];
}

/**
 * Finds names that no variable in reach has: every task's words, and the variables that those words lead to.
 * What only some nodes lack is found when it is used; here a name counts as known if anything defines it.
 */
export function checkNames(plan: RunPlan, help: NameHelp): readonly Diagnostic[] {
  const { leftOut } = help;
  const handlers = new Set(plan.plays.flatMap((play) => play.handlers.flatMap(tasksOf)));
  const tasks = [...plan.plays.flatMap((play) => play.steps.flatMap(tasksOf)), ...handlers];
  const layers = new Set<CompiledLayer>([plan.extra, ...(help.layers ?? [])]);
  for (const node of plan.nodes.values()) for (const layer of node.layers) layers.add(layer);
  for (const task of tasks) {
    for (const layer of [...task.below, ...task.above]) layers.add(layer);
    if (task.include?.fixed?.layer !== undefined) layers.add(task.include.fixed.layer);
  }
  for (const { choice } of [...layers]) {
    for (const layer of choice?.layers ?? []) layers.add(layer);
  }
  const late = tasks.map(mayDefine);
  // What a file brings that only the run names is not always known: it may define anything.
  if (late.includes(undefined)) return [];
  const walk = new NameWalk(layers, tasks, { ...help, further: late.flatMap((names) => [...(names ?? [])]) });
  // A handler whose notifiers are left out never runs, so what they register cannot be missed in it.
  const quiet = new Set(leftOut.flatMap(namesOf));
  const around = loopsAround(plan);
  for (const task of tasks) {
    walk.task(task, new Set([...(handlers.has(task) ? quiet : []), ...(around.get(task) ?? [])]));
  }
  return [...walk.problems, ...walk.circles()];
}

function namesOf(task: TaskPlan): readonly string[] {
  const names = [...task.factNames, ...(task.gathersFacts?.names ?? [])];
  return task.register === undefined ? names : [task.register, ...names];
}

/** Variables that a task's loop sets for each item. */
function loopNames({ loop }: TaskPlan): readonly string[] {
  if (loop === undefined) return [];
  const { loopVar, indexVar, extended } = loop;
  return [loopVar, ...(indexVar === undefined ? [] : [indexVar]), ...(extended ? ['ansible_loop'] : [])];
}

/** Variables of the loops over blocks and includes that tasks are in. */
function loopsAround(plan: RunPlan): ReadonlyMap<TaskPlan, readonly string[]> {
  const found = new Map<TaskPlan, readonly string[]>();
  const walk = (step: StepPlan, names: readonly string[]): void => {
    if (step.kind === 'flush') return;
    if (step.kind === 'task') {
      if (names.length > 0) found.set(step, names);
      const inside = [...names, ...loopNames(step)];
      for (const each of step.include?.fixed?.steps ?? []) walk(each, inside);
      return;
    }
    const inside = step.loop === undefined ? names : [...names, ...loopNames(step.loop)];
    for (const each of [...step.block, ...step.rescue, ...step.always]) walk(each, inside);
  };
  for (const play of plan.plays) for (const step of [...play.steps, ...play.handlers]) walk(step, []);
  return found;
}

class NameWalk {
  readonly problems: Diagnostic[] = [];
  readonly #known = new Set<string>([...magicNames, ...fallbackNames]);
  readonly #variables = new Map<string, Rendering[]>();
  readonly #seen = new Set<string>();
  readonly #reported = new Set<string>();

  /** A node may bring facts of which the names are not known before. */
  readonly #gathers: readonly FactNames[];
  /** A variable may be used in any loop. */
  readonly #loopNames: ReadonlySet<string>;
  readonly #leftOut = new Map<string, TaskPlan>();

  readonly #facts: FactNames | undefined;

  /** The options that leave tasks out. */
  readonly #leaves: string;

  constructor(layers: Iterable<CompiledLayer>, tasks: readonly TaskPlan[], help: NameHelp) {
    const { leftOut, facts, startsLate = false } = help;
    this.#leaves = `${startsLate ? '--start-at-task, ' : ''}--tags or --skip-tags`;
    this.#facts = facts;
    for (const layer of layers) for (const [name, { value }] of layer.vars) this.#define(name, value);
    for (const name of [...tasks.flatMap(namesOf), ...(help.further ?? [])]) this.#known.add(name);
    this.#gathers = [...new Set(tasks.flatMap((task) => task.gathersFacts ?? []))];
    this.#loopNames = new Set(['item', ...tasks.flatMap(loopNames)]);
    for (const task of leftOut) for (const name of namesOf(task)) this.#leftOut.set(name, task);
  }

  task(task: TaskPlan, quiet: ReadonlySet<string>): void {
    const local = new Set([...quiet, ...loopNames(task)]);
    this.#references(referencesOf(task), local);
  }

  /** Of the variables that tasks lead to. */
  circles(): readonly Diagnostic[] {
    return circlesIn(this.#seen, this.#variables);
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
      else if (this.#gathers.some((facts) => facts.subsetOf(reference.path) !== undefined)) continue;
      else if (!reference.optional) this.#report(name, reference);
    }
  }

  /** The templates inside a variable count as soon as something uses the variable. */
  #follow(name: string, local: ReadonlySet<string>): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    const inside = new Set([...local, ...this.#loopNames]);
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
      return `"${name}" is set by the task at ${task.at.file}:${task.at.line}, which ${this.#leaves} leaves out. Choose ${this.#leaves.includes('at-task') ? 'it' : 'its tags'} too, or set ${name} with -e.`;
    }
    if (this.#facts?.subsetOf([name]) !== undefined) {
      return `"${name}" is a fact, and no play gathers facts: gather_facts is false. Leave that out, and they are gathered where they are used, or write a task with setup.`;
    }
    const near = didYouMean(name, [...this.#known, ...(this.#facts?.names ?? [])]);
    return `Nothing defines "${name}".${near} Set it in the inventory, the play or with -e, or write {{default ${name} "…"}}.`;
  }
}
