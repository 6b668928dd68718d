import type { SourceRange } from '../model/source.ts';

/** Kinds of problems; code that tells them apart reads these, never the text. */
export type DiagnosticCode =
  | 'file-unreadable'
  | 'yaml-syntax'
  | 'empty-file'
  | 'wrong-type'
  | 'missing-key'
  | 'unknown-key'
  | 'bad-value'
  | 'duplicate'
  | 'unknown-name'
  | 'not-found'
  | 'bad-template'
  | 'bad-condition'
  | 'undefined-variable'
  | 'bad-pattern'
  | 'unknown-module'
  | 'bad-argument'
  | 'topology';

/** A problem in what the user wrote. `summary`: fixed words, no names. `detail`: what, why, how to mend; never a secret. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  readonly at?: SourceRange;
}

/** What a stage that reads the user's words returns: as much as could be made, and all the problems. */
export interface Checked<T> {
  readonly value: T;
  readonly problems: readonly Diagnostic[];
}

/** An error about the place `at`. */
export function problem(
  code: DiagnosticCode,
  at: SourceRange | undefined,
  summary: string,
  detail: string,
): Diagnostic {
  return { code, severity: 'error', summary, detail, ...(at ? { at } : {}) };
}

/** True when nothing but warnings is in the list. */
export function passable(problems: readonly Diagnostic[]): boolean {
  return problems.every((p) => p.severity === 'warning');
}
