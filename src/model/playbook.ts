import type { ArgumentSpec } from './argument-spec.ts';
import type { WayKeyword } from './connection.ts';
import type { SourceMap, SourceNode, SourceRange } from './source.ts';
import type { NamedLimit, VarLayer } from './inventory.ts';
import type { DebuggerWish, Strategy, ValueKeyword } from './plan.ts';

/** What load makes of the files: the user's words with their places, nothing resolved yet. */
export interface Playbook {
  readonly file: string;
  /** Folder that `playbook_dir` names. */
  readonly dir: string;
  readonly plays: readonly Play[];
}

/** `number` is a count, `{percent}` a share of the nodes in question. */
export type Amount = number | { readonly percent: number };

/** Keywords of a play in which templates are possible. */
export type TemplatedKeyword = 'hosts' | 'serial' | 'parallel' | 'regions' | 'max_fail_percentage';

export interface Play {
  readonly name: string;
  /** The folder of the playbook that it is written in, which may have been imported: `playbook_dir`. */
  readonly dir: string;
  readonly at: SourceRange;
  readonly hosts: string;
  readonly hostsAt: SourceRange;
  /** Keywords of it whose values hold templates; they are known when -e is. */
  readonly templates?: ReadonlyMap<TemplatedKeyword, SourceNode>;
  /** Play vars, then vars_files in their order: lowest precedence first. */
  readonly layers: readonly VarLayer[];
  readonly roles: readonly RoleUse[];
  readonly preTasks: readonly TaskItem[];
  readonly tasks: readonly TaskItem[];
  readonly postTasks: readonly TaskItem[];
  /** Tasks; blocks of them where they are imported. */
  readonly handlers: readonly TaskItem[];
  readonly keywords: Inherited;
  readonly strategy: Strategy;
  /** Regions at once; undefined: all. */
  readonly regions: number | undefined;
  readonly order: {
    readonly regions: 'inventory' | 'default_first' | 'reverse';
    /** Within each region. */
    readonly nodes: 'inventory' | 'sorted' | 'reverse_sorted' | 'reverse_inventory' | 'shuffle';
  };
  readonly limits: readonly NamedLimit[];
  /** `vars_prompt`: what is asked for before the run. */
  readonly prompts: readonly VarPrompt[];
  /** Lowers the inventory's `parallel` for this play. */
  readonly parallel: number | undefined;
  readonly serial: readonly Amount[];
  readonly maxFailPercentage: number | undefined;
  readonly anyErrorsFatal: boolean;
  /** Handlers run also on nodes where a task has failed. */
  readonly forceHandlers: boolean;
  readonly facts: FactWish;
}

/** A variable that is asked for before the run. */
export interface VarPrompt {
  readonly name: string;
  readonly question: string;
  readonly default: string | undefined;
  /** What is typed is not shown. */
  readonly private: boolean;
  /** It is to be typed twice. */
  readonly confirm: boolean;
  readonly at: SourceRange;
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
  /** Facts that the task finds or sets become the delegate's. */
  readonly delegateFacts?: boolean | undefined;
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
  readonly debugger?: DebuggerWish | undefined;
  /** Of those whose values are templates. */
  readonly values?: ReadonlyMap<ValueKeyword, SourceNode>;
  /** Names of `limits`; not handed down, but a block holds them while a node is in it. */
  readonly limit: readonly { readonly text: string; readonly at: SourceRange }[];
  /** Handlers that tasks notify which do not say so themselves. */
  readonly notify?: Notify | undefined;
  /** Arguments by module, for tasks that do not give them. */
  readonly moduleDefaults: ReadonlyMap<string, SourceMap>;
  readonly vars: VarLayer | undefined;
  readonly way?: WayKeywords | undefined;
}

/** Values of the keywords of how a node is reached; they may be templates. */
export type WayKeywords = Readonly<Partial<Record<WayKeyword, SourceNode>>>;

