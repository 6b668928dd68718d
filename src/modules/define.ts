import type * as z from 'zod';
import type { Change, Failure } from '../model/result.ts';
import type { Data } from '../model/data.ts';
import type { InventoryAddition } from '../model/inventory.ts';
import type { FactNames } from '../model/facts.ts';
import type { Statistic } from '../model/statistics.ts';
import type { NodeReader, NodeWriter } from '../transport/node.ts';

/** What `check` found: the changes that are needed (none means ok) and the result as it is now. */
export interface Check<Result, State = undefined> {
  readonly changes: readonly Change[];
  /** What `register` keeps when nothing changes. */
  readonly result: Result;
  /** Members of the result that a pending change cannot alter: check mode may go on with them. */
  readonly certain?: Partial<Result>;
  /** What `apply` needs of what was seen, so that it does not look twice. */
  readonly state?: State;
  /** Words for the reader of the run (debug's message). */
  readonly message?: string;
  readonly warnings?: readonly string[];
}

/**
 * What the runner puts in the place of an argument before the module sees it:
 * `file`: a path → the absolute path on the controller, searched in the role's files/, then beside the playbook;
 * `template`: a path → `{path, text}`, searched in templates/ and rendered;
 * `conditions`: CEL texts → `[{text, holds}]`; `expression`: CEL text → `{text, value}`;
 * `node`: a node's name → a NodeReader of that node;
 * `program`: a path and arguments behind it → `{path, words}`, the path as that of `file`;
 * `destination`: a path → the absolute path on the controller, from the playbook on, whether anything is there or not.
 */
export type ArgumentInput =
  'file' | 'template' | 'conditions' | 'expression' | 'node' | 'program' | 'destination';

/** Code that knows one kind of thing. See docs/decisions/0002-module-contract.md. */
export interface TaskModule<Args = unknown, Result = unknown, State = unknown> {
  readonly name: string;
  readonly summary: string;
  /** A strict object; `.describe()` on every argument is its documentation, `.meta({secret: true})` marks secrets. */
  readonly args: z.ZodType<Args>;
  /** What `register` keeps, beside changed, failed and skipped. */
  readonly returns: z.ZodType<Result>;
  /** What its page says beside its arguments: whole sentences, a paragraph each. */
  readonly notes?: readonly string[];
  /** YAML of typical tasks, for the reference page. */
  readonly examples?: string;
  /** Why it can never be `ok` by itself (it runs any command); check mode then answers `unknown`. */
  readonly always?: string;
  /** It waits for what earlier tasks bring about: `unknown` in check mode once changes are pending on the node. */
  readonly waits?: true;
  /** Its check looks at more than its node and the controller's files (a database, a virtual IP). */
  readonly beyondNode?: true;
  /** Its apply changes files of the controller, which looks at any node may read. */
  readonly changesController?: true;
  /**
   * Its apply changes nothing but its node, and that only by what it has `run` and `writeFile` do there: a look that
   * is sent behind them sees what they did, so the next task's goes out together with them.
   */
  readonly inOrder?: true;
  /**
   * Its apply is one command, by `run`, and what follows from its answer: with `async` that command outlives the
   * connection, and with `poll: 0` nobody waits for it.
   */
  readonly detachable?: true;
  /** Argument that plain text after the module's name goes to. */
  readonly freeForm?: string;
  readonly inputs?: Readonly<Record<string, ArgumentInput>>;
  /** The keys of its arguments become variables (set_fact): their values are `facts` of the result. */
  readonly definesFacts?: true;
  /** `ansible_facts` and `oms_facts` of its result become facts of the node (setup). */
  readonly gathersFacts?: FactNames;
  /** The argument that says what becomes of the play (meta): it is no work on a node, and `check` is never called. */
  readonly steers?: string;
  /** It brings in what a file or a role holds: the runner does that, and `check` is never called. */
  readonly includes?: 'tasks' | 'role' | 'vars';
  /** Once in the play (add_host), or once for the nodes that go in step (pause), unless the task says otherwise. */
  readonly onlyOnce?: true | 'batch';
  /** The keys of its arguments are names of variables, of another node (add_host). */
  readonly namesVariables?: true;
  /** What its result adds to the inventory of the run (add_host, group_by). */
  addition?(result: Result): InventoryAddition;
  /** What its result says at the end of the run (set_stats). */
  statistic?(result: Result): Statistic;
  /** Looks; promises to change nothing. Throws ModuleError. */
  check(node: NodeReader, args: Args): Promise<Check<Result, State>>;
  /** Acts on what `check` found. Called only when there are changes and the mode is not check. */
  apply(node: NodeWriter, args: Args, found: Check<Result, State>): Promise<Result>;
}

/** A module of which only the contract is known, as lists and the runner hold it. */
export type AnyModule = TaskModule<unknown, unknown, unknown>;

/** Declares a module; the types of check and apply follow from the schemas. */
export function defineModule<A extends z.ZodType, R extends z.ZodType, State = undefined>(
  module: Omit<TaskModule<z.output<A>, z.output<R>, State>, 'args' | 'returns'> & {
    readonly args: A;
    readonly returns: R;
  },
): AnyModule {
  return module;
}

/** A module could not do what was asked. `result` is what register keeps (command's rc, stdout …). */
export class ModuleError extends Error {
  readonly failure: Failure;
  readonly result: Readonly<Record<string, Data>> | undefined;

  /** Members of the result that are undefined are left out. */
  constructor(failure: Failure, result?: Readonly<Record<string, Data | undefined>>) {
    super(failure.message);
    this.name = 'ModuleError';
    this.failure = failure;
    this.result = result && withoutAbsent(result);
  }
}

function withoutAbsent(result: Readonly<Record<string, Data | undefined>>): Readonly<Record<string, Data>> {
  return Object.fromEntries(
    Object.entries(result).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
