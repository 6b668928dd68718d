import type { Data } from '../model/data.ts';
import type { Lookup, Rendering } from '../model/rendering.ts';
import type { SourceRange } from '../model/source.ts';
import { UnknownValueError } from '../model/data.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import { TemplateError } from './errors.ts';
import type { Frame, Read, Scope } from './unit.ts';
import { settleReferences } from './unit.ts';
import type { FoundReference } from './unit.ts';

/** The scope of a whole template: its names are the variables. */
export const outermost: Scope = Object.freeze({ up: undefined, params: [], loop: false });

/** The frame that belongs to {@link outermost}. */
export function rootFrame(lookup: Lookup): Frame {
  return { lookup, up: undefined, item: null, params: [], loop: undefined };
}

/** A value without templates; it is frozen, because every render gives the same one. */
export function constant(at: SourceRange, value: Data): Checked<Rendering> {
  const frozen = freeze(value);
  return { value: { at, references: [], constant: true, render: () => frozen }, problems: [] };
}

function freeze(value: Data): Data {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freeze(part as Data);
  return Object.freeze(value);
}

/** A rendering of what was compiled; one with problems says the first of them when it is rendered. */
export function rendering(
  at: SourceRange,
  read: Read,
  found: readonly FoundReference[],
  problems: readonly Diagnostic[],
): Checked<Rendering> {
  const references = settleReferences(found);
  const first = problems[0];
  const render = (lookup: Lookup): Data => {
    if (first) throw new TemplateError(first.detail, first.at ?? at);
    try {
      return read(rootFrame(lookup)) as Data;
    } catch (error) {
      throw ourError(at, error);
    }
  };
  return { value: { at, references, constant: false, render }, problems };
}

/** Whatever else is thrown (a stack or text too large, a failing variable) becomes a {@link TemplateError}. */
export function onlyOurErrors<T>(at: SourceRange, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw ourError(at, error);
  }
}

function ourError(at: SourceRange, error: unknown): Error {
  if (error instanceof TemplateError || error instanceof UnknownValueError) return error;
  const cause = error instanceof RangeError ? 'it is too large or nested too deep' : messageOf(error);
  return new TemplateError(`The value cannot be worked out: ${cause}.`, at, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
