import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Inventory, VarLayer } from '../model/inventory.ts';
import type { Playbook } from '../model/playbook.ts';
import type { RunPlan } from '../model/plan.ts';
import type { SourceNode } from '../model/source.ts';
import { Masker } from '../model/masker.ts';
import { passable, type Diagnostic, type DiagnosticCode } from '../diagnostics/diagnostic.ts';
import { askScripts, type ScriptAnswers } from '../load/inventory-scripts.ts';
import { loadPlaybook } from '../load/playbook.ts';
import { createLateReader, type LateReader } from '../load/late.ts';
import { createSources, type Sources } from '../load/sources.ts';
import { Keyring } from '../vault/keyring.ts';
import { Vault } from '../vault/vault.ts';
import type { AnyModule } from '../modules/define.ts';
import { builtinModules } from '../modules/index.ts';
import { checkTopology, defaultRegion } from '../oms/topology.ts';
import { makePlan, type PlanRequest } from '../plan/make-plan.ts';
import type { PromptAnswers } from '../plan/prompts.ts';
import { planGrown } from '../plan/replan.ts';
import type { Replan } from '../run/live-inventory.ts';
import { decrypterOf, openEncrypted } from './encrypted-files.ts';
import { readExtraVars } from './extra-vars.ts';
import { inventoryPath, SCRIPT_TIMEOUT_MS, type InventorySettings } from './inventory-choice.ts';
import { readLimit } from './limit.ts';
import { packageRoot } from './package-root.ts';
import { findPlaybooks, rolePaths } from './playbook-files.ts';
import { noInventory, readInventory, type ReadInventory } from './read-inventory.ts';
import { regionViews } from './region-views.ts';
import { learnWrittenSecrets } from './secrets.ts';
import { placeKey, uniqueProblems, withoutRepeats, withoutTwins } from './unique.ts';
import { loadUserModules } from './user-modules.ts';
import { keyIo, keyProblems, type VaultRequest } from './vault-request.ts';

export interface ProjectRequest {
  /** Inventory files or folders; undefined: check the playbooks by themselves, as far as that goes. */
  readonly inventories: readonly string[] | undefined;
  /** Paths, or names of playbooks in ./playbooks or in the package. */
  readonly playbooks: readonly string[];
  /** Folders where group_vars and host_vars are read beside those of the playbooks. */
  readonly playbookDirs?: readonly string[];
  /** Folders of roles to check by themselves. */
  readonly roles?: readonly string[];
  /** Gives the text of a playbook that is in no file; asked when the modules are known. */
  readonly adHoc?: (modules: ReadonlyMap<string, AnyModule>) => string;
  /** undefined: the process's working folder. */
  readonly cwd?: string;
  /** As `-e` takes them. */
  readonly extraVars?: readonly string[];
  readonly limit?: string | undefined;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** The task that the run begins with. */
  readonly startAtTask?: string | undefined;
  /** Regions at once, at most. */
  readonly regionsAtOnce?: number | undefined;
  /** Takes what is typed for vars_prompt, before the run. */
  readonly answers?: PromptAnswers;
  /** Where the keys of encrypted files and values come from. */
  readonly vault?: VaultRequest;
  /** How Ansible's inventories are read; undefined: as usual, scripts are run. */
  readonly inventorySettings?: InventorySettings;
}

/** Everything that was read, worked out and checked; run it only when {@link passable} says so of its problems. */
export interface Project {
  readonly inventory: Inventory;
  readonly playbooks: readonly Playbook[];
  /** The variables of `-e`. */
  readonly extra: VarLayer;
  readonly plan: RunPlan;
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly problems: readonly Diagnostic[];
  /** Texts of the files by the names that problems show. */
  readonly texts: ReadonlyMap<string, string>;
  /** What the YAML files among them hold. */
  readonly trees: ReadonlyMap<string, SourceNode>;
  /** Knows the secrets that are written in the files; give it to the run and hold every output to it. */
  readonly masker: Masker;
  /** Plans further plays again when tasks have added to the inventory. */
  readonly replan?: Replan;
  /** What the plan was made of. */
  readonly request?: PlanRequest;
  /** What is in a file that is encrypted; undefined: it is not. Throws ModuleError. */
  readonly decrypted?: (path: string) => Promise<Buffer | undefined>;
}

