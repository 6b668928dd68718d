import { passable, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Inventory } from '../model/inventory.ts';
import { createSources } from '../load/sources.ts';
import { resolvePattern } from '../plan/patterns.ts';
import { explainVariable } from './explain.ts';
import { explainInPlaybooks } from './explain-playbooks.ts';
import { chooseInventories, inventorySettings } from './inventory-choice.ts';
import type { InventoryCommandOptions } from './command-options.ts';
import type { Io } from './io.ts';
import { graph, listedGroups } from './inventory-tree.ts';
import { readLimit } from './limit.ts';
import { nodeVariables } from './node-variables.ts';
import { loadProject, type Project } from './project.ts';
import { showProblems } from './show-problems.ts';
import { UsageError } from './usage-error.ts';
import { vaultRequest } from './vault-request.ts';

/** `oms-play inventory`; gives the exit code. */
export async function showInventory(options: InventoryCommandOptions, io: Io): Promise<number> {
  if (options.explain !== undefined && options.host === undefined) {
    throw new UsageError('--explain needs --host NODE: a value can differ from node to node');
  }
  if (options.playbook.length > 0 && options.explain === undefined) {
    throw new UsageError(
      '--playbook goes with --explain NAME: variables of playbooks differ from task to task',
    );
  }
  const chosen = chooseInventories(options.inventory, io.env, io.cwd);
  if (chosen.problems.length > 0) return fail(chosen.problems, undefined, io);
  const project = await loadProject({
    inventories: chosen.value,
    playbooks: options.playbook,
    playbookDirs: options.playbookDir === undefined ? [] : [options.playbookDir],
    cwd: io.cwd,
    extraVars: options.extraVars,
    limit: options.limit,
    vault: vaultRequest(options, io),
    inventorySettings: inventorySettings(options, io.env),
  });
  if (!passable(project.problems)) return fail(project.problems, project, io);
  showProblems(project, io);
  const text = show(project, options, limitTo(options.limit, project.inventory, io.cwd));
  io.stdout.write(`${project.masker.mask(text)}\n`);
  return 0;
}

function fail(problems: readonly Diagnostic[], project: Project | undefined, io: Io): number {
  const masker = project?.masker ?? { mask: (text: string) => text };
  showProblems({ problems, texts: project?.texts ?? new Map(), masker }, io);
  return 1;
}

/** The nodes of `-l`; what is wrong with it was told when the project was read. */
function limitTo(limit: string | undefined, inventory: Inventory, cwd: string): ReadonlySet<string> {
  const { value } = readLimit(limit, createSources({ cwd }), cwd);
  if (value === undefined) return new Set(inventory.nodes.keys());
  return new Set(resolvePattern(value, inventory, undefined).value);
}

function show(project: Project, options: InventoryCommandOptions, nodes: ReadonlySet<string>): string {
  const { inventory } = project;
  if (options.host !== undefined) {
    if (!inventory.nodes.has(options.host)) {
      const hint = didYouMean(options.host, inventory.nodes.keys());
      throw new UsageError(`there is no node "${options.host}" in the inventory.${hint}`);
    }
    if (options.explain !== undefined) return explain(project, options, options.host, options.explain);
    return JSON.stringify(nodeVariables(project, options.host), null, 2);
  }
  return options.list ? JSON.stringify(listing(project, nodes), null, 2) : graph(inventory, nodes);
}

function explain(
  project: Project,
  { playbook }: InventoryCommandOptions,
  host: string,
  name: string,
): string {
  return playbook.length > 0 ? explainInPlaybooks(project, host, name) : explainVariable(project, host, name);
}

/** The form of `ansible-inventory --list`. */
function listing(project: Project, chosen: ReadonlySet<string>): object {
  const { inventory } = project;
  const names = [...inventory.nodes.keys()].filter((name) => chosen.has(name));
  return {
    _meta: { hostvars: Object.fromEntries(names.map((name) => [name, nodeVariables(project, name)])) },
    ...listedGroups(inventory, chosen),
  };
}
