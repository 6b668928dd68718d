import type { StepPlan, TaskPlan } from '../model/plan.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { wordsOf } from '../model/data.ts';
import { globRegex } from './glob.ts';
import { tasksOf } from './steps.ts';

const noVariables = { get: () => undefined, names: () => [] };

/** `--start-at-task`: what stands before the first task of that name, or that the glob matches, is left out. */
export class StartAt {
  readonly #wanted: string;
  readonly #matches: (name: string) => boolean;
  readonly #names = new Set<string>();
  readonly #leftOut: TaskPlan[];
  #found = false;

  /** `leftOut` takes the tasks that are left out. */
  constructor(wanted: string, leftOut: TaskPlan[]) {
    this.#wanted = wanted;
    this.#leftOut = leftOut;
    const glob = /[*?[]/.test(wanted) ? globRegex(wanted) : undefined;
    this.#matches = (name) => name === wanted || glob?.test(name) === true;
  }

  get found(): boolean {
    return this.#found;
  }

  /** Those of a play's steps that are at or behind the task. */
  from(steps: readonly StepPlan[]): readonly StepPlan[] {
    return steps.flatMap((step): readonly StepPlan[] => {
      if (this.#found) return [step];
      if (step.kind === 'flush') return [];
      if (step.kind === 'task') return this.#fromTask(step);
      const block = this.from(step.block);
      // Who fails behind the task is rescued; who begins in `always` has nothing to rescue.
      if (this.#found) return [{ ...step, block }];
      this.#leftOut.push(...step.rescue.flatMap(tasksOf));
      const always = this.from(step.always);
      return this.#found ? [{ ...step, block: [], rescue: [], always }] : [];
    });
  }

  /** That there is no such task. */
  problems(): readonly Diagnostic[] {
    if (this.#found) return [];
    const near = didYouMean(this.#wanted, this.#names);
    const detail = `No task is called "${this.#wanted}".${near} "--list-tasks" lists them; * and ? stand for anything. What include_tasks and include_role bring cannot be begun with.`;
    return [problem('unknown-name', undefined, '--start-at-task finds no task', detail)];
  }

  #fromTask(task: TaskPlan): readonly StepPlan[] {
    const names = namesOf(task);
    this.#found = names.some(this.#matches);
    if (this.#found) return [task];
    for (const name of names) this.#names.add(name);
    this.#leftOut.push(task);
    return [];
  }
}

/** `role : name` is one too. */
function namesOf({ name, role, meta }: TaskPlan): readonly string[] {
  if (!name.constant || meta !== undefined) return [];
  const words = wordsOf(name.render(noVariables));
  return role === undefined ? [words] : [words, `${role.name} : ${words}`];
}
