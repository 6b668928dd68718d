import type { SourceRange } from '../model/source.ts';
import type { AnyModule } from '../modules/define.ts';
import type { ConstantArgument } from './arguments.ts';
import type { Compiler } from './compile.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { compileText } from '../template/file.ts';
import { searchPaths, type SearchPlaces } from '../modules/inputs.ts';

/** How plan looks at the project's files; given by the caller, so that plan itself reads nothing. */
export interface ProjectFiles {
  exists(path: string): boolean;
  /** The text of a file, shown under its name in diagnostics; undefined where it is no text. */
  read(path: string): { readonly text: string; readonly shownAs: string } | undefined;
}

/** Checks that the files and templates that a task names by constants are there, and compiles the templates. */
export function checkFiles(
  module: AnyModule,
  constants: ReadonlyMap<string, ConstantArgument>,
  places: SearchPlaces,
  make: { readonly compiler: Compiler; readonly files: ProjectFiles },
): void {
  for (const [name, input] of Object.entries(module.inputs ?? {})) {
    const given = constants.get(name);
    if ((input !== 'file' && input !== 'template') || typeof given?.value !== 'string') continue;
    // remote_src says that the file is the node's own.
    if (constants.get('remote_src')?.value === true) continue;
    const paths = searchPaths(input, given.value, places);
    const path = paths.find((candidate) => make.files.exists(candidate));
    if (path === undefined) {
      const detail = `"${given.value}" is in none of: ${paths.join(', ')}.`;
      make.compiler.problems.push(problem('not-found', given.at, `${input} not found`, detail));
    } else if (input === 'template') {
      checkTemplate(path, given.at, make);
    }
  }
}

function checkTemplate(
  path: string,
  at: SourceRange,
  make: { readonly compiler: Compiler; readonly files: ProjectFiles },
): void {
  const file = make.files.read(path);
  if (file === undefined) {
    make.compiler.problems.push(
      problem('not-found', at, 'template not readable', `"${path}" is no text file.`),
    );
    return;
  }
  make.compiler.problems.push(...compileText(file.text, file.shownAs).problems);
}
