import type { DataMap } from './data.ts';

/** What a task has to say at the end of the run (set_stats). */
export interface Statistic {
  readonly data: DataMap;
  /** Of the task's node; else of the run as a whole. */
  readonly perNode: boolean;
  /** Added to what is there: numbers summed, texts and lists joined, maps merged; else it takes its place. */
  readonly aggregate: boolean;
}

/** All of them, as the end of the run says them. */
export interface Statistics {
  readonly run: DataMap;
  readonly nodes: Readonly<Record<string, DataMap>>;
}
