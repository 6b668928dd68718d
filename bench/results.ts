import type { FolderTiming } from './folder.ts';
import type { PeerId } from './peers.ts';

/** What one process cost. */
export interface Cost {
  /** Seconds from its start to its end. */
  readonly wall: number;
  /** Seconds of user and system time, of all that it started too. */
  readonly cpu: number;
  readonly peakMb: number;
  /** Seconds of user and system time on the nodes' side: sshd, its shells and what they run. */
  readonly nodesCpu?: number;
}

/** Runs of one program over the same work; a program's runs are spread over those of the others. */
export interface Timing {
  readonly peer: PeerId;
  readonly nodes: number;
  /** Round trip of the line to the nodes, in milliseconds. */
  readonly rttMs: number;
  readonly runs: readonly Cost[];
}

/** A thousand nodes in one process, with every event looked at. */
export interface Thousand {
  readonly timings: readonly Timing[];
  readonly nodes: number;
  readonly events: number;
  /** What was wrong with the events; nothing when they were complete and in order. */
  readonly faults: readonly string[];
}

/** Connections cut off in the middle of a run. */
export interface Killed {
  readonly nodes: number;
  readonly killed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly seconds: number;
  readonly limitSeconds: number;
  /** Nodes that the second run brought to their end. */
  readonly finishedBySecond: number;
}

/** The controller alone, its nodes answered in memory. */
export interface Simulated {
  readonly nodes: number;
  readonly tasks: number;
  readonly reporter: string;
  readonly seconds: number;
  readonly cpu: number;
  /** Peak of the process, and how much of it came after the plan was made. */
  readonly peakMb: number;
  readonly grownMb: number;
}

export interface Start {
  readonly version: readonly number[];
  readonly firstEvent: readonly number[];
}

export interface PlanCost {
  readonly tasks: number;
  readonly nodes: number;
  readonly runs: readonly Cost[];
  /** `oms-play lint` of the same. */
  readonly lint?: readonly Cost[];
}

/** Written by distribution.ts. */
export interface Distribution {
  readonly way: string;
  readonly nodes: number;
  readonly seconds: number;
  readonly borderMegabytes: number;
  readonly note: string;
}

/** A command of the main job on the lab's four nodes. */
export interface LabRow {
  readonly what: string;
  readonly seconds: readonly number[];
  readonly barSeconds: number;
}

export interface Conditions {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly versions: readonly string[];
  /** Of the last minute before the section began: what else the machine was doing. */
  readonly load: number;
}

/** What each section brings. */
export interface SectionResults {
  readonly fleet: readonly Timing[];
  readonly first: readonly Timing[];
  readonly distance: readonly Timing[];
  readonly thousand: Thousand;
  readonly killed: Killed;
  readonly simulated: readonly Simulated[];
  readonly start: Start;
  readonly plan: PlanCost;
  readonly folder: readonly FolderTiming[];
  readonly distribution: readonly Distribution[];
  readonly lab: readonly LabRow[];
}

export type SectionName = keyof SectionResults;

/** A section's result, with what it depends on. */
export interface Measured<T> {
  readonly conditions: Conditions;
  readonly seconds: number;
  readonly data: T;
}

/** What bench/results.json holds. */
export type Results = { readonly [Name in SectionName]?: Measured<SectionResults[Name]> };

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The medians of several runs. */
export function medianCost(runs: readonly Cost[]): Required<Cost> {
  return {
    nodesCpu: median(runs.map((run) => run.nodesCpu ?? NaN)),
    wall: median(runs.map((run) => run.wall)),
    cpu: median(runs.map((run) => run.cpu)),
    peakMb: median(runs.map((run) => run.peakMb)),
  };
}
