import type { Expression } from '../model/playbook.ts';
import type { SourceRange, SourceScalar } from '../model/source.ts';

/** Turns a place within a template's text (line from 1, column from 0) into a place in the user's file. */
export type Placer = (line: number, column: number, length: number) => SourceRange;

/** Places of a whole template file are its own lines. */
export function placesInFile(file: string): Placer {
  return (line, column, length) => ({ file, line, column: column + 1, length: Math.max(1, length) });
}

/** Places of a text that stands in a YAML value; exact where the value says where its text begins. */
export function placesInScalar(scalar: SourceScalar): Placer {
  const text = String(scalar.value);
  return placesFrom(scalar.at, scalar.textAt ?? guessedStart(scalar.at, text, scalar.quoted));
}

/** Places within the text of a condition. */
export function placesInExpression(expression: Expression): Placer {
  const { at, text } = expression;
  const quoted = at.length >= text.length + 2 && !text.includes('\n');
  return placesFrom(at, guessedStart(at, text, quoted || text.includes('\n')));
}

function placesFrom(at: SourceRange, start: { readonly line: number; readonly column: number }): Placer {
  return (line, column, length) => ({
    file: at.file,
    line: start.line + line - 1,
    column: start.column + column,
    length: Math.max(1, length),
  });
}

/** A quoted scalar whose range is shorter than its text can only be a block scalar: it starts a line lower. */
function guessedStart(at: SourceRange, text: string, quoted: boolean): { line: number; column: number } {
  if (!quoted) return { line: at.line, column: at.column };
  const block = text.includes('\n') || at.length < text.length;
  return block ? { line: at.line + 1, column: 1 } : { line: at.line, column: at.column + 1 };
}

/** Line (from 1) and column (from 0) of a character offset in a text. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}
