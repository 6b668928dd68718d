import type { PlayPlan, TaskPlan } from '../model/plan.ts';
import type { Engine } from './engine.ts';
import type { TaskClock } from './profile-clock.ts';
import type { NodeState } from './state.ts';
import type { AskedAhead } from './use.ts';

/** A task on a node, as the steps hand it on. */
export interface NodeTask {
  readonly engine: Engine;
  readonly play: PlayPlan;
  readonly task: TaskPlan;
  readonly state: NodeState;
  readonly handler: boolean;
  /** A failure goes to a rescue section: it counts as rescued. */
  readonly rescuable: boolean;
  readonly speculation: AskedAhead | undefined;
  /** Called when the task is the first to need its node's connection. */
  readonly opening: (() => void) | undefined;
  readonly clock: TaskClock | undefined;
  /** Why the values of its keywords cannot be told; it fails, where it is not skipped. */
  readonly broken?: unknown;
}
