import type { Data } from '../model/data.ts';
import type { Lookup, Reference } from '../model/rendering.ts';
import type { SourceRange } from '../model/source.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Placer } from './place.ts';
import type { Located } from './syntax.ts';

/** What is gathered while one text is compiled. */
export interface Unit {
  readonly place: Placer;
  readonly problems: Diagnostic[];
  readonly references: FoundReference[];
  /** How many branches that may not be taken surround the part being compiled. */
  branches: number;
  /** How many `(helper …)` surround it. */
  depth: number;
}

export interface FoundReference extends Reference {
  readonly inBranch: boolean;
}

/** What a name means at a point of the template; known when compiling. One {@link Frame} each when rendering. */
export interface Scope {
  readonly up: Scope | undefined;
  /** Block parameters: `as |item key|`. */
  readonly params: readonly string[];
  /** Whether `@index`, `@key`, `@first` and `@last` exist here. */
  readonly loop: boolean;
}

/** The values of a scope. The outermost has no `item`: its names are the variables. */
export interface Frame {
  readonly lookup: Lookup;
  readonly up: Frame | undefined;
  readonly item: Data;
  readonly params: readonly Data[];
  readonly loop: Readonly<Record<string, Data>> | undefined;
}

/** The compiled form of an expression; undefined only where a missing value is allowed. */
export type Read = (frame: Frame) => Data | undefined;

/** Place of a part of the syntax tree in the user's file. */
export function placeOf(unit: Unit, node: Located): SourceRange {
  const { start, end } = node.loc;
  return unit.place(start.line, start.column, end.line === start.line ? end.column - start.column : 1);
}

/** Notes a mistake in the template; what it belongs to is never rendered. */
export function reject(unit: Unit, node: Located, summary: string, detail: string): Read {
  unit.problems.push(problem('bad-template', placeOf(unit, node), summary, detail));
  return () => null;
}

/** Compiles a part that may not be reached when rendering. */
export function inBranch<T>(unit: Unit, compile: () => T): T {
  unit.branches++;
  try {
    return compile();
  } finally {
    unit.branches--;
  }
}

/**
 * The references, with those in a branch made optional where the same text asks whether the variable
 * exists: `{{#if (isDefined x)}}{{x}}{{/if}}` needs no `x`.
 */
export function settleReferences(found: readonly FoundReference[]): Reference[] {
  const asked = new Set(found.filter((ref) => ref.optional).map((ref) => ref.path[0]));
  return found.map(({ path, at, optional, inBranch: branch }) => ({
    path,
    at,
    optional: optional || (branch && asked.has(path[0])),
  }));
}
