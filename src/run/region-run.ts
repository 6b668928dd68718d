import pLimit from 'p-limit';
import type { PlayPlan, RegionPlan, TaskPlan } from '../model/plan.ts';
import { taskRef } from './announce.ts';
import { Barrier } from './barrier.ts';
import type { Engine } from './engine.ts';
import type { Outcome } from './outcome.ts';
import { taskScope } from './scopes.ts';
import { holding, Semaphore } from './slots.ts';
import type { NodeState } from './state.ts';
import { Speculation } from './speculation.ts';
import { hasSync, tasksAhead } from './step-order.ts';
import { runForcedHandlers, runSteps } from './steps.ts';
import type { PlayControl, RegionControl, Walk } from './walk.ts';

/** A play as its regions see it. */
export interface RegionsTogether extends PlayControl {
  /** Waits until the other regions that still run have come as far. */
  syncRegions(region: RegionRun, at: number): Promise<void>;
}

export interface RegionRunParts {
  readonly engine: Engine;
  readonly play: PlayPlan;
  readonly region: RegionPlan;
  /** Places in the whole run. */
  readonly total: Semaphore;
  /** Of the play's tasks, by their ids: how far one has come. */
  readonly places: ReadonlyMap<number, number>;
  readonly inPlay: RegionsTogether;
}

const ALL_FAILED = 'all of its nodes failed';

/** One region's way through one play: its batches, its limit of parallelism, its failure policy. */
export class RegionRun implements RegionControl {
  readonly name: string;
  /** Why no further task starts in this region. */
  stopped: string | undefined;
  ended = false;
  readonly inPlay: RegionsTogether;
  readonly #places: ReadonlyMap<number, number>;
  readonly #engine: Engine;
  readonly #play: PlayPlan;
  readonly #region: RegionPlan;
  readonly #slots: readonly Semaphore[];
  readonly #parallel: number;
  readonly #announced = new Set<string>();
  /** By task. */
  readonly #throttles = new Map<number, Semaphore>();
  #batch: readonly NodeState[] = [];
  readonly #failures = new Set<NodeState>();
  readonly speculation: Speculation | undefined;
  /** Those that have begun the play. */
  readonly #begun = new Set<NodeState>();
  #batchNumber = 0;
  /** Of the nodes of a batch that go each by itself. */
  #barrier = new Barrier<NodeState>([]);
  /** What those that were let go together wait for: once for all of them. */
  readonly #together = new Map<string, Promise<void>>();
  #lastPlace = 0;

  constructor({ engine, play, region, total, places, inPlay }: RegionRunParts) {
    this.name = region.name;
    this.inPlay = inPlay;
    this.#places = places;
    this.#engine = engine;
    this.#play = play;
    this.#region = region;
    this.#parallel = Math.min(region.parallel ?? Infinity, engine.options.forks);
    if (engine.options.speculate)
      this.speculation = new Speculation(engine, play, play.steps.flatMap(tasksAhead));
    this.#slots = [new Semaphore(this.#parallel), total];
  }

