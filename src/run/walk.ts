import type { PlayPlan, TaskPlan } from '../model/plan.ts';
import type { Engine } from './engine.ts';
import type { Outcome } from './outcome.ts';
import type { Speculation } from './speculation.ts';
import type { NodeState } from './state.ts';

/** What the steps ask of the region they are taken in: its limits and its failure policy. */
export interface RegionControl {
  readonly name: string;
  /** Why no further task starts in this region. */
  stopped: string | undefined;
  /** It was stopped by a failure that is one of all: any_errors_fatal, max_fail_percentage, run_once. */
  readonly broken: boolean;
  /** `meta: end_play` or `end_batch`: nothing further of this batch is done, `always` sections neither. */
  readonly ended: boolean;
  readonly speculation: Speculation | undefined;
  /** The play over all its regions. */
  readonly inPlay: PlayControl;
  /** Runs work on a node while it holds a place in the task's named limits, in the region and in the run. */
  inSlot<T>(task: TaskPlan, walk: Walk, work: () => Promise<T>): Promise<T>;
  /** Waits until those have come to the task for whom its `sync` asks. */
  sync(task: TaskPlan, walk: Walk): Promise<void>;
  /** Says once per batch that the region has come to a task. */
  announce(task: TaskPlan, walk: Walk, handler: boolean): void;
  /** Takes a node out and decides about the others of the region. */
  failed(state: NodeState, outcome: Outcome, task: TaskPlan): void;
  /** Takes a node out of the run because of others. */
  giveUp(state: NodeState): void;
  /** Ends the batch without failing anyone. */
  end(): void;
  /** Nodes that failed may have part in later plays; those that could not be reached go on from here. */
  clearErrors(): void;
}

/** What one region's steps may do to the play in all of them. */
export interface PlayControl {
  /** `meta: end_play` was come to, in whatever region. */
  readonly ended: boolean;
  end(): void;
  clearErrors(): void;
  /** Runs work while it holds a place in each of these named limits. */
  limited<T>(names: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** Nodes that go through steps together: all of a batch in step, or one by itself. */
export interface Walk {
  readonly engine: Engine;
  readonly play: PlayPlan;
  readonly region: RegionControl;
  readonly nodes: readonly NodeState[];
  /** Called when a task is the first to need its node's connection. */
  readonly opening: (() => void) | undefined;
  /** Inside a block that has a rescue section. */
  readonly rescuable: boolean;
  /** Inside an `always` section: it runs even where the region has been stopped. */
  readonly always: boolean;
  /** Named limits that the blocks around hold a place in. */
  readonly held: readonly string[];
  /** The items of the loops over blocks and includes around; the same tasks are others at each of them. */
  readonly round: string;
}

/** Whether nothing further is to be begun. */
export function mustStop({ engine, region, always }: Walk): boolean {
  return engine.options.signal.aborted || region.ended || (region.stopped !== undefined && !always);
}
