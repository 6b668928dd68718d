import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasGroups } from '../load/inventory-format.ts';
import type { Sources } from '../load/sources.ts';
import { parseYaml } from '../load/yaml.ts';
import type { SourceNode } from '../model/source.ts';
import { vaultFormat } from '../vault/format.ts';
import type { FileKind, LintFile } from './rule.ts';
import { mapsIn } from './tree.ts';

/** The folders of a role that hold something for a rule. */
const KIND_OF_PART: Readonly<Record<string, FileKind>> = {
  tasks: 'tasks',
  handlers: 'handlers',
  defaults: 'vars',
  vars: 'vars',
  templates: 'template',
};

export interface FileChoice {
  /** Folders of roles; absolute. */
  readonly roles: readonly string[];
  /** What is parsed already, by shown name. */
  readonly trees: ReadonlyMap<string, SourceNode>;
  /** Whether rules judge the file; the others are only read for what they use. */
  readonly isJudged: (path: string) => boolean;
}

/** The files as rules look at them; what is encrypted, broken or nothing for a rule is left out. */
export function lintFiles(
  paths: Iterable<string>,
  sources: Sources,
  { roles, trees, isJudged }: FileChoice,
): readonly LintFile[] {
  const all = [...new Set([...paths, ...roles.flatMap(filesOfRole)])].sort();
  return all.flatMap((path) => {
    const text = sources.read(path);
    if (text === undefined || vaultFormat(text) !== undefined) return [];
    const role = roles.find((dir) => path.startsWith(`${dir}/`));
    const shown = sources.shown(path);
    const file = readLintFile({ path, shown, text, role, tree: trees.get(shown) });
    return file === undefined ? [] : [{ ...file, judged: isJudged(path) }];
  });
}

function filesOfRole(dir: string): readonly string[] {
  return Object.keys(KIND_OF_PART).flatMap((part) => filesBelow(join(dir, part)));
}

function filesBelow(dir: string): readonly string[] {
  try {
    return readdirSync(dir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith('~'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** A file by its text; `role` is the folder of the role that it belongs to. */
export function readLintFile(file: {
  readonly path: string;
  readonly shown: string;
  readonly text: string;
  readonly role: string | undefined;
  readonly tree?: SourceNode | undefined;
}): LintFile | undefined {
  const { path, shown, text, role } = file;
  const part = role === undefined ? folderOf(path) : (path.slice(role.length + 1).split('/')[0] ?? '');
  const kept = { path, shown, role, lines: text.split('\n'), judged: true };
  const isYaml = /\.ya?ml$|\/(group_vars|host_vars)\/[^.]+$|\/inventory$/.test(path);
  const isIni = part !== 'templates' && /\.ini$|\/hosts$/.test(path);
  if (isIni) return { ...kept, kind: 'ini', tree: undefined };
  if (part === 'templates' || !isYaml) return { ...kept, kind: 'template', tree: undefined };
  const tree = file.tree ?? parseYaml(text, shown).value;
  const kind = tree && kindOf(path, tree, part);
  return kind === undefined ? undefined : { ...kept, kind, tree };
}

function folderOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}

function kindOf(path: string, tree: SourceNode, part: string): FileKind | undefined {
  // Beside playbooks, modules/ holds descriptions of modules.
  if (['meta', 'files', 'modules'].includes(part) || tree.kind === 'scalar') return undefined;
  if (/\/(group_vars|host_vars)\//.test(path)) return 'inventory';
  if (tree.kind === 'map') {
    const isInventory = tree.entries.some(({ key }) => key === 'regions') || hasGroups(tree);
    return isInventory ? 'inventory' : 'vars';
  }
  const isPlay = mapsIn(tree).some(({ entries }) =>
    entries.some(({ key }) => key === 'hosts' || /(^|\.)import_playbook$/.test(key)),
  );
  if (isPlay) return 'playbook';
  return part === 'handlers' ? 'handlers' : 'tasks';
}
