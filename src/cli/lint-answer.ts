import type { Outcome } from '../lint/outcome.ts';

/** What was found, and what is needed to show it. */
export interface Linted {
  readonly outcomes: readonly Outcome[];
  readonly texts: ReadonlyMap<string, string>;
  readonly mask: (text: string) => string;
}
