import type { Data } from '../model/data.ts';
import type { PlayPlan, Reference, TaskPlan } from '../model/plan.ts';
import type { Check } from '../modules/define.ts';
import { prepareArguments, type Prepared } from './arguments.ts';
import type { Engine } from './engine.ts';
import { itemLabels } from './items.ts';
import { taskScope } from './scopes.ts';
import type { Scope } from './scope.ts';
import type { NodeState } from './state.ts';
import { makeUse, type AnswerAhead, type AskedAhead, type Use } from './use.ts';
import { lookOnly } from './look-only.ts';

/** So many tasks of a node are looked at before their turn, and so many items of a loop. */
const WINDOW = 24;
const MOST_ITEMS = 50;

interface Answer {
  readonly prepared: Promise<Prepared>;
  readonly found: Promise<Check<unknown, unknown>>;
  /** How many changes had been begun or ended when it was asked. */
  readonly changes: number;
  readonly touched: () => boolean;
}

/**
 * Asks the `check` of a node's coming tasks while it is still at an earlier one. An answer counts only if since
 * then nothing was applied on that node (anywhere, for a module that looks beyond its node) and the arguments
 * have come out the same; otherwise the task asks again. So no result can differ from a run without it.
 */
export class Speculation implements AskedAhead {
  readonly #engine: Engine;
  readonly #play: PlayPlan;
  readonly #order: readonly TaskPlan[];
  readonly #positions: ReadonlyMap<number, number>;
  readonly #asked = new Map<NodeState, number>();
  readonly #answers = new Map<NodeState, Map<string, Answer>>();

  /** `order`: the play's tasks as they come; handlers and rescue sections are not asked ahead. */
  constructor(engine: Engine, play: PlayPlan, order: readonly TaskPlan[]) {
    this.#engine = engine;
    this.#play = play;
    this.#order = order;
    this.#positions = new Map(order.map((task, i) => [task.id, i]));
  }

  /** Asks for the tasks that follow the one that the node is about to begin. */
  lookAhead(state: NodeState, current: TaskPlan): void {
    const position = this.#positions.get(current.id);
    if (position === undefined) return;
    const from = Math.max(position + 1, (this.#asked.get(state) ?? 0) + 1);
    const until = Math.min(this.#order.length, position + 1 + WINDOW);
    const undecided = new Set(this.#order.slice(position, from).flatMap(namesOf));
    for (const task of this.#order.slice(from, until)) {
      if (this.#canAsk(task, undecided)) this.#ask(task, state);
      for (const name of namesOf(task)) undecided.add(name);
    }
    this.#asked.set(state, Math.max(from, until) - 1);
  }

  /** The answer that was asked ahead for this use; undefined: there is none that still counts. */
  async take(use: Use, { fingerprint }: Prepared): Promise<AnswerAhead | undefined> {
    const key = keyOf(use.task, use.ref.item);
    const answers = this.#answers.get(use.state);
    const answer = answers?.get(key);
    answers?.delete(key);
    if (answer === undefined) return undefined;
    const prepared = await answer.prepared.catch(() => undefined);
    if (prepared?.fingerprint !== fingerprint || answer.changes !== this.#changesFor(use)) return undefined;
    if (answer.touched()) use.touch();
    return { found: answer.found };
  }

  #changesFor({ module, state }: Use): number {
    const { changes } = this.#engine;
    return module.beyondNode === true ? changes.anywhere : changes.of(state.node.name);
  }

  /** Quick looks on the task's own node, whose words depend on nothing that is still to be found out. */
  #canAsk(task: TaskPlan, undecided: ReadonlySet<string>): boolean {
    const module = this.#engine.modules.get(task.module);
    if (module === undefined || module.waits === true || module.always !== undefined) return false;
    if (task.runOnce !== false || task.delegateTo !== undefined) return false;
    if (Object.values(module.inputs ?? {}).includes('node')) return false;
    return referencesOf(task).every((reference) => !dependsOn(reference, undecided));
  }

  #ask(task: TaskPlan, state: NodeState): void {
    const scope = taskScope(this.#engine, this.#play, task, state);
    try {
      if (task.loop === undefined) return this.#askOnce(task, state, scope);
      const items = task.loop.render(scope);
      if (!Array.isArray(items) || items.length > MOST_ITEMS) return;
      const labels = itemLabels(items as readonly Data[], task, this.#engine.masker);
      for (const [i, item] of (items as readonly Data[]).entries()) {
        this.#askOnce(task, state, scope.with(new Map([['item', item]])), labels[i]);
      }
    } catch {
      // What cannot be rendered now says so when it is the task's turn.
    }
  }

  #askOnce(task: TaskPlan, state: NodeState, scope: Scope, item?: string): void {
    if (!task.when.every((condition) => condition.test(scope))) return;
    const { engine, play } = { engine: this.#engine, play: this.#play };
    const { name: node, region } = state.node;
    const ref = { task: task.id, region, node, ...(item === undefined ? {} : { item }) };
    const use = makeUse({ engine, play, task, state, scope, ref });
    const answers = this.#answers.get(state) ?? new Map<string, Answer>();
    this.#answers.set(state, answers);
    const prepared = prepareArguments(use);
    const found = prepared.then(({ args }) => use.module.check(lookOnly(use.node), args));
    // Whoever takes the answer hears of its failure; if nobody does, it is of no interest.
    found.catch(() => undefined);
    answers.set(keyOf(task, item), { prepared, found, changes: this.#changesFor(use), touched: use.touched });
  }
}

function keyOf(task: TaskPlan, item: string | undefined): string {
  return item === undefined ? `${task.id}` : `${task.id} ${item}`;
}

/** Variables that a task will set. */
function namesOf(task: TaskPlan): readonly string[] {
  return task.register === undefined ? task.factNames : [...task.factNames, task.register];
}

function referencesOf(task: TaskPlan): readonly Reference[] {
  const renderings = [task.args, task.loop, task.becomeUser, ...task.environment];
  const conditions = [...task.when, ...[...task.conditionArgs.values()].flat()];
  return [...renderings, ...conditions].flatMap((part) => part?.references ?? []);
}

function dependsOn({ path }: Reference, names: ReadonlySet<string>): boolean {
  return names.has(path[0] ?? '') || (path[0] === 'vars' && names.has(path[1] ?? ''));
}
