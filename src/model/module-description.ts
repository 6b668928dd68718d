import type { ArgumentSpec } from './argument-spec.ts';

/** What the file beside a user's executable says of it. */
export interface ModuleDescription {
  readonly name: string;
  readonly summary: string;
  readonly notes: readonly string[];
  /** YAML of typical tasks. */
  readonly examples: string | undefined;
  readonly args: ReadonlyMap<string, ArgumentSpec>;
  /** undefined: any map. */
  readonly returns: ReadonlyMap<string, ArgumentSpec> | undefined;
  /** For each call. */
  readonly timeoutSeconds: number;
  /** Its check looks at more than its node. */
  readonly beyondNode: boolean;
}
