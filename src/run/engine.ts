import type { EventBody, RunEvent } from '../events/event.ts';
import type { Masker } from '../model/masker.ts';
import type { RunPlan } from '../model/plan.ts';
import type { AnyModule } from '../modules/define.ts';
import type { ArgumentCatalog } from '../modules/schema.ts';
import type { Connector } from '../transport/contract.ts';
import type { OwnedScope } from '../transport/run-scope.ts';
import type { Changes } from './changes.ts';
import type { Connections } from './connections.ts';
import type { Interruption } from './interruption.ts';
import type { LateHandlers } from './late-handlers.ts';
import type { LiveInventory, Replan } from './live-inventory.ts';
import type { Fleet } from './magic.ts';
import type { RunOptions } from './options.ts';
import type { OutputStore } from './output-store.ts';
import type { RunProfile } from './profile.ts';
import type { RunStatistics } from './statistics.ts';
import type { Steering, Steersman } from './steering.ts';
import type { NodeState } from './state.ts';
import type { TemplateFiles } from './template-files.ts';
import type { Outcome } from './outcome.ts';

/** What a run needs of the outside. */
export interface RunServices {
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly connector: Connector;
  readonly masker: Masker;
  readonly report: (event: RunEvent) => void;
  /** Where outputs of commands go that are too large for memory; undefined: results keep everything. */
  readonly outputs?: OutputStore | undefined;
  /** Who is asked by `--step` and `debugger`; undefined: nobody. */
  readonly steersman?: Steersman | undefined;
  /** Plans further plays again when tasks add to the inventory; undefined: they stay as they are. */
  readonly replan?: Replan | undefined;
  /** What is in a file of the controller's that is encrypted; undefined: nothing is decrypted. */
  readonly decrypted?: ((path: string) => Promise<Buffer | undefined>) | undefined;
}

/** The fixed parts of one run that its stages share; what changes is in the node states alone. */
export interface Engine {
  readonly plan: RunPlan;
  readonly fleet: Fleet;
  readonly options: RunOptions;
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly masker: Masker;
  readonly catalog: ArgumentCatalog;
  readonly templates: TemplateFiles;
  readonly connections: Connections;
  readonly interruption: Interruption;
  readonly changes: Changes;
  readonly states: ReadonlyMap<string, NodeState>;
  /** Answers of run_once tasks by task and, where it is once per region, region. */
  readonly once: Map<string, OnceAnswer>;
  readonly outputs: OutputStore | undefined;
  /** Those that roles have brought during the run. */
  readonly handlers: LateHandlers;
  readonly inventory: LiveInventory;
  readonly steering: Steering;
  readonly statistics: RunStatistics;
  readonly emit: (event: EventBody) => void;
  /** What modules hang shared work on; ended before the connections are closed. */
  readonly scope: OwnedScope;
  /** undefined: nobody asked where the time goes. */
  readonly profile: RunProfile | undefined;
}

export interface OnceAnswer {
  readonly node: string;
  /** undefined: the run or the region was stopped before it. */
  readonly outcome: Promise<Outcome | undefined>;
  /** Names of the nodes that have taken it as theirs. */
  readonly takers: Set<string>;
}
