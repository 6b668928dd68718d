import type { LoopItems } from './loop-items.ts';

/** A loop that a node is in. */
export interface Loop {
  readonly of: LoopItems;
  /** Index of the item that it is at. */
  readonly at: number;
}
