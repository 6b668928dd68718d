import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Inventory, VarLayer } from '../model/inventory.ts';
import type { Playbook } from '../model/playbook.ts';
import type { RunPlan } from '../model/plan.ts';
import { Masker } from '../model/masker.ts';
import { passable, type Diagnostic, type DiagnosticCode } from '../diagnostics/diagnostic.ts';
import { loadInventory } from '../load/inventory.ts';
import { askScripts, type ScriptAnswers } from '../load/inventory-scripts.ts';
import { loadPlaybook } from '../load/playbook.ts';
import { createSources, type Sources } from '../load/sources.ts';
import { Keyring } from '../vault/keyring.ts';
import { isVaultFile } from '../vault/format.ts';
import { Vault } from '../vault/vault.ts';
import type { AnyModule } from '../modules/define.ts';
import { builtinModules } from '../modules/index.ts';
import { checkTopology, defaultRegion } from '../oms/topology.ts';
import { makePlan, type PlanRequest } from '../plan/make-plan.ts';
import { readExtraVars } from './extra-vars.ts';
import { inventoryPath, SCRIPT_TIMEOUT_MS, type InventorySettings } from './inventory-choice.ts';
import { readLimit } from './limit.ts';
import { packageRoot } from './package-root.ts';
import { findPlaybooks, rolePaths } from './playbook-files.ts';
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
  /** Folders of roles to check by themselves. */
  readonly roles?: readonly string[];
  /** undefined: the process's working folder. */
  readonly cwd?: string;
  /** As `-e` takes them. */
  readonly extraVars?: readonly string[];
  readonly limit?: string | undefined;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
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
  /** Knows the secrets that are written in the files; give it to the run and hold every output to it. */
  readonly masker: Masker;
}

/** Reads inventories and playbooks, makes the plan, and gathers every problem of all of them. Runs nothing. */
export async function loadProject(request: ProjectRequest): Promise<Project> {
  const cwd = request.cwd ?? process.cwd();
  const masker = new Masker();
  const keyring = new Keyring(request.vault?.sources ?? [], keyIo(request.vault, cwd), masker);
  await keyring.readFiles();
  const vault = new Vault(keyring, masker);
  const sources = createSources({ cwd, vault });
  const scripts = await inventoryScripts(request, cwd, sources);
  const readOnce = (): Promise<Project> => readProject(request, { cwd, sources, masker, scripts });
  let project = await readOnce();
  // Reading does not wait: what it found encrypted is opened now, and read in the next round.
  while (await vault.unlock()) project = await readOnce();
  return { ...project, problems: [...keyProblems(keyring), ...project.problems] };
}

/** What is there for every round of reading. */
interface Round {
  readonly cwd: string;
  readonly sources: Sources;
  readonly masker: Masker;
  readonly scripts: ScriptAnswers;
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
  const played = await readPlaybooks(request, cwd, sources);
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
    modules: played.modules,
    problems: uniqueProblems([
      ...extra.problems,
      ...read.problems,
      ...inventory.problems,
      ...played.problems,
      ...planned.problems,
    ]),
    texts: sources.texts,
    masker,
  };
}

interface ReadInventory {
  readonly value: Inventory;
  readonly problems: readonly Diagnostic[];
  /** False: parts of it are missing, so that what is missing in turn says nothing. */
  readonly whole: boolean;
}

function readInventory(request: ProjectRequest, { cwd, sources, scripts }: Round): ReadInventory {
  const { inventories, inventorySettings } = request;
  if (inventories === undefined) return { value: noInventory(cwd), problems: [], whole: false };
  const { value, problems } = loadInventory(
    inventories.map((path) => inventoryPath(path, cwd)),
    sources,
    { scripts, regionBy: inventorySettings?.regionBy },
  );
  const partial: readonly DiagnosticCode[] = ['yaml-syntax', 'file-unreadable', 'empty-file', 'not-found'];
  const whole = value.nodes.size > 0 && !problems.some((found) => partial.includes(found.code));
  return { value, problems, whole };
}

function noInventory(dir: string): Inventory {
  return { dir, regions: [], groups: new Map(), nodes: new Map() };
}

interface Played {
  readonly playbooks: readonly Playbook[];
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly rolePlaybooks: ReadonlySet<string>;
  readonly problems: readonly Diagnostic[];
}

async function readPlaybooks(request: ProjectRequest, cwd: string, sources: Sources): Promise<Played> {
  const places = { cwd, packageDir: packageRoot() };
  const files = findPlaybooks(request.playbooks, places);
  const own = await loadUserModules(files.value, new Set(builtinModules.map((m) => m.name)), sources);
  const modules = new Map([...builtinModules, ...own.value].map((module) => [module.name, module]));
  const roles = (request.roles ?? []).map((dir) => resolve(cwd, dir));
  const options = {
    rolePaths: [...roles.map((dir) => dirname(dir)), ...rolePaths(places)],
    moduleNames: new Set([...modules.keys(), ...own.broken]),
  };
  const ofRoles = roles.map((dir) => playOfRole(dir, sources));
  const all = [...files.value, ...ofRoles];
  const loaded = all.map((file) => loadPlaybook(file, sources, options));
  return {
    playbooks: loaded.map(({ value }) => value),
    modules,
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
): { readonly plan: RunPlan; readonly problems: readonly Diagnostic[] } {
  const { inventory, extra, sources } = parts;
  const base: PlanRequest = {
    inventory: inventory.value,
    playbooks: [],
    modules: parts.modules,
    files: projectFiles(sources),
    tags: { tags: request.tags ?? [], skipTags: request.skipTags ?? [] },
    limit: parts.limit,
    extra,
    defaultRegion: undefined,
    rolePlaybooks: parts.rolePlaybooks,
  };
  if (!inventory.whole) return planWithoutInventory(base, parts.playbooks);
  const views = regionViews(inventory.value.regions, makePlan(base).value, parts.masker);
  const topology = checkTopology(views.regions);
  const planned = makePlan({
    ...base,
    playbooks: parts.playbooks,
    defaultRegion: defaultRegion(views.regions),
  });
  const problems = [...withoutTwins(topology, inventory.problems), ...planned.problems];
  const told = new Set(problems.map(({ at }) => placeKey(at)));
  const values = views.problems.filter(({ at }) => !told.has(placeKey(at)));
  const earlier = [...inventory.problems, ...parts.problems, ...topology];
  return { plan: planned.value, problems: [...withoutRepeats(problems, earlier), ...values] };
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
    isEncrypted: isVaultFile,
  };
}
