import type { RunEvent } from '../events/event.ts';
import type { Masker } from '../model/masker.ts';
import type { RunPlan } from '../model/plan.ts';
import type { Secret } from '../model/secret.ts';
import type { AnyModule } from '../modules/define.ts';
import type { Connector } from '../transport/contract.ts';
import type { Changes } from './changes.ts';
import type { Connections } from './connections.ts';
import type { NodeState } from './state.ts';
import type { Outcome } from './outcome.ts';

/** What the command line says about a run. */
export interface RunOptions {
  readonly check: boolean;
  readonly diff: boolean;
  /** Node tasks at once in the whole run. */
  readonly forks: number;
  /** Caps every play's `regions`. */
  readonly regionsAtOnce: number | undefined;
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  readonly becomePassword: Secret | undefined;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  readonly privateKeyFile: string | undefined;
  /** undefined: as ~/.ssh/config says, else `yes`. */
  readonly hostKeyChecking: 'yes' | 'accept-new' | 'no' | undefined;
  readonly connectTimeoutMs: number;
  /** Look at coming tasks before their turn; changes no result. */
  readonly speculate: boolean;
  /** Aborted: no new task starts and the remote process groups are ended. */
  readonly signal: AbortSignal;
}

/** What a run needs of the outside. */
export interface RunServices {
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly connector: Connector;
  readonly masker: Masker;
  readonly report: (event: RunEvent) => void;
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;
/** An event before it is stamped. */
export type EventBody = WithoutTime<RunEvent>;

/** The fixed parts of one run that its stages share; what changes is in the node states alone. */
export interface Engine {
  readonly plan: RunPlan;
  readonly options: RunOptions;
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly masker: Masker;
  readonly connections: Connections;
  readonly changes: Changes;
  readonly states: ReadonlyMap<string, NodeState>;
  /** Answers of run_once tasks by task and, where it is once per region, region. */
  readonly once: Map<string, OnceAnswer>;
  readonly emit: (event: EventBody) => void;
}

export interface OnceAnswer {
  readonly node: string;
  /** undefined: the run or the region was stopped before it. */
  readonly outcome: Promise<Outcome | undefined>;
  /** Names of the nodes that have taken it as theirs. */
  readonly takers: Set<string>;
}
