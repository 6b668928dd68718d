import { join } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { VarLayer } from '../model/inventory.ts';
import { isFolder, namesIn, startOf } from './open.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { loadVarsFile } from './vars.ts';

const EXTENSION = /\.(ya?ml|json)$/;

/** Layers by the group or node that they belong to. */
export type LayersByName = ReadonlyMap<string, readonly VarLayer[]>;

/**
 * Reads `group_vars` or `host_vars` in `dir`: one file or one folder of files per name in `known`. Files of
 * other names are reported.
 */
export function loadVarsFolder(
  dir: string,
  folder: 'group_vars' | 'host_vars',
  known: Pick<ReadonlySet<string>, 'has'> & Iterable<string>,
  io: { readonly sources: Sources; readonly report: Report },
): LayersByName {
  const layers = new Map<string, VarLayer[]>();
  for (const entry of namesIn(join(dir, folder))) {
    const path = join(dir, folder, entry);
    const name = isFolder(path) ? entry : entry.replace(EXTENSION, '');
    const files = isFolder(path) ? varsFilesBelow(path) : [path];
    if (!isVarsFile(entry) && !isFolder(path)) continue;
    if (!known.has(name)) {
      io.report(forNobody(io.sources.shown(files[0] ?? path), folder, name, known));
      continue;
    }
    for (const file of files) {
      const label = `${folder}${file.slice(join(dir, folder).length)}`;
      layers.set(name, [...(layers.get(name) ?? []), loadVarsFile(file, label, io.sources, io.report)]);
    }
  }
  return layers;
}

/** All of `group_vars`; files of groups that are not known are reported, for a task may make them yet. */
export function loadGroupVars(
  dir: string,
  known: ReadonlySet<string>,
  io: { readonly sources: Sources; readonly report: Report },
): LayersByName {
  for (const entry of namesIn(join(dir, 'group_vars'))) {
    const path = join(dir, 'group_vars', entry);
    const [name, files] = isFolder(path)
      ? [entry, varsFilesBelow(path)]
      : [entry.replace(EXTENSION, ''), isVarsFile(entry) ? [path] : []];
    const [first] = files;
    if (first !== undefined && !known.has(name))
      io.report(forNobody(io.sources.shown(first), 'group_vars', name, known));
  }
  return loadVarsFolder(dir, 'group_vars', every, io);
}

const every = { has: () => true, *[Symbol.iterator]() {} };

/** YAML files and files without an extension at all, as Ansible has it; names may have dots in them. */
function isVarsFile(name: string): boolean {
  return EXTENSION.test(name) || !/\.(md|txt|bak|orig|swp|j2|hbs|ini|toml|cfg)$/i.test(name);
}

function varsFilesBelow(dir: string): readonly string[] {
  return namesIn(dir).flatMap((name) => {
    const path = join(dir, name);
    if (isFolder(path)) return varsFilesBelow(path);
    return isVarsFile(name) ? [path] : [];
  });
}

function forNobody(file: string, folder: string, name: string, known: Iterable<string>): Diagnostic {
  const what = folder === 'group_vars' ? 'region or group' : 'node';
  const detail = `There is no ${what} "${name}", so nothing reads these variables.${didYouMean(name, known)}${folder === 'group_vars' ? ' (A task of group_by or add_host may make it.)' : ''}`;
  return { ...problem('unknown-name', startOf(file), 'variables for nobody', detail), severity: 'warning' };
}
