import { passable, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Inventory } from '../model/inventory.ts';
import { resolvePattern } from '../plan/patterns.ts';
import { explainVariable } from './explain.ts';
import { chooseInventories } from './inventory-choice.ts';
import type { InventoryCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { nodeVariables } from './node-variables.ts';
import { loadProject, type Project } from './project.ts';
import { showProblems } from './show-problems.ts';
import { UsageError } from './usage-error.ts';

/** `oms-play inventory`; gives the exit code. */
export async function showInventory(options: InventoryCommandOptions, io: Io): Promise<number> {
  if (options.explain !== undefined && options.host === undefined) {
    throw new UsageError('--explain needs --host NODE: a value can differ from node to node');
  }
  const chosen = chooseInventories(options.inventory, io.env, io.cwd);
  if (chosen.problems.length > 0) return fail(chosen.problems, undefined, io);
  const project = await loadProject({
    inventories: chosen.value,
    playbooks: [],
    cwd: io.cwd,
    extraVars: options.extraVars,
  });
  const limited = limitTo(options.limit, project.inventory);
  const problems = [...project.problems, ...limited.problems];
  if (!passable(problems)) return fail(problems, project, io);
  showProblems({ ...project, problems }, io);
  const text = show(project, options, limited.value);
  io.stdout.write(`${project.masker.mask(text)}\n`);
  return 0;
}

function fail(problems: readonly Diagnostic[], project: Project | undefined, io: Io): number {
  const masker = project?.masker ?? { mask: (text: string) => text };
  showProblems({ problems, texts: project?.texts ?? new Map(), masker }, io);
  return 1;
}

function limitTo(limit: string | undefined, inventory: Inventory) {
  if (limit === undefined) return { value: new Set(inventory.nodes.keys()), problems: [] };
  const { value, problems } = resolvePattern(limit, inventory, undefined);
  return { value: new Set(value), problems };
}

function show(project: Project, options: InventoryCommandOptions, nodes: ReadonlySet<string>): string {
  const { inventory } = project;
  if (options.host !== undefined) {
    if (!inventory.nodes.has(options.host)) {
      const hint = didYouMean(options.host, inventory.nodes.keys());
      throw new UsageError(`there is no node "${options.host}" in the inventory.${hint}`);
    }
    if (options.explain !== undefined) return explainVariable(project, options.host, options.explain);
    return JSON.stringify(nodeVariables(project, options.host), null, 2);
  }
  return options.list ? JSON.stringify(listing(project, nodes), null, 2) : graph(inventory, nodes);
}

/** The form of `ansible-inventory --list`; regions are groups with `region: true`. */
function listing(project: Project, chosen: ReadonlySet<string>): object {
  const { inventory } = project;
  const names = [...inventory.nodes.keys()].filter((name) => chosen.has(name));
  const among = (nodes: readonly string[]) => nodes.filter((name) => chosen.has(name));
  const regions = inventory.regions.map(({ name, nodes, parallel }) => {
    return [
      name,
      { hosts: among(nodes), region: true, ...(parallel === undefined ? {} : { parallel }) },
    ] as const;
  });
  const groups = plainGroups(inventory).map(([name, nodes]) => [name, { hosts: among(nodes) }] as const);
  const children = [...regions, ...groups].map(([name]) => name);
  return {
    _meta: { hostvars: Object.fromEntries(names.map((name) => [name, nodeVariables(project, name)])) },
    all: { children },
    ...Object.fromEntries([...regions, ...groups]),
  };
}

function graph(inventory: Inventory, chosen: ReadonlySet<string>): string {
  const nodeLines = (nodes: readonly string[]) =>
    nodes
      .filter((name) => chosen.has(name))
      .map((name) => `  |  |--${name}  ${inventory.nodes.get(name)?.address ?? ''}`.trimEnd());
  const regions = inventory.regions.flatMap(({ name, nodes, parallel }) => [
    `  |--@${name}:  region${parallel === undefined ? '' : `, ${parallel} at once`}`,
    ...nodeLines(nodes),
  ]);
  const groups = plainGroups(inventory).flatMap(([name, nodes]) => [`  |--@${name}:`, ...nodeLines(nodes)]);
  return ['@all:', ...regions, ...groups].join('\n');
}

/** Groups that are neither a region nor `all`. */
function plainGroups(inventory: Inventory): readonly (readonly [string, readonly string[]])[] {
  const regions = new Set(inventory.regions.map(({ name }) => name));
  return [...inventory.groups].filter(([name]) => name !== 'all' && !regions.has(name));
}
