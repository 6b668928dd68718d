import type { Data } from './data.ts';
import type { FactNames } from './facts.ts';
import type { Node } from './inventory.ts';
import type { SourceRange } from './source.ts';

/** Where a rendering or a condition finds variables by name; undefined: no such variable. */
export interface Lookup {
  get(name: string): Data | undefined;
  /** All names in reach, for "did you mean". */
  names(): Iterable<string>;
}

/** A variable that a template or condition reads: `path[0]` is the variable, the rest its members. */
export interface Reference {
  readonly path: readonly string[];
  readonly at: SourceRange;
  /** True where absence is allowed (argument of `default`, `has(vars.x)`). */
  readonly optional: boolean;
}

/**
 * A value of the user's with its templates compiled.
 * `render` throws `TemplateError` (place and cause) and {@link UnknownValueError}.
 */
export interface Rendering {
  readonly at: SourceRange;
  readonly references: readonly Reference[];
  /** True when there is no template in it: it renders to the same value everywhere. */
  readonly constant: boolean;
  render(lookup: Lookup): Data;
}

/** A compiled CEL expression; throws as a {@link Rendering} does, and when the answer is no boolean. */
export interface Condition {
  readonly text: string;
  readonly at: SourceRange;
  readonly references: readonly Reference[];
  test(lookup: Lookup): boolean;
  /** The value itself, whatever its type. */
  value(lookup: Lookup): Data;
}

export interface CompiledVariable {
  readonly value: Rendering;
  readonly at: SourceRange;
}

/** Variables of one source; within a list of layers the last one wins. */
export interface CompiledLayer {
  readonly label: string;
  readonly vars: ReadonlyMap<string, CompiledVariable>;
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
}

export interface NodePlan {
  readonly node: Node;
  readonly layers: readonly CompiledLayer[];
}

export interface PlayPlan {
  readonly name: string;
  readonly at: SourceRange;
  readonly playbookDir: string;
  readonly strategy: 'linear' | 'host_pinned';
  /** Regions worked on at once. */
  readonly regionsAtOnce: number;
  /** In the order they are started. */
  readonly regions: readonly RegionPlan[];
  readonly maxFailPercentage: number | undefined;
  readonly anyErrorsFatal: boolean;
  /** Handlers run also on nodes where a task has failed. */
  readonly forceHandlers: boolean;
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
}

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

export interface TaskPlan {
  readonly kind: 'task';
  /** Unique in the run. */
  readonly id: number;
  readonly name: Rendering;
  readonly at: SourceRange;
  readonly role: RoleRef | undefined;
  readonly playbookDir: string;
  readonly module: string;
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
  readonly delegateTo: Rendering | undefined;
  readonly runOnce: boolean | 'region';
  readonly environment: readonly Rendering[];
  readonly noLog: boolean;
  /** undefined: as the command line says. */
  readonly checkMode: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly timeoutMs: number | undefined;
  /** Names or `listen` topics of handlers. */
  readonly notify: readonly string[];
  readonly listen: readonly string[];
}

export interface RoleRef {
  readonly name: string;
  readonly dir: string;
}
