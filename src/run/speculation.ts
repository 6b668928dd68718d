import type { LookAhead } from '../events/profile.ts';
import type { Data } from '../model/data.ts';
import type { PlayPlan, Reference, TaskPlan } from '../model/plan.ts';
import type { Check } from '../modules/define.ts';
import { prepareArguments, type Prepared } from './arguments.ts';
import { dependsOn, namesOf, referencesOf } from './dependencies.ts';
import type { Engine } from './engine.ts';
import { itemLabels } from './items.ts';
import { lookOnly } from './look-only.ts';
import { taskScope } from './scopes.ts';
import type { Scope } from './scope.ts';
import type { Loop } from './speculation-loop.ts';
import type { NodeState } from './state.ts';
import { makeUse, type AnswerAhead, type AskedAhead, type Use } from './use.ts';

/** So many tasks of a node are looked at before their turn, and so many items of a loop. */
const WINDOW = 24;
const MOST_ITEMS = 50;

interface Answer {
  readonly use: Use;
  readonly prepared: Promise<Prepared>;
  readonly found: Promise<Check<unknown, unknown>>;
  /** How many changes it cannot have seen when it was asked. */
  readonly changes: number;
}

/** What was asked ahead on one node. */
interface Ahead {
  /** How many tasks are looked at now: none right after a change, then more and more again. */
  window: number;
  /** By task, then by item. */
  readonly answers: Map<number, Map<string, Answer>>;
  /** The loop that the node is in. */
  loop: Loop | undefined;
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
  readonly #referencesOf = new Map<number, readonly Reference[]>();
  readonly #nodes = new Map<NodeState, Ahead>();

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
    if (position === undefined || this.#waits(current)) return;
    const ahead = this.#of(state);
    ahead.answers.delete(this.#order[position - 1]?.id ?? -1);
    const until = Math.min(this.#order.length, position + 1 + ahead.window);
    const undecided = new Set(namesOf(current));
    for (const task of this.#order.slice(position + 1, until)) {
      if (this.#waits(task)) break;
      if (!this.#isAsked(task, ahead) && this.#canAsk(task, undecided)) this.#ask(task, state);
      for (const name of namesOf(task)) undecided.add(name);
    }
    ahead.window = Math.min(WINDOW, Math.max(1, ahead.window * 2));
  }

  /** The same for the items of a loop that follow the one that the node is about to begin. */
  lookAheadInLoop(state: NodeState, loop: Loop): void {
    const ahead = this.#of(state);
    ahead.loop = loop;
    if (!this.#canAsk(loop.task, new Set())) return;
    const last = Math.min(loop.items.length - 1, loop.at + ahead.window);
    for (let i = loop.at + 1; i <= last; i++) {
      const answer = ahead.answers.get(loop.task.id)?.get(loop.labels[i] ?? '');
      if (answer === undefined || this.#isStale(answer)) this.#askItem(state, loop, i);
    }
    ahead.window = Math.min(WINDOW, Math.max(1, ahead.window * 2));
  }

  /** Sends the look that comes next right behind a write, so that both take one round trip. */
  behind({ task, state }: Use): void {
    const ahead = this.#of(state);
    ahead.window = 0;
    const { loop } = ahead;
    if (loop?.task === task && loop.at + 1 < loop.items.length) {
      if (this.#canAsk(task, new Set())) this.#askItem(state, loop, loop.at + 1);
      return;
    }
    const undecided = new Set(namesOf(task));
    for (const next of this.#order.slice((this.#positions.get(task.id) ?? Infinity) + 1)) {
      // The next one that has something to do on this node: whatever is behind it may come out otherwise.
      if (this.#waits(next) || !this.#canAsk(next, undecided) || this.#ask(next, state)) return;
      for (const name of namesOf(next)) undecided.add(name);
    }
  }

  /** The answer that was asked ahead for this use; undefined: there is none that still counts. */
  async take(use: Use, { fingerprint }: Prepared): Promise<AnswerAhead | undefined> {
    const answers = this.#of(use.state).answers.get(use.task.id);
    const answer = answers?.get(use.ref.item ?? '');
    answers?.delete(use.ref.item ?? '');
    const worth = answer === undefined ? 'not-asked' : await this.#worth(answer, use, fingerprint);
    use.clock?.lookedAhead(worth);
    if (answer === undefined || worth !== 'used') return undefined;
    if (answer.use.touched()) use.touch();
    return { found: answer.found };
  }

  async #worth(answer: Answer, use: Use, fingerprint: string): Promise<LookAhead> {
    if (this.#isStale(answer)) return 'changed-since';
    if (answer.use.identity !== use.identity) return 'other-arguments';
    const prepared = await answer.prepared.catch(() => undefined);
    if (prepared?.fingerprint !== fingerprint) return 'other-arguments';
    return this.#isStale(answer) ? 'changed-since' : 'used';
  }

  #of(state: NodeState): Ahead {
    const known = this.#nodes.get(state);
    if (known !== undefined) return known;
    const fresh: Ahead = { window: WINDOW, answers: new Map(), loop: undefined };
    this.#nodes.set(state, fresh);
    return fresh;
  }

  #isAsked(task: TaskPlan, { answers }: Ahead): boolean {
    const known = answers.get(task.id);
    return known !== undefined && ![...known.values()].some((answer) => this.#isStale(answer));
  }

  #isStale({ use, changes }: Answer): boolean {
    return changes !== this.#changesFor(use);
  }

  #changesFor({ module, state, shell }: Use): number {
    const { changes } = this.#engine;
    return module.beyondNode === true ? changes.anywhere : changes.of(state.node.name, shell);
  }

  /** What is behind such a task may be looked at only when it is through: meanwhile the world changes by itself. */
  #waits(task: TaskPlan): boolean {
    const module = this.#engine.modules.get(task.module);
    return module?.waits === true || task.until.length > 0 || task.retries > 0;
  }

  /** Quick looks on the task's own node, whose words depend on nothing that is still to be found out. */
  #canAsk(task: TaskPlan, undecided: ReadonlySet<string>): boolean {
    const module = this.#engine.modules.get(task.module);
    if (module === undefined || this.#waits(task)) return false;
    if (task.runOnce !== false || task.delegateTo !== undefined) return false;
    if (Object.values(module.inputs ?? {}).includes('node')) return false;
    return undecided.size === 0 || !dependsOn(this.#references(task), undecided);
  }

  #references(task: TaskPlan): readonly Reference[] {
    const known = this.#referencesOf.get(task.id) ?? referencesOf(task);
    this.#referencesOf.set(task.id, known);
    return known;
  }

  /** True when something was asked: the task has something to do on this node. */
  #ask(task: TaskPlan, state: NodeState): boolean {
    this.#of(state).answers.set(task.id, new Map());
    const scope = taskScope(this.#engine, this.#play, task, state);
    try {
      if (task.loop === undefined) return this.#askOnce(task, state, scope);
      const items = task.loop.render(scope) as readonly Data[];
      if (!Array.isArray(items) || items.length > MOST_ITEMS) return true;
      const labels = itemLabels(items, task, this.#engine.masker);
      const loop = { task, scope, items, labels, at: -1 };
      return items.map((_, i) => this.#askItem(state, loop, i)).includes(true);
    } catch {
      // What cannot be rendered now says so when it is the task's turn.
      return true;
    }
  }

  #askItem(state: NodeState, { task, scope, items, labels }: Loop, i: number): boolean {
    const item = items[i] ?? null;
    try {
      return this.#askOnce(task, state, scope.with(new Map([['item', item]])), labels[i]);
    } catch {
      return true;
    }
  }

  #askOnce(task: TaskPlan, state: NodeState, scope: Scope, item?: string): boolean {
    if (!task.when.every((condition) => condition.test(scope))) return false;
    const { engine, play } = { engine: this.#engine, play: this.#play };
    const { name: node, region } = state.node;
    const ref = { task: task.id, region, node, ...(item === undefined ? {} : { item }) };
    const use = makeUse({ engine, play, task, state, scope, ref });
    const answers = this.#of(state).answers.get(task.id) ?? new Map<string, Answer>();
    this.#of(state).answers.set(task.id, answers);
    const changes = this.#changesFor(use);
    const prepared = prepareArguments(use);
    const found = prepared.then(({ args }) => use.module.check(lookOnly(use.node), args));
    // Whoever takes the answer hears of its failure; if nobody does, it is of no interest.
    found.catch(() => undefined);
    answers.set(item ?? '', { use, prepared, found, changes });
    engine.profile?.askedAhead(state.node);
    return true;
  }
}
