import type { Data, DataMap } from './data.ts';

/** Outcome of a task on a node, exclusive. `unknown` happens in check mode only. */
export type TaskStatus =
  'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'rescued' | 'ignored' | 'unknown';

/** One thing a module found different from what was asked for. */
export interface Change {
  /** What it is about: a path, a container, a database. */
  readonly subject: string;
  /** The words for the human form, e.g. "absent → directory 0755". */
  readonly summary: string;
  readonly diff?: Diff;
}

/** What `--diff` shows. Text is compared line by line; values are shown as before → after. */
export type Diff =
  | { readonly kind: 'text'; readonly path: string; readonly before: string; readonly after: string }
  | { readonly kind: 'values'; readonly rows: readonly ValueRow[] };

export interface ValueRow {
  readonly name: string;
  readonly before: Data;
  readonly after: Data;
}

/** Why a task failed, as it is shown at the end: everything a reader needs to mend it. */
export interface Failure {
  readonly message: string;
  /** How to mend it, where that is known. */
  readonly hint?: string;
  /** The shown form of the command, secrets as `***`. */
  readonly command?: string;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** What `register` keeps of a run of a module, beside the module's own fields. */
export interface RegisteredResult extends DataMap {
  readonly changed: boolean;
  readonly failed: boolean;
  readonly skipped: boolean;
}
