import type { TaskPlan } from '../model/plan.ts';
import type { AnyModule } from '../modules/define.ts';
import { namesOf, referencesOf } from './dependencies.ts';
import { hidesWhatComes } from './step-order.ts';

type Modules = ReadonlyMap<string, AnyModule>;

/** The tasks of a play as they come, with what is known of them before any runs: it is asked for at every step. */
export class TaskOrder {
  readonly tasks: readonly TaskPlan[];
  readonly #positions: ReadonlyMap<number, number>;
  /** For each task the first one behind it that waits. */
  readonly #nextWaits: readonly number[];
  /** For each task the last one before it that sets a variable it refers to; Infinity where it is never asked ahead. */
  readonly #after: readonly number[];
  readonly #waits: readonly boolean[];
  /** By a task: those that it was the last to keep from being asked for. */
  readonly #freed: ReadonlyMap<number, readonly number[]>;

  constructor(tasks: readonly TaskPlan[], modules: Modules) {
    this.tasks = tasks;
    this.#positions = new Map(tasks.map((task, position) => [task.id, position]));
    this.#waits = tasks.map((task) => waits(task, modules));
    this.#nextWaits = nextOf(this.#waits);
    this.#after = lastSetters(tasks, modules);
    this.#freed = groupedBy(this.#after);
  }

  /** undefined: it is a handler or in a rescue section. */
  positionOf(task: TaskPlan): number | undefined {
    return this.#positions.get(task.id);
  }

  /** What is behind such a task may be looked at only when it is through: meanwhile the world changes by itself. */
  waitsAt(position: number): boolean {
    return this.#waits[position] === true;
  }

  /** Where looking ahead from a task ends: at the first one behind it that waits. */
  endFrom(position: number): number {
    return this.#nextWaits[position] ?? this.tasks.length;
  }

  /** The tasks that may be asked for as soon as that one is through. */
  freedBy(position: number): readonly number[] {
    return this.#freed.get(position) ?? [];
  }

  /** Whether nothing is still to be found out that a task's words depend on, while the node is at another. */
  canAsk(position: number, current: number): boolean {
    return (this.#after[position] ?? Infinity) < current;
  }
}

/** Quick looks on the task's own node. */
export function isAskable(task: TaskPlan, modules: Modules): boolean {
  const module = modules.get(task.module);
  if (task.meta !== undefined || task.sync !== undefined || task.include !== undefined) return false;
  if (task.values !== undefined) return false;
  if (module === undefined || waits(task, modules)) return false;
  if (task.runOnce !== false || task.delegateTo !== undefined) return false;
  return !Object.values(module.inputs ?? {}).includes('node');
}

function waits(task: TaskPlan, modules: Modules): boolean {
  if (hidesWhatComes(task)) return true;
  // Meanwhile others work; what is asked over a connection that is closed is never answered.
  if (task.sync !== undefined || task.meta === 'reset_connection') return true;
  return modules.get(task.module)?.waits === true || task.until.length > 0 || task.retries > 0;
}

function lastSetters(tasks: readonly TaskPlan[], modules: Modules): readonly number[] {
  const setBy = new Map<string, number>();
  // Files that only the run names may set any variable.
  let anything = -1;
  return tasks.map((task, position) => {
    let last = isAskable(task, modules) ? anything : Infinity;
    if (task.include?.kind === 'vars' && task.include.fixed === undefined) anything = position;
    for (const { path } of referencesOf(task)) {
      const [name = '', member = ''] = path;
      last = Math.max(last, setBy.get(name) ?? -1, name === 'vars' ? (setBy.get(member) ?? -1) : -1);
    }
    for (const name of namesOf(task)) setBy.set(name, position);
    return last;
  });
}

function nextOf(marks: readonly boolean[]): readonly number[] {
  const next: number[] = [];
  for (let i = marks.length - 1, last = marks.length; i >= 0; i--) {
    next[i] = last;
    if (marks[i] === true) last = i;
  }
  return next;
}

function groupedBy(values: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  values.forEach((value, i) => {
    if (value < 0 || value === Infinity) return;
    const group = groups.get(value) ?? [];
    group.push(i);
    groups.set(value, group);
  });
  return groups;
}
