import type { WayKeyword } from './connection.ts';
import type { DataMap } from './data.ts';
import type { FactNames } from './facts.ts';
import type { Node } from './inventory.ts';
import type { Condition, Lookup, Reference, Rendering } from './rendering.ts';
import type { Failure } from './result.ts';
import type { SourceRange } from './source.ts';

export interface CompiledVariable {
  readonly value: Rendering;
  readonly at: SourceRange;
}

/** Variables of one source; within a list of layers the last one wins. */
export interface CompiledLayer {
  readonly label: string;
  readonly vars: ReadonlyMap<string, CompiledVariable>;
  readonly choice?: LayerChoice;
}

/** One of several files of variables, chosen for each node in the run; until then `vars` holds those of all. */
export interface LayerChoice {
  readonly references: readonly Reference[];
  readonly layers: readonly CompiledLayer[];
  /** undefined: what the names depend on is not known yet. Throws `TemplateError` where no file is there. */
  pick(lookup: Lookup): CompiledLayer | undefined;
}

/** Who does what, in which order: all that `run` needs, resolved and checked. */
export interface RunPlan {
  readonly playbooks: readonly string[];
  readonly inventoryDir: string;
  readonly plays: readonly PlayPlan[];
  readonly nodes: ReadonlyMap<string, NodePlan>;
  /** Node names by group and by region name; `all` is there too. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** All regions of the inventory with their nodes, in its order. */
  readonly regions: ReadonlyMap<string, readonly string[]>;
  /** `-e`: above everything else. */
  readonly extra: CompiledLayer;
  readonly selection: Selection;
}

