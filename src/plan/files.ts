import type { Rendering } from '../model/plan.ts';
import type { SourceRange } from '../model/source.ts';
import type { AnyModule } from '../modules/define.ts';
import type { ConstantArgument } from './arguments.ts';
import type { Compiler } from './compile.ts';
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { searchPaths, type SearchPlaces } from '../modules/inputs.ts';

/** How plan looks at the project's files; given by the caller, so that plan itself reads nothing. */
export interface ProjectFiles {
  exists(path: string): boolean;
  /** The text of a file, shown under its name in diagnostics; undefined where it is no text. */
  read(path: string): { readonly text: string; readonly shownAs: string } | undefined;
  /** Whether a file is a vault. */
  isEncrypted?(path: string): boolean;
}

/**
 * Checks that the files and templates that a task names by constants are there. The templates, compiled; undefined
 * where a name of one is no constant.
 */
export function checkFiles(
  module: AnyModule,
  constants: ReadonlyMap<string, ConstantArgument>,
  places: SearchPlaces,
  make: { readonly compiler: Compiler; readonly files: ProjectFiles },
): readonly Rendering[] | undefined {
  const templates: (Rendering | undefined)[] = [];
  for (const [name, input] of Object.entries(module.inputs ?? {})) {
    const given = constants.get(name);
    if (input === 'template' && typeof given?.value !== 'string') templates.push(undefined);
    if ((input !== 'file' && input !== 'template') || typeof given?.value !== 'string') continue;
    // remote_src says that the file is the node's own.
    if (constants.get('remote_src')?.value === true) continue;
    const paths = searchPaths(input, given.value, places);
    const path = paths.find((candidate) => make.files.exists(candidate));
    if (path === undefined) {
      const detail = `"${given.value}" is in none of: ${paths.join(', ')}.`;
      make.compiler.problems.push(problem('not-found', given.at, `${input} not found`, detail));
    } else if (make.files.isEncrypted?.(path) === true) {
      make.compiler.problems.push(stillEncrypted(path, input, given.at));
    } else if (input === 'template') {
      const compiled = checkTemplate(path, given.at, make);
      if (compiled !== undefined) templates.push(compiled);
    }
  }
  return templates.includes(undefined) ? undefined : (templates as readonly Rendering[]);
}

function checkTemplate(
  path: string,
  at: SourceRange,
  make: { readonly compiler: Compiler; readonly files: ProjectFiles },
): Rendering | undefined {
  const file = make.files.read(path);
  if (file !== undefined) return make.compiler.template(path, file);
  make.compiler.problems.push(
    problem('not-found', at, 'template not readable', `"${path}" is no text file.`),
  );
  return undefined;
}

/** Only variables are decrypted; a file may be meant to stay as it is, a template cannot be. */
function stillEncrypted(path: string, input: string, at: SourceRange): Diagnostic {
  const detail = `"${path}" is encrypted, and would reach the node so: only variables are decrypted. Put its content into an encrypted variable, and give that as "content".`;
  const found = problem('bad-value', at, `encrypted ${input}`, detail);
  return input === 'template' ? found : { ...found, severity: 'warning' };
}
