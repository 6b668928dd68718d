import { passable, problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { RoleUse } from '../model/playbook.ts';
import type { Io } from './io.ts';
import type { LintCommandOptions } from './command-options.ts';
import { inventoryPath, inventorySettings as inventorySettingsOf } from './inventory-choice.ts';
import { findLintTargets } from './lint-targets.ts';
import { loadProject, type Project } from './project.ts';
import { showProblems } from './show-problems.ts';
import { uniqueProblems } from './unique.ts';
import { vaultRequest } from './vault-request.ts';

/** `oms-play lint`: checks all that the paths hold; gives the exit code. */
export async function lint(paths: readonly string[], options: LintCommandOptions, io: Io): Promise<number> {
  const targets = findLintTargets(paths, io.cwd);
  const given = options.inventory.map((path) => inventoryPath(path, io.cwd));
  // Each inventory found is one of its own; several -i belong together.
  const inventories = [...targets.inventories.map((path) => [path]), ...(given.length > 0 ? [given] : [])];
  const { playbooks } = targets;
  const vault = vaultRequest(options, io);
  const settings = inventorySettingsOf(options, io.env);
  const projects: Project[] = [];
  for (const set of inventories.length > 0 ? inventories : [undefined]) {
    if (set === undefined && playbooks.length === 0) continue;
    // A dynamic inventory that was only found is not run; one that is given is.
    const inventorySettings = {
      ...settings,
      runScripts: set?.every((path) => given.includes(path)) === true,
    };
    projects.push(await loadProject({ inventories: set, playbooks, cwd: io.cwd, vault, inventorySettings }));
  }
  const used = new Set(projects.flatMap(rolesOf));
  const roles = targets.roles.filter((dir) => !used.has(dir));
  if (roles.length > 0) {
    projects.push(await loadProject({ inventories: undefined, playbooks: [], roles, cwd: io.cwd, vault }));
  }
  const problems = [...targets.problems, ...projects.flatMap((project) => project.problems)];
  if (problems.length === 0 && projects.length === 0) problems.push(nothingFound(paths));
  return report(problems, projects, io);
}

function report(problems: readonly Diagnostic[], projects: readonly Project[], io: Io): number {
  const found = uniqueProblems(problems);
  const texts = new Map(projects.flatMap((project) => [...project.texts]));
  const mask = (text: string): string => projects.reduce((masked, { masker }) => masker.mask(masked), text);
  showProblems({ problems: found, texts, masker: { mask } }, io);
  if (found.length === 0) io.stdout.write('no problems\n');
  return passable(found) ? 0 : 1;
}

function nothingFound(paths: readonly string[]): Diagnostic {
  const detail = `There is no playbook, role or inventory in ${paths.join(', ')}.`;
  return problem('not-found', undefined, 'nothing to check', detail);
}

function rolesOf(project: Project): readonly string[] {
  const dirs = (uses: readonly RoleUse[]): readonly string[] =>
    uses.flatMap(({ role }) => [role.dir, ...dirs(role.dependencies)]);
  return project.playbooks.flatMap(({ plays }) => plays.flatMap((play) => dirs(play.roles)));
}
