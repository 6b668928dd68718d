import type { Data } from './data.ts';
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
  /** What is said where it does not hold. */
  readonly message?: Rendering;
  test(lookup: Lookup): boolean;
  /** The value itself, whatever its type. */
  value(lookup: Lookup): Data;
}
