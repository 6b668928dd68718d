import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { passable, problem } from '../diagnostics/diagnostic.ts';
import { readModuleDescription } from '../load/module-description.ts';
import { startOf } from '../load/open.ts';
import type { Sources } from '../load/sources.ts';
import type { AnyModule } from '../modules/define.ts';
import { executableModule, LARGEST_PROGRAM } from '../modules/executable/module.ts';

/** A module of the user's that is a program in any language. */
export interface FoundExecutable {
  readonly name: string;
  /** Its description, or the program where there is none. */
  readonly file: string;
  readonly make: () => { readonly module: AnyModule | undefined; readonly problems: readonly Diagnostic[] };
}

const DESCRIPTION = /\.ya?ml$/;
const SCRIPT = /\.m?js$/;

/** NAME.yml with NAME or NAME.anything beside it; and executables that have no such description. */
export function findExecutables(dir: string, sources: Sources): readonly FoundExecutable[] {
  const files = filesIn(dir);
  const descriptions = files.filter((file) => DESCRIPTION.test(file));
  const described = new Set(descriptions.map(nameOf));
  const lonely = files.filter(
    (file) => !DESCRIPTION.test(file) && !SCRIPT.test(file) && !described.has(nameOf(file)),
  );
  return [
    ...descriptions
      .filter((file) => !files.some((other) => SCRIPT.test(other) && nameOf(other) === nameOf(file)))
      .map((file) => fromDescription(join(dir, file), programsOf(dir, files, nameOf(file)), sources)),
    ...lonely
      .filter((file) => isExecutable(join(dir, file)))
      .map((file) => undescribed(join(dir, file), sources)),
  ];
}

function filesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !/^\.|~$/.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

function nameOf(file: string): string {
  return basename(file).replace(/\..*$/, '');
}

function programsOf(dir: string, files: readonly string[], name: string): readonly string[] {
  return files
    .filter((file) => nameOf(file) === name && !DESCRIPTION.test(file))
    .map((file) => join(dir, file));
}

function fromDescription(file: string, programs: readonly string[], sources: Sources): FoundExecutable {
  const name = nameOf(file);
  const make = (): ReturnType<FoundExecutable['make']> => {
    const problems: Diagnostic[] = [];
    const description = readModuleDescription(file, name, sources, (found) => problems.push(found));
    const wrong = wrongWith(name, programs);
    if (wrong !== undefined) {
      problems.push(
        problem(
          'bad-value',
          startOf(sources.shown(file)),
          'broken module',
          `The module "${name}" cannot be used: ${wrong}.`,
        ),
      );
    }
    const [program] = programs;
    const sound = description !== undefined && program !== undefined && passable(problems);
    return { module: sound ? executableModule(description, program) : undefined, problems };
  };
  return { name, file, make };
}

function wrongWith(name: string, programs: readonly string[]): string | undefined {
  const [program, second] = programs;
  if (!/^[a-z][a-z0-9_]*$/.test(name)) return 'a module is named with a-z, 0-9 and _';
  if (program === undefined)
    return `there is its description, but no program "${name}" or "${name}.…" beside it`;
  if (second !== undefined)
    return `${basename(program)} and ${basename(second)} are both there; which one counts?`;
  if (statSync(program).size > LARGEST_PROGRAM) {
    return `${basename(program)} is larger than ${LARGEST_PROGRAM / 1024 / 1024} MiB, and it is sent with every call; let a small script call what is installed on the nodes`;
  }
  return undefined;
}

function undescribed(file: string, sources: Sources): FoundExecutable {
  const name = nameOf(file);
  const detail = `The module "${name}" cannot be used: it has no description. Write ${name}.yml beside it, with summary and args; see docs/writing-modules.md. (A file that is no module belongs elsewhere.)`;
  const found = problem('bad-value', startOf(sources.shown(file)), 'module without description', detail);
  return { name, file, make: () => ({ module: undefined, problems: [found] }) };
}

function isExecutable(path: string): boolean {
  try {
    return (statSync(path).mode & 0o111) !== 0;
  } catch {
    return false;
  }
}