/** Reads inventories and playbooks, makes the plan, and gathers every problem of all of them. Runs nothing. */
export function loadProject(request: ProjectRequest): Promise<Project> {
  return loadWith(request, new Masker());
}

async function loadWith(request: ProjectRequest, masker: Masker): Promise<Project> {
  const cwd = request.cwd ?? process.cwd();
  const keyring = new Keyring(request.vault?.sources ?? [], keyIo(request.vault, cwd), masker);
  await keyring.readFiles();
  const vault = new Vault(keyring, masker);
  const sources = createSources({ cwd, vault });
  const scripts = await inventoryScripts(request, cwd, sources);
  const unlock = (): Promise<boolean> => vault.unlock();
  const readOnce = (): Promise<Project> => readProject(request, { cwd, sources, masker, scripts, unlock });
  let project = await readOnce();
  // Reading does not wait: what it found encrypted is opened now, and read in the next round.
  while (await vault.unlock()) project = await readOnce();
  const { adHoc: _, ...written } = request;
  const inventoryAlone = { ...written, playbooks: [], roles: [], startAtTask: undefined };
  const replan = replanWith(project.request, () => loadWith(inventoryAlone, masker));
  const problems = [...keyProblems(keyring), ...project.problems];
  return { ...project, replan, decrypted: decrypterOf(sources, unlock), problems };
}

/** The playbooks stay those that were checked; `read` reads the inventory again. */
function replanWith(planned: PlanRequest | undefined, read: () => Promise<Project>): Replan {
  let inventory = planned?.inventory;
  return async (change) => {
    if (planned === undefined || inventory === undefined) return { plan: undefined, problems: [] };
    if (change.refresh) {
      const fresh = await read();
      const errors = fresh.problems.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) return { plan: undefined, problems: errors.map(({ detail }) => detail) };
      inventory = fresh.inventory;
    }
    return planGrown({ ...planned, inventory }, change);
  };
}

/** What is there for every round of reading. */
interface Round {
  readonly cwd: string;
  readonly sources: Sources;
  readonly masker: Masker;
  readonly scripts: ScriptAnswers;
  /** Opens what was found encrypted. */
  readonly unlock: () => Promise<boolean>;
}

async function inventoryScripts(
  { inventories = [], inventorySettings }: ProjectRequest,
  cwd: string,
  sources: Sources,
): Promise<ScriptAnswers> {
  if (inventorySettings?.runScripts === false) return new Map();
  const paths = inventories.map((path) => inventoryPath(path, cwd));
  return askScripts(paths, sources, { timeoutMs: inventorySettings?.scriptTimeoutMs ?? SCRIPT_TIMEOUT_MS });
}

async function readProject(request: ProjectRequest, round: Round): Promise<Project> {
  const { cwd, sources, masker } = round;
  const extra = readExtraVars(request.extraVars ?? [], sources, cwd);
  const inventory = readInventory(request, round);
  const played = await readPlaybooks(request, round);
  learnWrittenSecrets(masker, {
    inventory: inventory.value,
    playbooks: played.playbooks,
    extra: extra.value,
  });
  const read = readLimit(request.limit, sources, cwd);
  const limit = passable(read.problems) ? read.value : undefined;
  const planned = planProject(request, { inventory, extra: extra.value, masker, sources, limit, ...played });
  return {
    inventory: inventory.value,
    playbooks: played.playbooks,
    extra: extra.value,
    plan: planned.plan,
    ...(planned.request && { request: planned.request }),
    modules: played.modules,
    problems: uniqueProblems([
      ...extra.problems,
      ...read.problems,
      ...inventory.problems,
      ...played.problems,
      ...planned.problems,
    ]),
    texts: sources.texts,
    trees: sources.trees,
    masker,
  };
}

interface Played {
  readonly playbooks: readonly Playbook[];
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly rolePlaybooks: ReadonlySet<string>;
  readonly late: LateReader;
  readonly problems: readonly Diagnostic[];
}

