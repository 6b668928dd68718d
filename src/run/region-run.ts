import pLimit from 'p-limit';
import type { PlayPlan, RegionPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import { taskRef } from './announce.ts';
import type { Engine } from './engine.ts';
import type { Outcome } from './outcome.ts';
import { taskScope } from './scopes.ts';
import { holding, Semaphore } from './slots.ts';
import type { NodeState } from './state.ts';
import { Speculation } from './speculation.ts';
import { runForcedHandlers, runSteps, type RegionControl, type Walk } from './steps.ts';

/** One region's way through one play: its batches, its limit of parallelism, its failure policy. */
export class RegionRun implements RegionControl {
  readonly name: string;
  /** Why no further task starts in this region. */
  stopped: string | undefined;
  readonly #engine: Engine;
  readonly #play: PlayPlan;
  readonly #region: RegionPlan;
  readonly #slots: readonly Semaphore[];
  readonly #parallel: number;
  readonly #announced = new Set<number>();
  /** By task. */
  readonly #throttles = new Map<number, Semaphore>();
  #batch: readonly NodeState[] = [];
  readonly #failures = new Set<NodeState>();
  readonly speculation: Speculation | undefined;

  constructor(engine: Engine, play: PlayPlan, region: RegionPlan, total: Semaphore) {
    this.name = region.name;
    this.#engine = engine;
    this.#play = play;
    this.#region = region;
    this.#parallel = Math.min(region.parallel ?? Infinity, engine.options.forks);
    // Always the region's limit before the total: one order for all, so no two tasks wait for each other.
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
      if (this.stopped !== undefined || this.#engine.options.signal.aborted) break;
      if (batches.length > 1) this.#announceBatch(batch, i, batches.length);
      await this.#runBatch(batch);
    }
    if (this.stopped !== undefined) for (const state of batches.flat()) this.giveUp(state);
    emit({
      type: 'region-finished',
      ...about,
      ...(this.stopped === undefined ? {} : { stopped: this.stopped }),
    });
  }

  /** Runs work on a node while it holds a place in the region and in the run. */
  inSlot<T>(task: TaskPlan, work: () => Promise<T>): Promise<T> {
    const { throttle } = task;
    if (throttle === undefined) return holding(this.#slots, work);
    const own = this.#throttles.get(task.id) ?? new Semaphore(throttle);
    this.#throttles.set(task.id, own);
    // Before the others: those that wait for this task take no place from anyone.
    return holding([own, ...this.#slots], work);
  }

  /** Says once per batch that the region has come to a task. */
  announce(task: TaskPlan, walk: Walk, handler: boolean): void {
    const [first] = walk.nodes;
    if (first === undefined || this.#announced.has(task.id)) return;
    this.#announced.add(task.id);
    const scope = taskScope(this.#engine, this.#play, task, first);
    this.#engine.emit({ type: 'task-started', region: this.name, handler, ...taskRef(task, scope) });
  }

  /** Takes a node out and decides about the others of the region. */
  failed(state: NodeState, outcome: Outcome, task: TaskPlan): void {
    state.status = outcome.status === 'unreachable' ? 'unreachable' : 'failed';
    if (outcome.status === 'rescued') return;
    this.#failures.add(state);
    this.stopped ??= this.#limitBroken(task);
  }

  /** Takes a node out of the run because of others. */
  giveUp(state: NodeState): void {
    if (state.active) state.status = 'stopped';
  }

  #limitBroken(task: TaskPlan): string | undefined {
    if (this.#play.anyErrorsFatal || task.anyErrorsFatal) return 'any_errors_fatal';
    const limit = this.#play.maxFailPercentage;
    const failures = this.#batch.filter((state) => this.#failures.has(state)).length;
    const percent = (failures * 100) / this.#batch.length;
    if (limit !== undefined && percent > limit) {
      return `${Math.round(percent)} % of its nodes failed, more than max_fail_percentage ${limit}`;
    }
    return failures === this.#batch.length ? 'all of its nodes failed' : undefined;
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
    const walk: Walk = {
      engine: this.#engine,
      play: this.#play,
      region: this,
      nodes: batch,
      opening: undefined,
      rescuable: false,
      always: false,
    };
    if (this.#play.strategy === 'linear') {
      await runSteps(this.#play.steps, walk);
      await runForcedHandlers(walk);
      return;
    }
    // host_pinned: a rolling window; the next node starts when one has finished the play.
    const window = pLimit(Math.min(this.#parallel, batch.length));
    await Promise.all(
      batch.map((state) =>
        window(async () => {
          await runSteps(this.#play.steps, { ...walk, nodes: [state] });
          await runForcedHandlers({ ...walk, nodes: [state] });
        }),
      ),
    );
  }

  #announceBatch(batch: readonly NodeState[], i: number, batches: number): void {
    const nodes = batch.map((state) => state.node.name);
    this.#engine.emit({ type: 'batch-started', region: this.name, batch: i + 1, batches, nodes });
  }
}

/** The tasks below a step in the order they come when nothing fails. */
function tasksAhead(step: StepPlan): readonly TaskPlan[] {
  if (step.kind === 'flush') return [];
  return step.kind === 'task' ? [step] : [...step.block, ...step.always].flatMap(tasksAhead);
}
