import type { SourceMap, SourceNode, SourceRange } from './source.ts';
import type { VarLayer } from './inventory.ts';

/** What load makes of the files: the user's words with their places, nothing resolved yet. */
export interface Playbook {
  readonly file: string;
  /** Folder that `playbook_dir` names. */
  readonly dir: string;
  readonly plays: readonly Play[];
}

/** `number` is a count, `{percent}` a share of the nodes in question. */
export type Amount = number | { readonly percent: number };

export interface Play {
  readonly name: string;
  readonly at: SourceRange;
  readonly hosts: string;
  readonly hostsAt: SourceRange;
  /** Play vars, then vars_files in their order: lowest precedence first. */
  readonly layers: readonly VarLayer[];
  readonly roles: readonly RoleUse[];
  readonly preTasks: readonly TaskItem[];
  readonly tasks: readonly TaskItem[];
  readonly postTasks: readonly TaskItem[];
  readonly handlers: readonly Task[];
  readonly keywords: Inherited;
  readonly strategy: 'linear' | 'host_pinned';
  /** Regions at once; undefined: all. */
  readonly regions: number | undefined;
  readonly order: 'inventory' | 'default_first' | 'reverse';
  /** Lowers the inventory's `parallel` for this play. */
  readonly parallel: number | undefined;
  readonly serial: readonly Amount[];
  readonly maxFailPercentage: number | undefined;
  readonly anyErrorsFatal: boolean;
  /** Handlers run also on nodes where a task has failed. */
  readonly forceHandlers: boolean;
  readonly facts: FactWish;
}

/** What a play says about gathering facts. */
export interface FactWish {
  /** `gather_facts`; undefined: when something in the play refers to them. */
  readonly wanted: boolean | undefined;
  /** `gather_subset`, `gather_timeout` and `fact_path`, as arguments of the module setup. */
  readonly args: SourceMap;
}

/** Keywords that plays, roles and blocks hand down to their tasks. */
export interface Inherited {
  readonly when: readonly Expression[];
  readonly tags: readonly string[];
  readonly become: boolean | undefined;
  readonly becomeUser: SourceNode | undefined;
  readonly delegateTo: SourceNode | undefined;
  readonly runOnce: boolean | 'region' | undefined;
  readonly environment: readonly SourceNode[];
  readonly noLog: boolean | undefined;
  readonly checkMode: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly ignoreErrors: boolean | undefined;
  readonly ignoreUnreachable: boolean | undefined;
  readonly timeout: number | undefined;
  readonly anyErrorsFatal: boolean | undefined;
  /** Nodes of a region that work on a task at once. */
  readonly throttle: number | undefined;
  /** Arguments by module, for tasks that do not give them. */
  readonly moduleDefaults: ReadonlyMap<string, SourceMap>;
  readonly vars: VarLayer | undefined;
}

/** Text of a CEL expression and its place. */
export interface Expression {
  readonly text: string;
  readonly at: SourceRange;
}

export interface RoleUse {
  readonly role: Role;
  readonly at: SourceRange;
  readonly keywords: Inherited;
  /** `vars:` and further keys beside `role:`; they count as role parameters. */
  readonly parameters: VarLayer | undefined;
}

export interface Role {
  readonly name: string;
  readonly dir: string;
  readonly defaults: VarLayer;
  readonly vars: VarLayer;
  readonly tasks: readonly TaskItem[];
  readonly handlers: readonly Task[];
  /** Roles that run before this one, from meta/main.yml. */
  readonly dependencies: readonly RoleUse[];
  readonly argumentSpec: ReadonlyMap<string, ArgumentSpec>;
}

/** One option of meta/argument_specs.yml, `main` entry point; Ansible's words. */
export interface ArgumentSpec {
  readonly type: 'str' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'path' | 'raw';
  readonly required: boolean;
  readonly choices: readonly (string | number | boolean)[] | undefined;
  readonly elements: string | undefined;
  readonly description: string;
  readonly at: SourceRange;
}

export type TaskItem = Task | Block;

export interface Block {
  readonly kind: 'block';
  readonly name: string;
  readonly at: SourceRange;
  readonly keywords: Inherited;
  readonly block: readonly TaskItem[];
  readonly rescue: readonly TaskItem[];
  readonly always: readonly TaskItem[];
}

/** How a loop goes through its items. */
export interface LoopControl {
  /** How items are named in what is shown. */
  readonly label: SourceNode | undefined;
  readonly loopVar: string | undefined;
  readonly indexVar: string | undefined;
  /** Seconds between two items. */
  readonly pause: number | undefined;
  readonly extended: boolean | undefined;
  /** Items at once on one node. */
  readonly parallel: number | undefined;
}

export interface Task {
  readonly kind: 'task';
  readonly name: string;
  readonly at: SourceRange;
  readonly keywords: Inherited;
  readonly module: string;
  readonly moduleAt: SourceRange;
  /** A map of arguments; free-form text is a scalar. */
  readonly args: SourceNode;
  /** `args`: further arguments beside free-form text. */
  readonly moreArgs: SourceMap | undefined;
  readonly loop: SourceNode | undefined;
  readonly loopControl: LoopControl | undefined;
  readonly register: string | undefined;
  readonly until: readonly Expression[];
  readonly retries: number | undefined;
  readonly delay: number | undefined;
  readonly changedWhen: readonly Expression[] | undefined;
  readonly failedWhen: readonly Expression[] | undefined;
  readonly notify: readonly string[];
  /** Handlers only: other names that notify reaches it by. */
  readonly listen: readonly string[];
}
