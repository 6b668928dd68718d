import { basename, join } from 'node:path';
import type { DataMap } from '../model/data.ts';
import type { Include, IncludeWhere } from '../model/playbook.ts';
import type { SourceMap, SourceNode } from '../model/source.ts';
import { withoutCollection } from './keywords.ts';
import { filesMatching } from './name-pattern.ts';
import { isFolder, openYaml } from './open.ts';
import type { Sources } from './sources.ts';

/**
 * Names of variables that an include may define whose file only the run names: of all files that may be meant.
 * undefined: that cannot be told, and any name may come to be.
 */
export function mayDefine(
  kind: Include['kind'],
  args: DataMap,
  where: IncludeWhere,
  sources: Sources,
): ReadonlySet<string> | undefined {
  const { file } = args;
  if (kind === 'role' || typeof file !== 'string') return undefined;
  if (kind === 'vars' && args['name'] !== undefined) {
    return typeof args['name'] === 'string' && !args['name'].includes('{{')
      ? new Set([args['name']])
      : undefined;
  }
  const dirs = kind === 'vars' ? varsDirs(where) : taskDirs(where);
  const files = [...new Set(dirs.flatMap((dir) => filesMatching(file, dir, where.playbookDir)))];
  const names = new Set<string>();
  for (const path of files) {
    const tree = sources.trees.get(sources.shown(path)) ?? openYaml(path, sources, () => undefined);
    if (tree === undefined) continue;
    if (kind === 'vars') {
      if (tree.kind === 'map') for (const { key } of tree.entries) names.add(key);
    } else if (!gather(tree, names)) return undefined;
  }
  // A name that fits nothing may lead anywhere.
  return files.length === 0 ? undefined : names;
}

/** The files of tasks that a name with templates may mean, where it says more of them than that they are files. */
export function candidates({ file }: DataMap, where: IncludeWhere): readonly string[] {
  if (typeof file !== 'string' || !/\w/.test(basename(file).replace(/\{\{[^}]*\}\}|\.ya?ml$/g, '')))
    return [];
  const { playbookDir, importing } = where;
  const files = taskDirs(where).flatMap((dir) => filesMatching(file, dir, playbookDir));
  return [...new Set(files)].filter((path) => !importing.includes(path)).slice(0, MOST_CANDIDATES);
}

const MOST_CANDIDATES = 50;

function varsDirs({ dir, roleDir, playbookDir }: IncludeWhere): readonly string[] {
  const roots = [...(roleDir === undefined ? [] : [roleDir]), dir, playbookDir];
  return roots.flatMap((root) => [join(root, 'vars'), root]).filter(isFolder);
}

function taskDirs({ dir, roleDir, playbookDir }: IncludeWhere): readonly string[] {
  return [dir, ...(roleDir === undefined ? [] : [join(roleDir, 'tasks')]), playbookDir];
}

/** What tasks define; false: they bring in others, and nobody knows what those define. */
function gather(node: SourceNode, names: Set<string>): boolean {
  if (node.kind === 'scalar') return true;
  if (node.kind === 'list') return node.items.every((item) => gather(item, names));
  return gatherMap(node, names);
}

function gatherMap(map: SourceMap, names: Set<string>): boolean {
  return map.entries.every(({ key, value }) => {
    const name = withoutCollection(key);
    if (/^(include|import)_|^roles$/.test(name)) return false;
    if (name === 'register' && value.kind === 'scalar') names.add(String(value.value));
    if (name === 'set_fact' && value.kind === 'map') for (const entry of value.entries) names.add(entry.key);
    return gather(value, names);
  });
}
