import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { findAll, lintProject } from '../lint/check.ts';
import { lintFiles } from '../lint/files.ts';
import { outcomes } from '../lint/outcome.ts';
import { createSources } from '../load/sources.ts';
import { builtinModules } from '../modules/index.ts';
import type { RoleUse } from '../model/playbook.ts';
import type { LintCommandOptions } from './command-options.ts';
import { inventoryPath, inventorySettings as inventorySettingsOf } from './inventory-choice.ts';
import type { Io } from './io.ts';
import type { Linted } from './lint-answer.ts';
import { applyFixes } from './lint-fix.ts';
import { lintChoice, type LintChoice } from './lint-choice.ts';
import { listRules, showLint } from './lint-output.ts';
import { findLintTargets, type LintTargets } from './lint-targets.ts';
import { loadProject, type Project } from './project.ts';
import { uniqueProblems } from './unique.ts';
import { vaultRequest } from './vault-request.ts';

/** After so many rounds of mending something mends what another one breaks. */
const MAX_ROUNDS = 10;

/** `oms-play lint`: checks all that the paths hold; gives the exit code. */
export async function lint(paths: readonly string[], options: LintCommandOptions, io: Io): Promise<number> {
  if (options.listRules) return listRules(io);
  const choice = lintChoice(options, io);
  const wanted = paths.length === 0 ? ['.'] : paths;
  let linted = await lintOnce(wanted, { options, choice, io });
  for (let round = 0; options.fix && round < MAX_ROUNDS; round++) {
    if (applyFixes(linted, options, io) === 0) break;
    linted = await lintOnce(wanted, { options, choice, io });
  }
  return showLint(linted, options, io);
}

interface Round {
  readonly options: LintCommandOptions;
  readonly choice: LintChoice;
  readonly io: Io;
}

async function lintOnce(paths: readonly string[], round: Round): Promise<Linted> {
  const { choice, io } = round;
  const targets = findLintTargets(paths, io.cwd);
  const projects = await loadAll(targets, round);
  const problems = [
    ...choice.problems,
    ...targets.problems,
    ...projects.flatMap((project) => project.problems),
  ];
  if (problems.length === 0 && projects.length === 0) problems.push(nothingFound(paths));
  const files = filesOf(projects, targets, paths, io.cwd);
  const modules = new Map(builtinModules.map((module) => [module.name, module]));
  for (const project of projects) for (const [name, module] of project.modules) modules.set(name, module);
  const findings = findAll(lintProject(files, modules), choice.rules);
  return {
    outcomes: outcomes({ problems: uniqueProblems(problems), findings }, files, choice),
    texts: new Map([...choice.texts, ...projects.flatMap((project) => [...project.texts])]),
    mask: (text) => projects.reduce((masked, { masker }) => masker.mask(masked), text),
  };
}

async function loadAll(targets: LintTargets, { options, io }: Round): Promise<readonly Project[]> {
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
  return projects;
}

/** Everything that was read, and all of each role, which may be reached in ways that only a run shows. */
function filesOf(
  projects: readonly Project[],
  targets: LintTargets,
  paths: readonly string[],
  cwd: string,
): ReturnType<typeof lintFiles> {
  const read = projects.flatMap(({ texts }) => [...texts.keys()].map((name) => resolve(cwd, name)));
  const roles = new Set([...targets.roles, ...projects.flatMap(rolesOf), ...read.flatMap(roleOf)]);
  const trees = new Map(projects.flatMap((project) => [...project.trees]));
  const own = [cwd, ...paths.map((path) => resolve(cwd, path))];
  const isJudged = (path: string): boolean =>
    own.some((dir) => path === dir || path.startsWith(`${dir}/`)) && !path.includes('/node_modules/');
  return lintFiles(read.filter(existsSync), createSources({ cwd }), { roles: [...roles], trees, isJudged });
}

function roleOf(path: string): readonly string[] {
  const dir = /^(.*\/roles\/[^/]+)\/(tasks|handlers|defaults|vars)\//.exec(path)?.[1];
  return dir === undefined ? [] : [dir];
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
