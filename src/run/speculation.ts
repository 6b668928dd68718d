import type { LookAhead } from '../events/profile.ts';
import type { PlayPlan, Reference, TaskPlan } from '../model/plan.ts';
import type { Prepared } from './arguments.ts';
import { Asked } from './asked.ts';
import { dependsOn, namesOf, referencesOf } from './dependencies.ts';
import type { Engine } from './engine.ts';
import { loopItems, type LoopItems } from './loop-items.ts';
import { taskScope } from './scopes.ts';
import type { Scope } from './scope.ts';
import type { Loop } from './speculation-loop.ts';
import type { NodeState } from './state.ts';
import { makeUse, type AnswerAhead, type AskedAhead, type Use } from './use.ts';

/** So many tasks of a node are looked at before their turn, and so many items of a loop. */
const WINDOW = 24;
const MOST_ITEMS = 50;

/** What was asked ahead on one node. */
interface Ahead {
  /** How many tasks are looked at now: none right after a change, then more and more again. */
  window: number;
  /** By task, then by item. */
  readonly answers: Map<number, Map<string, Asked>>;
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
    const { task, items, labels } = loop.of;
    if (!this.#canAsk(task, new Set())) return;
    const last = Math.min(items.length - 1, loop.at + ahead.window);
    for (let i = loop.at + 1; i <= last; i++) {
      const answer = ahead.answers.get(task.id)?.get(labels[i] ?? '');
      if (answer === undefined || this.#isStale(answer)) this.#askItem(state, loop.of, i);
    }
    ahead.window = Math.min(WINDOW, Math.max(1, ahead.window * 2));
  }

  /** Sends the look that comes next right behind a write, so that both take one round trip. */
  behind({ task, state }: Use): void {
    const ahead = this.#of(state);
    ahead.window = 0;
    const { loop } = ahead;
    if (loop?.of.task === task && loop.at + 1 < loop.of.items.length) {
      if (this.#canAsk(task, new Set())) this.#askItem(state, loop.of, loop.at + 1);
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
  take(use: Use, prepared: Prepared): AnswerAhead | undefined | Promise<AnswerAhead | undefined> {
    const item = use.ref.item ?? '';
    const answers = this.#of(use.state).answers.get(use.task.id);
    const answer = answers?.get(item);
    answers?.delete(item);
    const worth = answer === undefined ? 'not-asked' : this.#worth(answer, use, prepared);
    if (worth instanceof Promise) return worth.then((found) => taken(answer, found, use));
    return taken(answer, worth, use);
  }

  asked(state: NodeState, task: TaskPlan, item: string | undefined): Use | undefined {
    const answer = this.#of(state)
      .answers.get(task.id)
      ?.get(item ?? '');
    return answer?.isCurrent === true && !this.#isStale(answer) ? answer.use : undefined;
  }

  #worth(answer: Asked, use: Use, prepared: Prepared): LookAhead | Promise<LookAhead> {
    if (this.#isStale(answer)) return 'changed-since';
    const same = answer.isFor(use, prepared);
    if (typeof same === 'boolean') return same ? 'used' : 'other-arguments';
    return same.then((yes) => {
      if (!yes) return 'other-arguments';
      return this.#isStale(answer) ? 'changed-since' : 'used';
    });
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
    if (known === undefined) return false;
    for (const answer of known.values()) if (this.#isStale(answer)) return false;
    return true;
  }

  #isStale({ use, changes }: Asked): boolean {
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
      const loop = loopItems(task, task.loop, scope, this.#engine.masker);
      if (loop.items.length > MOST_ITEMS) return true;
      return loop.items.map((_, i) => this.#askItem(state, loop, i)).includes(true);
    } catch {
      // What cannot be rendered now says so when it is the task's turn.
      return true;
    }
  }

  #askItem(state: NodeState, { task, labels, scopeAt }: LoopItems, i: number): boolean {
    try {
      return this.#askOnce(task, state, scopeAt(i), labels[i]);
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
    const answers = this.#of(state).answers.get(task.id) ?? new Map<string, Asked>();
    this.#of(state).answers.set(task.id, answers);
    answers.set(item ?? '', new Asked(use, this.#changesFor(use)));
    engine.profile?.askedAhead(state.node);
    return true;
  }
}

function taken(answer: Asked | undefined, worth: LookAhead, use: Use): AnswerAhead | undefined {
  use.clock?.lookedAhead(worth);
  if (answer === undefined || worth !== 'used') return undefined;
  if (answer.use.contact.made) use.touch();
  return answer;
}
