import type { Data } from '../model/data.ts';
import type { Change, Failure, TaskStatus } from '../model/result.ts';
import type { Statistics } from '../model/statistics.ts';
import type { SourceRange } from '../model/source.ts';
import type { NodeProfile, TaskProfile } from './profile.ts';

/**
 * Everything that `run` says, as frozen plain data. `type` and fields are a promise to readers of the
 * JSON form. Every event has `time`: milliseconds since 1970.
 */
export type RunEvent = { readonly time: number } & (
  | RunStarted
  | PlayStarted
  | RegionStarted
  | BatchStarted
  | TaskStarted
  | NodeTaskStarted
  | TaskOutput
  | TaskOutputFile
  | TaskProgress
  | TaskRetry
  | TaskFinished
  | HandlerNotified
  | PlaySteered
  | NodeConnected
  | RegionFinished
  | PlayFinished
  | RunWarning
  | NodeProfile
  | RunFinished
);

type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;
/** An event before it is stamped. */
export type EventBody = WithoutTime<RunEvent>;

/** The run begins: nothing has been connected. */
export interface RunStarted {
  readonly type: 'run-started';
  readonly playbooks: readonly string[];
  readonly check: boolean;
  readonly diff: boolean;
  readonly forks: number;
}

/** A play begins, with the nodes of each region that it will work on. */
export interface PlayStarted {
  readonly type: 'play-started';
  readonly play: string;
  readonly check: boolean;
  readonly strategy: string;
  readonly regions: readonly { readonly name: string; readonly nodes: readonly string[] }[];
}

/** A region begins with a play: its turn has come. */
export interface RegionStarted {
  readonly type: 'region-started';
  readonly play: string;
  readonly region: string;
  readonly nodes: readonly string[];
  readonly parallel: number;
}

/** Only where `serial` makes more than one batch in the region. Counted from 1. */
export interface BatchStarted {
  readonly type: 'batch-started';
  readonly region: string;
  readonly batch: number;
  readonly batches: number;
  readonly nodes: readonly string[];
}

/** First node of a region comes to a task. */
export interface TaskStarted extends TaskRef {
  readonly type: 'task-started';
  readonly region: string;
  readonly handler: boolean;
}

/** Work on one node begins (its place in all limits is taken). */
export interface NodeTaskStarted extends NodeTaskRef {
  readonly type: 'node-task-started';
}

export interface TaskRef {
  /** Stable within a run: the task's number in the plan. */
  readonly task: number;
  readonly name: string;
  readonly role?: string;
  readonly module: string;
  readonly at: SourceRange;
  /** The items of the loops over blocks and includes that it is in, outermost first. */
  readonly within?: readonly string[];
}

export interface NodeTaskRef {
  readonly task: number;
  readonly region: string;
  readonly node: string;
  /** The loop item's label. */
  readonly item?: string;
  readonly delegatedTo?: string;
}

/** What a command prints while it runs, as it comes; secrets masked. */
export interface TaskOutput extends NodeTaskRef {
  readonly type: 'task-output';
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A stream has become too large for results: the file, on the controller, holds it from its first byte. */
export interface TaskOutputFile extends NodeTaskRef {
  readonly type: 'task-output-file';
  readonly stream: 'stdout' | 'stderr';
  readonly file: string;
}

/** How far a long piece of work has come: a transfer, a wait. */
export interface TaskProgress extends NodeTaskRef {
  readonly type: 'task-progress';
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'steps';
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** For work that the nodes of a region share: all of them together. */
  readonly inRegion?: {
    readonly nodes: number;
    readonly done: number;
    readonly total: number;
    readonly bytesPerSecond?: number;
    readonly secondsLeft?: number;
  };
}

/** `until` does not hold yet, or a try failed: there will be another. */
export interface TaskRetry extends NodeTaskRef {
  readonly type: 'task-retry';
  readonly attempt: number;
  readonly retries: number;
  readonly reason: string;
}

/** One per node and task; one per item with `item` set and then one for the whole loop. */
export interface TaskFinished extends NodeTaskRef, TaskRef {
  readonly type: 'task-finished';
  readonly status: TaskStatus;
  readonly handler: boolean;
  readonly durationMs: number;
  readonly changes: readonly Change[];
  /** Whether `--diff` or the task's `diff` asks to show the diffs. */
  readonly showDiff: boolean;
  /** Why skipped, unknown or ignored. */
  readonly reason?: string;
  /** A message that the module wants a reader to see (debug, warnings). */
  readonly message?: string;
  readonly failure?: Failure;
  /** What register keeps, without what `no_log` hides. */
  readonly result?: Data;
  /** Only when a profile was asked for. */
  readonly profile?: TaskProfile;
}

/** A task changed something and notified a handler, which runs later. */
export interface HandlerNotified {
  readonly type: 'handler-notified';
  readonly region: string;
  readonly node: string;
  readonly handler: string;
}

/** A task of `meta` has said what becomes of the play. */
export interface PlaySteered {
  readonly type: 'play-steered';
  /** As the task says it: end_play, end_host … */
  readonly action: string;
  readonly region: string;
  /** Those it is about. */
  readonly nodes: readonly string[];
  readonly at: SourceRange;
}

/** The connection to a node is open. */
export interface NodeConnected {
  readonly type: 'node-connected';
  readonly region: string;
  readonly node: string;
  readonly durationMs: number;
}

/** A region is through with a play. */
export interface RegionFinished {
  readonly type: 'region-finished';
  readonly play: string;
  readonly region: string;
  /** Set when the region's failure limit stopped it. */
  readonly stopped?: string;
}

/** All regions are through with a play. */
export interface PlayFinished {
  readonly type: 'play-finished';
  readonly play: string;
}

/** Something that a reader should know and that fails nothing. */
export interface RunWarning {
  readonly type: 'warning';
  readonly message: string;
  readonly node?: string;
}

/** The last event. */
export interface RunFinished {
  readonly type: 'run-finished';
  readonly durationMs: number;
  readonly interrupted: boolean;
  /** Counts per node, as Ansible's recap counts (changed is also counted in ok). */
  readonly recap: readonly RecapRow[];
  /** What tasks wanted to be said at the end (set_stats); missing: nothing. */
  readonly stats?: Statistics;
}

export interface RecapRow {
  readonly node: string;
  readonly region: string;
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
  readonly unknown: number;
}

/** A reader of events. One that throws is dropped with a note and the run goes on. */
export interface Reporter {
  readonly name: string;
  handle(event: RunEvent): void;
  /** Resolves when everything is written. */
  close?(): Promise<void>;
}