/** What the command line selects. */
export interface Selection {
  /** `-l`; from `@file` its patterns, with commas. */
  readonly limit: string | undefined;
  /** `--tags`; none stand for all. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

export interface NodePlan {
  readonly node: Node;
  readonly layers: readonly CompiledLayer[];
}

/** Keywords of a task whose values may be templates, told on each node. */
export type ValueKeyword =
  | 'become'
  | 'ignore_errors'
  | 'ignore_unreachable'
  | 'check_mode'
  | 'diff'
  | 'no_log'
  | 'any_errors_fatal'
  | 'timeout'
  | 'retries'
  | 'delay';

/** When a task is followed by questions. */
export type DebuggerWish = 'always' | 'never' | 'on_failed' | 'on_unreachable' | 'on_skipped';

export type Strategy = 'linear' | 'host_pinned' | 'free';

export interface PlayPlan {
  readonly name: string;
  readonly at: SourceRange;
  readonly playbookDir: string;
  /** The pattern, where nothing matches it as yet: tasks of earlier plays may bring it. */
  readonly hosts?: string;
  readonly strategy: Strategy;
  /** Regions worked on at once. */
  readonly regionsAtOnce: number;
  /** In the order they are started. */
  readonly regions: readonly RegionPlan[];
  readonly maxFailPercentage: number | undefined;
  readonly anyErrorsFatal: boolean;
  /** Handlers run also on nodes where a task has failed. */
  readonly forceHandlers: boolean;
  /** How many nodes may hold a place in each named limit, in the order in which several are taken. */
  readonly limits: ReadonlyMap<string, number>;
  readonly steps: readonly StepPlan[];
  readonly handlers: readonly TaskPlan[];
}

export interface RegionPlan {
  readonly name: string;
  /** Nodes at once, the lower of inventory and play; undefined: no limit of its own. */
  readonly parallel: number | undefined;
  /** `serial` made plain: batches of node names, in order. */
  readonly batches: readonly (readonly string[])[];
}

export type StepPlan = TaskPlan | BlockPlan | FlushPlan;

/** Run the handlers notified so far. */
export interface FlushPlan {
  readonly kind: 'flush';
}

export interface BlockPlan {
  readonly kind: 'block';
  readonly name: string;
  readonly at: SourceRange;
  readonly block: readonly StepPlan[];
  readonly rescue: readonly StepPlan[];
  readonly always: readonly StepPlan[];
  /** A task that only says what the block is gone through for, and sees what the block sees. */
  readonly loop?: LoopedPlan;
  /** Named limits that a node holds a place in while it is in the block. */
  readonly limits?: readonly string[];
  /** The key of a role: nodes on which it has done something in this play leave the block out. */
  readonly unlessRun?: string;
}

/** What a task of `meta` makes of the play. */
export type MetaAction =
  | 'flush_handlers'
  | 'end_play'
  | 'end_batch'
  | 'end_host'
  | 'end_role'
  | 'clear_facts'
  | 'clear_host_errors'
  | 'refresh_inventory'
  | 'reset_connection'
  | 'noop';

export interface LoopPlan {
  readonly items: Rendering;
  /** How an item is named in what is shown; undefined: by what it is. */
  readonly label: Rendering | undefined;
  /** The variable that holds the item; `item` unless said otherwise. */
  readonly loopVar: string;
  readonly indexVar: string | undefined;
  readonly pauseMs: number;
  /** `ansible_loop` is there. */
  readonly extended: boolean;
  /** Items at once on one node. */
  readonly parallel: number;
}

/** A task that has a loop. */
export type LoopedPlan = TaskPlan & { readonly loop: LoopPlan };

/** What `include_tasks`, `include_role` and `include_vars` bring in on a node. */
export interface IncludePlan {
  readonly kind: 'tasks' | 'role' | 'vars';
  /** Planned before the run; undefined: what it is turns out in the run, by {@link IncludePlan.open}. */
  readonly fixed: IncludedPlan | undefined;
  /** Where it is not: variables that it may define; undefined: any. */
  readonly mayDefine?: ReadonlySet<string> | undefined;
  /** Reads and plans what these arguments name. The same arguments give the same plan. */
  open(args: DataMap): Promise<IncludedPlan | Failure>;
}

export interface IncludedPlan {
  /** The file or the role, as it is shown. */
  readonly name: string;
  readonly steps: readonly StepPlan[];
  /** Handlers that can be notified from then on. */
  readonly handlers: readonly TaskPlan[];
  /** Variables that the node has from then on. */
  readonly layer?: CompiledLayer;
  /** What `register` keeps. */
  readonly result: DataMap;
  readonly role?: IncludedRolePlan;
}

export interface IncludedRolePlan extends RoleRef {
  /** Runs even where it has run on the node before. */
  readonly allowDuplicates: boolean;
  /** Defaults and vars that the rest of the play sees too. */
  readonly below: readonly CompiledLayer[];
  readonly above: readonly CompiledLayer[];
}

/** Renderings of the keywords that are said. */
export type WayPlan = Readonly<Partial<Record<WayKeyword, Rendering>>>;

/** `async` and `poll`, in seconds. */
export interface BackgroundPlan {
  readonly seconds: Rendering;
  /** undefined: as usual. */
  readonly poll?: Rendering;
}

export interface TaskPlan {
  readonly kind: 'task';
  /** Unique in the run. */
  readonly id: number;
  readonly name: Rendering;
  readonly at: SourceRange;
  readonly role: RoleRef | undefined;
  readonly playbookDir: string;
  readonly module: string;
  /** It brings in further tasks or variables. */
  readonly include?: IncludePlan;
  /** It is no work on a node. */
  readonly meta?: MetaAction;
  /** Who waits for whom before it: all of the region's batch, all regions that still run. */
  readonly sync?: 'region' | 'all';
  /** Named limits, in the order in which they are taken. */
  readonly limits?: readonly string[];
  /** Renders to a map of arguments, without those in `conditionArgs`. */
  readonly args: Rendering;
  /** Arguments that are CEL by the module's contract (assert's `that`, debug's `var`). */
  readonly conditionArgs: ReadonlyMap<string, readonly Condition[]>;
  /** Variables that the task defines by its arguments' names (set_fact). */
  readonly factNames: readonly string[];
  /** Facts that it finds out about its node (setup). */
  readonly gathersFacts: FactNames | undefined;
  /** The template files that it names; undefined: which they are turns out in the run. */
  readonly templates: readonly Rendering[] | undefined;
  /** Below the node's own variables: role defaults, lowest first. */
  readonly below: readonly CompiledLayer[];
  /** Above them: play vars, vars_files, role vars and parameters, block vars, task vars. */
  readonly above: readonly CompiledLayer[];
  readonly when: readonly Condition[];
  /** Conditions of the includes that brought it: where they do not hold the task is never come to. */
  readonly guards?: readonly Condition[];
  readonly loop: LoopPlan | undefined;
  readonly register: string | undefined;
  readonly until: readonly Condition[];
  readonly retries: number;
  readonly delayMs: number;
  readonly changedWhen: readonly Condition[] | undefined;
  readonly failedWhen: readonly Condition[] | undefined;
  readonly ignoreErrors: boolean;
  readonly ignoreUnreachable: boolean;
  /** Nodes of a region that work on it at once; undefined: as the play says. */
  readonly throttle: number | undefined;
  readonly anyErrorsFatal: boolean;
  /** undefined: as the command line says. */
  readonly become: boolean | undefined;
  readonly becomeUser: Rendering | undefined;
  /** Keywords of how its node is reached, and how one becomes another user there. */
  readonly way?: WayPlan;
  /** Variables around it (not the node's own) say how its node is reached. */
  readonly setsWay?: true;
  /** Its command goes on without the connection. */
  readonly background?: BackgroundPlan;
  readonly delegateTo: Rendering | undefined;
  readonly debugger?: DebuggerWish;
  /** What stands in place of the plain values of these keywords. */
  readonly values?: ReadonlyMap<ValueKeyword, Rendering>;
  /** Facts that it finds or sets become those of the node that it is delegated to. */
  readonly delegateFacts?: boolean;
  /** `batch`: once for the nodes that go in step. */
  readonly runOnce: boolean | 'region' | 'batch';
  readonly environment: readonly Rendering[];
  readonly noLog: boolean;
  /** undefined: as the command line says. */
  readonly checkMode: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly timeoutMs: number | undefined;
  /** Names or `listen` topics of handlers. */
  readonly notify: readonly string[];
  readonly notifyAt?: SourceRange | undefined;
  readonly listen: readonly string[];
}

export interface RoleRef {
  readonly name: string;
  readonly dir: string;
  /** The same for all uses with the same parameters. */
  readonly key?: string;
}
