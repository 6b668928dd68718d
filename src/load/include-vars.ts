import { basename, dirname, join, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Data, DataMap } from '../model/data.ts';
import type { VarLayer, Variable } from '../model/inventory.ts';
import type { IncludedVars, IncludeWhere } from '../model/playbook.ts';
import type { SourceEntry, SourceRange } from '../model/source.ts';
import { checkVariableName } from './names.ts';
import { isFolder, namesIn } from './open.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { loadVarsFile } from './vars.ts';

interface VarsReading {
  readonly sources: Sources;
  readonly report: Report;
}

/** Links may go round in a circle. */
const DEEPEST = 20;

/** The variables of a file, or of all files in a folder, by the arguments of `include_vars`. */
export function readIncludedVars(
  args: DataMap,
  at: SourceRange,
  where: IncludeWhere,
  reading: VarsReading,
): IncludedVars | undefined {
  const files = filesOf(args, at, where, reading);
  if (files === undefined) return undefined;
  const { sources, report } = reading;
  const layers = files.map((file) =>
    loadVarsFile(file, `include_vars: ${sources.shown(file)}`, sources, report),
  );
  const label = layers[0]?.label ?? 'include_vars';
  const vars = new Map(layers.flatMap((layer) => [...layer.vars]));
  const layer = named(args['name'], { label, vars }, at, report);
  return layer && { kind: 'vars', files: files.map((file) => sources.shown(file)), layer };
}

/** `name`: all variables are members of one. */
function named(
  name: Data | undefined,
  layer: VarLayer,
  at: SourceRange,
  report: Report,
): VarLayer | undefined {
  if (name === undefined || name === null) return layer;
  if (typeof name !== 'string' || !checkVariableName(name, at, report)) return undefined;
  const entries: SourceEntry[] = [...layer.vars].map(([key, variable]) => ({
    key,
    keyAt: variable.at,
    value: variable.value,
  }));
  const variable: Variable = { at, value: { kind: 'map', entries, at } };
  return { label: layer.label, vars: new Map([[name, variable]]) };
}

function filesOf(
  args: DataMap,
  at: SourceRange,
  where: IncludeWhere,
  { sources, report }: VarsReading,
): readonly string[] | undefined {
  const file = typeof args['file'] === 'string' ? args['file'] : undefined;
  const dir = typeof args['dir'] === 'string' ? args['dir'] : undefined;
  const name = file ?? dir;
  if (name === undefined || (file !== undefined && dir !== undefined)) {
    const detail = 'include_vars needs either "file" or "dir".';
    report(problem('bad-argument', at, 'file or dir', detail));
    return undefined;
  }
  const paths = file === undefined ? foldersOf(name, where) : pathsOf(name, where);
  const found = paths.find((path) =>
    file === undefined ? isFolder(path) : sources.read(path) !== undefined,
  );
  if (found === undefined) {
    const looked = paths.map((path) => `\n  ${sources.shown(path)}`).join('');
    const what = file === undefined ? 'folder' : 'file';
    const detail = `include_vars finds no ${what} "${name}". Looked for:${looked}`;
    report(problem('not-found', at, 'cannot read the variables', detail));
    return undefined;
  }
  return file === undefined ? inFolder(found, args, at, report) : [found];
}

/** As Ansible looks: the role's vars, then beside the file that asks, then beside the playbook. */
function pathsOf(name: string, { dir, roleDir, playbookDir }: IncludeWhere): readonly string[] {
  const roots = [...(roleDir === undefined ? [] : [roleDir]), dir, playbookDir];
  return [...new Set(roots.flatMap((root) => [resolve(root, 'vars', name), resolve(root, name)]))];
}

function foldersOf(name: string, { dir, roleDir, playbookDir }: IncludeWhere): readonly string[] {
  const inRole = roleDir === undefined ? [] : [resolve(roleDir, 'vars', name), resolve(roleDir, name)];
  return [...new Set([...inRole, resolve(dir, name), resolve(playbookDir, name)])];
}

function inFolder(
  dir: string,
  args: DataMap,
  at: SourceRange,
  report: Report,
): readonly string[] | undefined {
  const depth = typeof args['depth'] === 'number' && args['depth'] > 0 ? args['depth'] : DEEPEST;
  const extensions = textsOf(args['extensions']) ?? ['yaml', 'yml', 'json'];
  const ignored = (textsOf(args['ignore_files']) ?? []).map((text) => patternOf(`${text}$`));
  const wanted = args['files_matching'];
  const matching = typeof wanted === 'string' ? patternOf(wanted) : undefined;
  if (ignored.includes(undefined) || (typeof wanted === 'string' && matching === undefined)) {
    const detail = 'What "files_matching" or "ignore_files" say is no regular expression.';
    report(problem('bad-argument', at, 'bad pattern', detail));
    return undefined;
  }
  const files = filesBelow(dir, Math.min(depth, DEEPEST)).filter((path) => {
    const name = basename(path);
    return matching?.test(name) !== false && !ignored.some((pattern) => pattern?.test(name) === true);
  });
  const strange = files.find((path) => !extensions.some((extension) => path.endsWith(`.${extension}`)));
  if (strange === undefined || args['ignore_unknown_extensions'] === true) {
    return files.filter((path) => extensions.some((extension) => path.endsWith(`.${extension}`)));
  }
  const detail = `${strange} ends in none of ${extensions.join(', ')}. Set ignore_unknown_extensions: true to leave such files out.`;
  report(problem('bad-argument', at, 'unknown kind of file', detail));
  return undefined;
}

function textsOf(value: Data | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value as readonly Data[]).map(String) : undefined;
}

function patternOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

/** Those of the folder itself before those of the folders in it. */
function filesBelow(dir: string, depth: number): readonly string[] {
  const paths = namesIn(dir).map((name) => join(dir, name));
  const folders = depth > 1 ? paths.filter(isFolder) : [];
  const files = paths.filter((path) => !isFolder(path) && dirname(path) === dir);
  return [...files, ...folders.flatMap((folder) => filesBelow(folder, depth - 1))];
}