async function readPlaybooks(request: ProjectRequest, { cwd, sources, unlock }: Round): Promise<Played> {
  const places = { cwd, packageDir: packageRoot() };
  const files = findPlaybooks(request.playbooks, places);
  const adHoc = request.adHoc === undefined ? [] : [join(cwd, '(command line)')];
  // A role by itself has the modules of the project that it is in.
  const ofProject = request.roles === undefined ? [] : [cwd, join(cwd, 'playbooks')];
  const own = await loadUserModules(
    [...files.value, ...adHoc, ...ofProject.map((dir) => join(dir, '(role)'))],
    new Set(builtinModules.map((m) => m.name)),
    sources,
  );
  const modules = new Map([...builtinModules, ...own.value].map((module) => [module.name, module]));
  const roles = (request.roles ?? []).map((dir) => resolve(cwd, dir));
  const options = {
    rolePaths: [...roles.map((dir) => dirname(dir)), ...rolePaths(places)],
    moduleNames: new Set([...modules.keys(), ...own.broken]),
  };
  const ofRoles = roles.map((dir) => playOfRole(dir, sources));
  const all = [...files.value, ...ofRoles, ...adHoc];
  for (const file of adHoc) sources.add(sources.shown(file), request.adHoc?.(modules) ?? '');
  const loaded = all.map((file) => loadPlaybook(file, sources, options));
  return {
    playbooks: loaded.map(({ value }) => value),
    modules,
    late: createLateReader({ sources, unlock, ...options }),
    rolePlaybooks: new Set(ofRoles.map((file) => sources.shown(file))),
    problems: [...files.problems, ...own.problems, ...loaded.flatMap(({ problems }) => problems)],
  };
}

/** A playbook, in no file, that does nothing but use the role. */
function playOfRole(dir: string, sources: Sources): string {
  const file = join(dirname(dir), `(role ${basename(dir)}).yml`);
  sources.add(sources.shown(file), `- hosts: all\n  roles:\n    - role: ${JSON.stringify(basename(dir))}\n`);
  return file;
}

interface PlanParts extends Played {
  readonly limit: PlanRequest['limit'];
  readonly inventory: ReadInventory;
  readonly extra: VarLayer;
  readonly masker: Masker;
  readonly sources: Sources;
}

function planProject(
  request: ProjectRequest,
  parts: PlanParts,
): { readonly plan: RunPlan; readonly problems: readonly Diagnostic[]; readonly request?: PlanRequest } {
  const { inventory, extra, sources } = parts;
  const base: PlanRequest = {
    inventory: inventory.value,
    playbooks: [],
    modules: parts.modules,
    files: projectFiles(sources),
    tags: { tags: request.tags ?? [], skipTags: request.skipTags ?? [] },
    startAt: request.startAtTask,
    regionsAtOnce: request.regionsAtOnce,
    answers: request.answers,
    limit: parts.limit,
    extra,
    defaultRegion: undefined,
    rolePlaybooks: parts.rolePlaybooks,
    late: parts.late,
  };
  if (!inventory.whole) return planWithoutInventory(base, parts.playbooks);
  const views = regionViews(inventory.value.regions, makePlan(base).value, parts.masker);
  const topology = checkTopology(views.regions);
  const whole = { ...base, playbooks: parts.playbooks, defaultRegion: defaultRegion(views.regions) };
  const planned = makePlan(whole);
  const problems = [...withoutTwins(topology, inventory.problems), ...planned.problems];
  const told = new Set(problems.map(({ at }) => placeKey(at)));
  const values = views.problems.filter(({ at }) => !told.has(placeKey(at)));
  const earlier = [...inventory.problems, ...parts.problems, ...topology];
  return { plan: planned.value, problems: [...withoutRepeats(problems, earlier), ...values], request: whole };
}

/** Names and patterns say nothing where the nodes are not known. */
function planWithoutInventory(base: PlanRequest, playbooks: readonly Playbook[]) {
  const inventory = noInventory(base.inventory.dir);
  const planned = makePlan({ ...base, inventory, playbooks, limit: undefined });
  const silent: readonly DiagnosticCode[] = ['bad-pattern', 'undefined-variable'];
  return { plan: planned.value, problems: planned.problems.filter(({ code }) => !silent.includes(code)) };
}

function projectFiles(sources: Sources): PlanRequest['files'] {
  return {
    exists: existsSync,
    read: (path) => {
      const text = sources.read(path);
      return text === undefined ? undefined : { text, shownAs: sources.shown(path) };
    },
    ...openEncrypted(sources),
  };
}
