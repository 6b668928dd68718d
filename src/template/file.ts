import type { Rendering } from '../model/rendering.ts';
import type { Checked } from '../diagnostics/diagnostic.ts';
import { compileProgram } from './block.ts';
import { parseTemplate } from './parse.ts';
import { placesInFile } from './place.ts';
import { constant, outermost, rendering } from './render.ts';
import type { Unit } from './unit.ts';

/** Compiles the text of a template file; it renders to text, and places in errors are the file's lines. */
export function compileText(text: string, file: string): Checked<Rendering> {
  const at = { file, line: 1, column: 1, length: 1 };
  if (!text.includes('{{')) return constant(at, text);
  const unit: Unit = { place: placesInFile(file), problems: [], references: [], branches: 0, depth: 0 };
  const program = parseTemplate(text, unit.place);
  if ('severity' in program) return rendering(at, () => null, [], [program]);
  const write = compileProgram(unit, outermost, program);
  return rendering(at, write, unit.references, unit.problems);
}