  async run(): Promise<void> {
    const batches = this.#region.batches
      .map((names) => this.#activeStates(names))
      .filter((b) => b.length > 0);
    const nodes = batches.flat().map((state) => state.node.name);
    if (nodes.length === 0) return;
    const { emit } = this.#engine;
    const about = { play: this.#play.name, region: this.name };
    emit({ type: 'region-started', ...about, nodes, parallel: this.#parallel });
    for (const [i, batch] of batches.entries()) {
      if (this.stopped !== undefined || this.inPlay.ended || this.#engine.options.signal.aborted) break;
      this.#batchNumber = i;
      if (batches.length > 1) this.#announceBatch(batch, i, batches.length);
      await this.#runBatch(batch);
    }
    if (this.stopped !== undefined) this.#giveUpAll();
    emit({
      type: 'region-finished',
      ...about,
      ...(this.stopped === undefined ? {} : { stopped: this.stopped }),
    });
  }

  /** Always in this order: named limits, the task's own, the region's, the run's. So no two wait for each other. */
  inSlot<T>(task: TaskPlan, walk: Walk, work: () => Promise<T>): Promise<T> {
    const limits = task.limits?.filter((name) => !walk.held.includes(name)) ?? [];
    if (limits.length === 0) return this.#inSlot(task, work);
    return this.inPlay.limited(limits, () => this.#inSlot(task, work));
  }

  #inSlot<T>(task: TaskPlan, work: () => Promise<T>): Promise<T> {
    const { throttle } = task;
    if (throttle === undefined) return holding(this.#slots, work);
    const own = this.#throttles.get(task.id) ?? new Semaphore(throttle);
    this.#throttles.set(task.id, own);
    // Before the others: those that wait for this task take no place from anyone.
    return holding([own, ...this.#slots], work);
  }

  /** Nodes that go each by itself wait for each other, then, where `sync` says all, one of them for the regions. */
  async sync(task: TaskPlan, { nodes: [first] }: Walk): Promise<void> {
    if (task.sync === undefined || first === undefined) return;
    // A task that came by an include has no place of its own.
    const place = this.#places.get(task.id) ?? this.#lastPlace;
    this.#lastPlace = Math.max(this.#lastPlace, place);
    const round = await this.#barrier.wait(first, place);
    if (task.sync === 'region') return;
    const at = this.#batchNumber * (this.#places.size + 1) + place;
    if (this.#play.strategy === 'linear') return this.inPlay.syncRegions(this, at);
    const key = `${this.#batchNumber} ${round}`;
    const waiting = this.#together.get(key) ?? this.inPlay.syncRegions(this, at);
    this.#together.set(key, waiting);
    await waiting;
  }

  get broken(): boolean {
    return this.stopped !== undefined && this.stopped !== ALL_FAILED;
  }

  /** Says once per batch that the region has come to a task. */
  announce(task: TaskPlan, walk: Walk, handler: boolean): void {
    const [first] = walk.nodes;
    const key = `${task.id}${walk.round}`;
    if (first === undefined || this.#announced.has(key)) return;
    this.#announced.add(key);
    const scope = taskScope(this.#engine, this.#play, task, first);
    const ref = taskRef(task, scope, first);
    this.#engine.emit({ type: 'task-started', region: this.name, handler, ...ref });
  }

  /** Takes a node out and decides about the others of the region. */
  failed(state: NodeState, outcome: Outcome, task: TaskPlan): void {
    state.status = outcome.status === 'unreachable' ? 'unreachable' : 'failed';
    if (outcome.status === 'rescued') return;
    this.#failures.add(state);
    this.stopped ??= this.#limitBroken(task);
  }

  /** Nodes of the region that have no part in this play have none in later ones either: what they would build on is missing. */
  #giveUpAll(): void {
    for (const state of this.#engine.states.values()) {
      if (state.node.region !== this.name) continue;
      if (state.active || state.status === 'ended') state.status = 'stopped';
    }
  }

  /** Takes a node out of the run because of others. */
  giveUp(state: NodeState): void {
    if (state.active) state.status = 'stopped';
  }

  end(): void {
    this.ended = true;
  }

  clearErrors(): void {
    for (const state of this.#region.batches.flat().flatMap((name) => this.#engine.states.get(name) ?? [])) {
      const begun = this.#begun.has(state);
      // A rescue section takes it up.
      if (begun && state.status === 'failed' && !this.#failures.has(state)) continue;
      if (begun && state.status === 'unreachable') {
        this.#engine.connections.forget(state.node.name);
        // What was asked over the connection that was lost counts no more.
        this.#engine.changes.lost(state.node.name);
        state.status = 'active';
      } else if (!state.active) state.status = 'ended';
    }
    this.#failures.clear();
  }

  #limitBroken(task: TaskPlan): string | undefined {
    if (task.anyErrorsFatal) return 'any_errors_fatal';
    const limit = this.#play.maxFailPercentage;
    const failures = this.#batch.filter((state) => this.#failures.has(state)).length;
    const percent = (failures * 100) / this.#batch.length;
    if (limit !== undefined && percent > limit) {
      return `${Math.round(percent)} % of its nodes failed, more than max_fail_percentage ${limit}`;
    }
    return failures === this.#batch.length ? ALL_FAILED : undefined;
  }

  #activeStates(names: readonly string[]): readonly NodeState[] {
    return names.flatMap((name) => {
      const state = this.#engine.states.get(name);
      return state?.active === true ? [state] : [];
    });
  }

  async #runBatch(batch: readonly NodeState[]): Promise<void> {
    this.#batch = batch;
    this.#announced.clear();
    this.ended = this.inPlay.ended;
    for (const state of batch) this.#begun.add(state);
    const walk: Walk = {
      engine: this.#engine,
      play: this.#play,
      region: this,
      nodes: batch,
      opening: undefined,
      rescuable: false,
      always: false,
      held: [],
      round: '',
    };
    if (this.#play.strategy === 'linear') return this.#walk(walk);
    this.#barrier = new Barrier(batch);
    // host_pinned: a rolling window, the next node starts when one has finished the play; free: all set out.
    const window = pLimit(Math.min(batch.length, this.#play.strategy === 'free' ? Infinity : this.#window));
    await Promise.all(
      batch.map((state) =>
        window(async () => {
          try {
            await this.#walk({ ...walk, nodes: [state] });
          } finally {
            this.#barrier.leave(state);
          }
        }),
      ),
    );
  }

  /** Where nodes wait for each other, all of a batch have to be under way, however few may work at once. */
  get #window(): number {
    return hasSync(this.#play.steps) ? (this.#region.parallel ?? Infinity) : this.#parallel;
  }

  async #walk(walk: Walk): Promise<void> {
    await runSteps(this.#play.steps, walk);
    await runForcedHandlers(walk);
  }

  #announceBatch(batch: readonly NodeState[], i: number, batches: number): void {
    const nodes = batch.map((state) => state.node.name);
    this.#engine.emit({ type: 'batch-started', region: this.name, batch: i + 1, batches, nodes });
  }
}
