import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { hasGroups, textFormat } from '../load/inventory-format.ts';
import { parseYaml } from '../load/yaml.ts';
import { isInventory } from './inventory-choice.ts';

/** What there is to check, by kind; absolute paths. */
export interface LintTargets {
  readonly playbooks: readonly string[];
  readonly inventories: readonly string[];
  readonly roles: readonly string[];
  readonly problems: readonly Diagnostic[];
}

interface Found {
  readonly kind: 'playbook' | 'inventory' | 'role';
  readonly path: string;
}

const NOT_LOOKED_INTO = new Set([
  'node_modules',
  'group_vars',
  'host_vars',
  'files',
  'templates',
  'modules',
  'dist',
]);

/** Finds playbooks, inventories and roles: a file is what its content says, folders are searched. */
export function findLintTargets(paths: readonly string[], cwd: string): LintTargets {
  const problems: Diagnostic[] = [];
  const found = paths.flatMap((given): readonly Found[] => {
    const path = resolve(cwd, given);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      problems.push(
        problem('not-found', undefined, 'no such path', `There is no file or folder "${given}".`),
      );
      return [];
    }
    return stat.isDirectory() ? inFolder(path) : [{ kind: kindOfFile(path) ?? 'playbook', path }];
  });
  const pathsOf = (kind: Found['kind']): readonly string[] => [
    ...new Set(found.filter((one) => one.kind === kind).map((one) => one.path)),
  ];
  return {
    playbooks: pathsOf('playbook'),
    inventories: pathsOf('inventory'),
    roles: pathsOf('role'),
    problems,
  };
}

function inFolder(dir: string): readonly Found[] {
  if (isInventory(dir)) return [{ kind: 'inventory', path: dir }];
  if (isRole(dir)) return [{ kind: 'role', path: dir }];
  const entries = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry): readonly Found[] => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return NOT_LOOKED_INTO.has(entry.name) ? [] : inFolder(path);
    const kind = /\.ya?ml$/.test(entry.name) ? kindOfFile(path) : undefined;
    return kind === undefined ? [] : [{ kind, path }];
  });
}

function isRole(dir: string): boolean {
  const has = (name: string) => existsSync(join(dir, name));
  return ['tasks', 'handlers', 'meta', 'defaults'].some(
    (part) => has(join(part, 'main.yml')) || has(join(part, 'main.yaml')),
  );
}

/** undefined: neither, as far as can be seen. */
function kindOfFile(path: string): 'playbook' | 'inventory' | undefined {
  const text = readFileSync(path, 'utf8');
  if (textFormat(text, path) === 'ini') return 'inventory';
  const { value } = parseYaml(text, basename(path));
  const keys = (node: typeof value): readonly string[] =>
    node?.kind === 'map' ? node.entries.map(({ key }) => key) : [];
  if (keys(value).includes('regions') || (value?.kind === 'map' && hasGroups(value))) return 'inventory';
  const items = value?.kind === 'list' ? value.items : [];
  return items.some((item) => keys(item).some((key) => ['hosts', 'import_playbook'].includes(key)))
    ? 'playbook'
    : undefined;
}