/** Names of handlers, or what they listen to. */
export interface Notify {
  readonly topics: readonly string[];
  readonly at: SourceRange;
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
  readonly handlers: readonly TaskItem[];
  /** Roles that run before this one, from meta/main.yml. */
  readonly dependencies: readonly RoleUse[];
  /** Of the entry point that the role is used by. */
  readonly argumentSpec: ReadonlyMap<string, ArgumentSpec>;
  /** All of meta/argument_specs.yml, by entry point. */
  readonly entryPoints: ReadonlyMap<string, EntryPoint>;
  /** The name of the entry point: `main`, or the file of `tasks_from`. */
  readonly entryPoint: string;
  /** `allow_duplicates` of meta/main.yml: it runs again where the same is asked for twice. */
  readonly allowDuplicates: boolean;
}

/** What meta/argument_specs.yml says of one way into a role. */
export interface EntryPoint {
  readonly summary: string;
  readonly description: readonly string[];
  readonly options: ReadonlyMap<string, ArgumentSpec>;
}

/** Which files of a role are used, without their folder; undefined: main. */
export interface RoleParts {
  readonly tasks?: string;
  readonly vars?: string;
  readonly defaults?: string;
  readonly handlers?: string;
}

export type TaskItem = Task | Block | RoleItem;

/** `import_role`: a role in the place of a task. */
export interface RoleItem {
  readonly kind: 'role';
  readonly at: SourceRange;
  /** Those of the import, `vars` among them, reach into all of it. */
  readonly use: RoleUse;
  readonly options: RoleOptions;
}

/** How a role is brought in by a task. */
export interface RoleOptions {
  /** Its defaults and vars are seen by the rest of the play too. */
  readonly public: boolean;
  /** It runs again where it has run already. */
  readonly allowDuplicates: boolean;
  /** Its argument_specs are checked. */
  readonly validate: boolean;
}

/** What `include_tasks`, `include_role` and `include_vars` bring in. */
export interface Include {
  readonly kind: 'tasks' | 'role' | 'vars';
  readonly at: SourceRange;
  /** `apply`: keywords for every task inside. */
  readonly apply: Inherited;
  readonly options: RoleOptions;
  readonly where: IncludeWhere;
  /** Read before the run; undefined: a template names it, or it leads back to itself. */
  readonly content: Included | undefined;
  /** Where the run names it: variables that it may define; undefined: any. */
  readonly mayDefine?: ReadonlySet<string> | undefined;
  /** The files that it may mean, read to find their mistakes before the run. */
  readonly maybe?: readonly IncludedTasks[];
}

/** Where an include stands: what names in it are looked for beside. */
export interface IncludeWhere {
  /** Folder of the file that it is written in. */
  readonly dir: string;
  readonly roleDir: string | undefined;
  readonly playbookDir: string;
  /** Files and roles that lead here, outermost first. */
  readonly importing: readonly string[];
  readonly users: readonly string[];
}

export type Included = IncludedTasks | IncludedRole | IncludedVars;

export interface IncludedTasks {
  readonly kind: 'tasks';
  /** As it is shown. */
  readonly file: string;
  readonly items: readonly TaskItem[];
}

export interface IncludedRole {
  readonly kind: 'role';
  readonly use: RoleUse;
}

export interface IncludedVars {
  readonly kind: 'vars';
  readonly files: readonly string[];
  readonly layer: VarLayer;
}

export interface Block {
  readonly kind: 'block';
  readonly name: string;
  readonly at: SourceRange;
  readonly keywords: Inherited;
  readonly block: readonly TaskItem[];
  readonly rescue: readonly TaskItem[];
  readonly always: readonly TaskItem[];
  readonly loop?: SourceNode | undefined;
  readonly loopControl?: LoopControl | undefined;
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
  /** What it brings in while the run is on. */
  readonly include?: Include | undefined;
  readonly sync: { readonly who: 'region' | 'all'; readonly at: SourceRange } | undefined;
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
  /** `async` and `poll`, in seconds; they may be templates. */
  readonly background?:
    { readonly at: SourceRange; readonly seconds: SourceNode; readonly poll?: SourceNode } | undefined;
  /** Handlers only: other names that notify reaches it by. */
  readonly listen: readonly string[];
}
