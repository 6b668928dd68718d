import type { Rendering } from '../model/rendering.ts';
import type { SourceRange } from '../model/source.ts';
import type { AnyModule } from '../modules/define.ts';
import type { ConstantArgument } from './arguments.ts';
import type { Compiler } from './compile.ts';
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { isRemote, searchPaths, type SearchPlaces } from '../modules/inputs.ts';

/** How plan looks at the project's files; given by the caller, so that plan itself reads nothing. */
export interface ProjectFiles {
  exists(path: string): boolean;
  /** The text of a file, shown under its name in diagnostics; undefined where it is no text. */
  read(path: string): { readonly text: string; readonly shownAs: string } | undefined;
  /** Whether a file is a vault. */
  isEncrypted?(path: string): boolean;
  /** What is in a vault, or why it stays closed; undefined: it will be known when everything is read again. */
  open?(path: string): { readonly text: string } | { readonly words: string } | undefined;
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
    if (!['file', 'template', 'program'].includes(input) || typeof given?.value !== 'string') continue;
    // remote_src says that the file is the node's own.
    if (isRemote(module, constants.get('remote_src')?.value)) continue;
    const named = input === 'program' ? firstWord(given.value) : given.value;
    if (named === undefined) continue;
    const paths = searchPaths(input === 'template' ? 'template' : 'file', named, places);
    const path = paths.find((candidate) => make.files.exists(candidate));
    if (path === undefined) {
      const detail = `"${named}" is in none of: ${paths.join(', ')}.`;
      make.compiler.problems.push(problem('not-found', given.at, `${input} not found`, detail));
    } else if (make.files.isEncrypted?.(path) === true) {
      const how = { input, decrypts: decrypts(module, constants, make.compiler) };
      const compiled = checkEncrypted(path, given.at, how, make);
      if (compiled !== undefined) templates.push(compiled);
    } else if (input === 'template') {
      const compiled = checkTemplate(path, given.at, make);
      if (compiled !== undefined) templates.push(compiled);
    }
  }
  return templates.includes(undefined) ? undefined : (templates as readonly Rendering[]);
}

/** undefined: what is wrong with the line is said when it is run. */
function firstWord(line: string): string | undefined {
  return /^\s*([^\s'"\\]+)(?=\s|$)/.exec(line)?.[1];
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

/** Whether what the module is given is decrypted: templates always are, files where the module has that argument. */
function decrypts(
  module: AnyModule,
  constants: ReadonlyMap<string, ConstantArgument>,
  compiler: Compiler,
): 'yes' | 'no' | 'never' {
  if (Object.values(module.inputs ?? {}).includes('template')) return 'yes';
  if (compiler.catalog.of(module)?.some(({ name }) => name === 'decrypt') !== true) return 'never';
  return constants.get('decrypt')?.value === false ? 'no' : 'yes';
}

function checkEncrypted(
  path: string,
  at: SourceRange,
  how: { readonly input: string; readonly decrypts: 'yes' | 'no' | 'never' },
  make: { readonly compiler: Compiler; readonly files: ProjectFiles },
): Rendering | undefined {
  if (how.decrypts === 'no') return undefined;
  if (how.decrypts === 'never') {
    make.compiler.problems.push(stillEncrypted(path, at));
    return undefined;
  }
  const opened = make.files.open?.(path);
  if (opened === undefined) return undefined;
  if ('words' in opened) {
    const detail = `"${path}" is encrypted and cannot be decrypted. ${opened.words}`;
    make.compiler.problems.push(problem('file-unreadable', at, 'cannot decrypt', detail));
    return undefined;
  }
  return how.input === 'template'
    ? make.compiler.template(path, { text: opened.text, shownAs: path })
    : undefined;
}

function stillEncrypted(path: string, at: SourceRange): Diagnostic {
  const detail = `"${path}" is encrypted, and would reach the node so: this module does not decrypt. copy and template do; or put its content into an encrypted variable.`;
  return { ...problem('bad-value', at, 'encrypted file', detail), severity: 'warning' };
}
