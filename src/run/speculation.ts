import type { LookAhead } from '../events/profile.ts';
import type { PlayPlan, TaskPlan } from '../model/plan.ts';
import type { Prepared } from './arguments.ts';
import { Asked } from './asked.ts';
import type { Engine } from './engine.ts';
import { loopItems, type LoopItems } from './loop-items.ts';
import { taskScope } from './scopes.ts';
import type { Scope } from './scope.ts';
import type { Loop } from './speculation-loop.ts';
import type { NodeState } from './state.ts';
import { isAskable, TaskOrder } from './task-order.ts';
import { makeUse, type AnswerAhead, type AskedAhead, type Use } from './use.ts';

/** So many tasks of a node are looked at before their turn, and so many items of a loop. */
const WINDOW = 24;
/**
 * So many answers wait at a time in a whole play: each takes about 3 KB. Where nodes are many they keep the controller
 * busy by themselves, and a look at the next few tasks is enough to hide the way to them.
 */
const MOST_ANSWERS = 6_000;
const SMALLEST_WINDOW = 3;
const MOST_ITEMS = 50;

/** What was asked ahead on one node. */
interface Ahead {
  /** How many tasks are looked at now: none right after a change, then more and more again. */
  window: number;
  /** By task, then by item. */
  readonly answers: Map<number, Map<string, Asked>>;
  /** The loop that the node is in. */
  loop: Loop | undefined;
  /** Where the node was when it last looked ahead, how far it looked, and how many changes there were then. */
  position: number;
  until: number;
  counted: number;
}

/**
 * Asks the `check` of a node's coming tasks while it is still at an earlier one. An answer counts only if since
 * then nothing was applied on that node (anywhere, for a module that looks beyond its node) and the arguments
 * have come out the same; otherwise the task asks again. So no result can differ from a run without it.
 */
export class Speculation implements AskedAhead {
  readonly #engine: Engine;
  readonly #play: PlayPlan;
  readonly #order: TaskOrder;
  readonly #window: number;
  readonly #nodes = new Map<NodeState, Ahead>();

  /** `order`: the play's tasks as they come; handlers and rescue sections are not asked ahead. */
  constructor(engine: Engine, play: PlayPlan, order: readonly TaskPlan[]) {
    this.#engine = engine;
    this.#play = play;
    this.#order = new TaskOrder(order, engine.modules);
    this.#window = windowFor(play);
  }

  /** Asks for the tasks that follow the one that the node is about to begin. */
  lookAhead(state: NodeState, current: TaskPlan): void {
    const order = this.#order;
    const position = order.positionOf(current);
    if (position === undefined || order.waitsAt(position)) return;
    const ahead = this.#of(state);
    ahead.answers.delete(order.tasks[position - 1]?.id ?? -1);
    const until = Math.min(order.endFrom(position), position + 1 + ahead.window);
    const { counted } = this.#engine.changes;
    if (ahead.counted !== counted) this.#askFrom(position + 1, until, position, state);
    else {
      // What was looked at before still counts: only what has come into view, and what nothing keeps back any more.
      for (let done = ahead.position; done < position; done++) {
        for (const at of order.freedBy(done))
          if (at < ahead.until) this.#askFrom(at, at + 1, position, state);
      }
      this.#askFrom(Math.max(position + 1, ahead.until), until, position, state);
    }
    ahead.counted = counted;
    ahead.position = position;
    ahead.until = Math.max(position + 1, until);
    ahead.window = Math.min(this.#window, Math.max(1, ahead.window * 2));
  }

  #askFrom(from: number, until: number, position: number, state: NodeState): void {
    for (let at = Math.max(from, position + 1); at < until; at++) {
      const task = this.#order.tasks[at];
      if (task === undefined || !this.#order.canAsk(at, position)) continue;
      if (!this.#isAsked(task, this.#of(state))) this.#ask(task, state);
    }
  }

  /** The same for the items of a loop that follow the one that the node is about to begin. */
  lookAheadInLoop(state: NodeState, loop: Loop): void {
    const ahead = this.#of(state);
    ahead.loop = loop;
    const { task, items, labels } = loop.of;
    if (!isAskable(task, this.#engine.modules)) return;
    const last = Math.min(items.length - 1, loop.at + ahead.window);
    for (let i = loop.at + 1; i <= last; i++) {
      const answer = ahead.answers.get(task.id)?.get(labels[i] ?? '');
      if (answer === undefined || this.#isStale(answer)) this.#askItem(state, loop.of, i);
    }
    ahead.window = Math.min(this.#window, Math.max(1, ahead.window * 2));
  }

  /** Sends the look that comes next right behind a write, so that both take one round trip. */
  behind({ task, state }: Use): void {
    const ahead = this.#of(state);
    ahead.window = 0;
    const { loop } = ahead;
    if (loop?.of.task === task && loop.at + 1 < loop.of.items.length) {
      if (isAskable(task, this.#engine.modules)) this.#askItem(state, loop.of, loop.at + 1);
      return;
    }
    const order = this.#order;
    const position = order.positionOf(task) ?? Infinity;
    for (let at = position + 1; at < order.tasks.length; at++) {
      const next = order.tasks[at];
      // The next one that has something to do on this node: whatever is behind it may come out otherwise.
      if (next === undefined || order.waitsAt(at) || !order.canAsk(at, position) || this.#ask(next, state))
        return;
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
    const fresh: Ahead = {
      window: this.#window,
      answers: new Map(),
      loop: undefined,
      position: 0,
      until: 0,
      counted: -1,
    };
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
    const conditions = task.guards === undefined ? task.when : [...task.guards, ...task.when];
    if (!conditions.every((condition) => condition.test(scope))) return false;
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

function windowFor({ regions }: PlayPlan): number {
  const largest = regions.map(({ batches }) => Math.max(0, ...batches.map((batch) => batch.length)));
  const nodes = largest.reduce((sum, count) => sum + count, 0);
  return Math.min(WINDOW, Math.max(SMALLEST_WINDOW, Math.floor(MOST_ANSWERS / Math.max(1, nodes))));
}
