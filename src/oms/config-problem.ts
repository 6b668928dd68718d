import type { Diagnostic, DiagnosticCode } from '../diagnostics/diagnostic.ts';

/** A mistake in one region's parameters: a Diagnostic that knows the parameter instead of the place. */
export interface ConfigProblem {
  /** undefined: it is about the file as a whole. */
  readonly key?: string;
  readonly code: DiagnosticCode;
  readonly severity: Diagnostic['severity'];
  readonly summary: string;
  /** What, why, how to mend; never a secret. */
  readonly detail: string;
}

/** An error about the parameter `key`. */
export function wrong(key: string, code: DiagnosticCode, summary: string, detail: string): ConfigProblem {
  return { key, code, severity: 'error', summary, detail };
}
