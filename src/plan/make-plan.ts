import type { Inventory, VarLayer } from '../model/inventory.ts';
import type { Play, Playbook } from '../model/playbook.ts';
import type { FactNames } from '../model/facts.ts';
import type { NodePlan, PlayPlan, RunPlan, TaskPlan } from '../model/plan.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { AnyModule } from '../modules/define.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { Compiler } from './compile.ts';
import { checkDelegates } from './delegates.ts';
import { FACT_MODULE } from './facts.ts';
import { namedLimits } from './limits.ts';
import { checkNames } from './names.ts';
import { checkNotify } from './notify.ts';
import type { PromptAnswers } from './prompts.ts';
import { planPlay } from './play.ts';
import { playWithValues } from './play-values.ts';
import { NOTHING_MATCHES, resolvePattern, type PlacedPattern } from './patterns.ts';
import { StartAt } from './start-at.ts';
import { tasksOf } from './steps.ts';
import { checkSteering } from './steering.ts';
import { checkTags, type TagChoice } from './tags.ts';
import type { PlannedRole, PlayFactory, TaggedTasks } from './factory.ts';
import type { ProjectFiles } from './files.ts';
import type { LateReader } from './late.ts';
import { checkRoleArguments } from './role-arguments.ts';

export interface PlanRequest {
  readonly inventory: Inventory;
  readonly playbooks: readonly Playbook[];
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly files: ProjectFiles;
  readonly tags: TagChoice;
  /** `-l`. */
  readonly limit: string | readonly PlacedPattern[] | undefined;
  /** `-e`. */
  readonly extra: VarLayer;
  /** Which region `order: default_first` begins with. */
  readonly defaultRegion: string | undefined;
  /** Playbooks that only stand for a role: a handler that it lacks may come from another role. */
  readonly rolePlaybooks?: ReadonlySet<string>;
  /** `--start-at-task`. */
  readonly startAt?: string | undefined;
  /** `--regions`: regions at once, at most. */
  readonly regionsAtOnce?: number | undefined;
  /** What is typed for `vars_prompt`: there at the latest when the run begins. */
  readonly answers?: PromptAnswers | undefined;
  /** Ids of tasks begin behind it: those of earlier plans of the same run stay theirs. */
  readonly afterId?: number;
  /** Reads files and roles that only the run names. */
  readonly late?: LateReader;
}

/** Works out who does what. Returns every problem that can be known before the first connection. */
export function makePlan(request: PlanRequest): Checked<RunPlan> {
  const { inventory } = request;
  const compiler = new Compiler();
  const problems: Diagnostic[] = [];
  const allowed = limitOf(request, problems);
  const tagged: TaggedTasks = { tags: new Set(), leftOut: [] };
  const roleUses: PlannedRole[] = [];
  const startAt = request.startAt === undefined ? undefined : new StartAt(request.startAt, tagged.leftOut);
  const make = factoryFor(request, { compiler, tagged, roleUses, startAt });
  const { plays, mayGrow } = planPlays(request, { make, allowed, problems });
  const plan: RunPlan = {
    playbooks: request.playbooks.map((p) => p.file),
    inventoryDir: inventory.dir,
    plays,
    nodes: compileNodes(inventory, compiler),
    groups: inventory.groups,
    regions: new Map(inventory.regions.map((r) => [r.name, r.nodes])),
    extra: compiler.layer(request.extra),
    selection: { limit: limitText(request.limit), ...request.tags },
  };
  compiler.problems.push(...checkRoleArguments(roleUses, plan));
  if (!mayGrow) compiler.problems.push(...checkDelegates(plan));
  const found = [
    ...problems,
    ...(plays.length === 0 ? [] : checkTags(request.tags, tagged.tags)),
    ...compiler.problems,
    ...(startAt?.problems() ?? []),
    ...plays.flatMap((play) => notifyProblems(play, plays, request)),
  ];
  // Names are judged only in a plan that is whole: a task that was dropped would leave its register undefined.
  const names = found.some((p) => p.severity === 'error')
    ? []
    : checkNames(plan, {
        leftOut: tagged.leftOut,
        startsLate: startAt !== undefined,
        facts: setupFacts(request),
        layers: mayGrow ? compiler.layers([...(inventory.groupLayers?.values() ?? [])].flat()) : [],
      });
  return { value: plan, problems: unique([...found, ...names]) };
}

type PlanParts = Pick<PlayFactory, 'compiler' | 'tagged' | 'roleUses' | 'startAt'>;

function factoryFor(request: PlanRequest, parts: PlanParts): PlayFactory {
  let id = request.afterId ?? 0;
  return {
    ...parts,
    modules: request.modules,
    tags: request.tags,
    files: request.files,
    nextId: () => ++id,
    late: request.late,
    handlers: [],
    rolesSeen: new Set<string>(),
    roleCount: { value: 0 },
    extra: request.extra,
    answers: request.answers,
    gathered: new Map<string, Set<string>>(),
    inventory: request.inventory,
    defaultRegion: request.defaultRegion,
  };
}

interface PlaysPlanning {
  readonly make: PlayFactory;
  /** What `-l` leaves; undefined: all. */
  readonly allowed: ReadonlySet<string> | undefined;
  readonly problems: Diagnostic[];
}

/** All plays, and whether tasks in them may add to the inventory. */
function planPlays(request: PlanRequest, { make, allowed, problems }: PlaysPlanning) {
  const { inventory } = request;
  const plays: PlayPlan[] = [];
  let mayGrow = false;
  for (const written of request.playbooks.flatMap((playbook) => playbook.plays)) {
    const told = playWithValues(written, make);
    const play = told ?? written;
    const nodes = told === undefined ? [] : nodesOf(play, inventory, { allowed, mayGrow }, problems);
    const limits = namedLimits(inventory.limits ?? [], play.limits);
    const planned = planPlay(play, nodes, { ...make, limits });
    const plan: PlayPlan = mayGrow && nodes.length === 0 ? { ...planned, hosts: play.hosts } : planned;
    make.compiler.problems.push(...checkSteering(plan, request.regionsAtOnce));
    plays.push(plan);
    const tasks = plan.steps.flatMap(tasksOf);
    mayGrow ||= tasks.some((task) => growsInventory(task, request));
    // Later plays gather what is forgotten here.
    if (tasks.some(({ meta }) => meta === 'clear_facts'))
      for (const node of nodes) make.gathered.delete(node);
  }
  return { plays, mayGrow };
}

function setupFacts({ modules }: PlanRequest): FactNames | undefined {
  return modules.get(FACT_MODULE)?.gathersFacts;
}

function notifyProblems(play: PlayPlan, plays: readonly PlayPlan[], request: PlanRequest) {
  if (request.rolePlaybooks?.has(play.at.file) !== true) return checkNotify(play);
  return checkNotify(play, plays).map((found) => ({
    ...found,
    severity: 'warning' as const,
    detail: `${found.detail} A play that uses this role must bring one.`,
  }));
}

function limitText(limit: PlanRequest['limit']): string | undefined {
  return typeof limit === 'object' ? limit.map(({ text }) => text).join(',') : limit;
}

function limitOf(request: PlanRequest, problems: Diagnostic[]): ReadonlySet<string> | undefined {
  if (request.limit === undefined) return undefined;
  const resolved = resolvePattern(request.limit, request.inventory, undefined);
  problems.push(...resolved.problems);
  return new Set(resolved.value);
}

function nodesOf(
  play: Play,
  inventory: Inventory,
  { allowed, mayGrow }: { readonly allowed: ReadonlySet<string> | undefined; readonly mayGrow: boolean },
  problems: Diagnostic[],
): readonly string[] {
  // What is wrong with it has been told.
  if (play.hosts === '') return [];
  const resolved = resolvePattern(play.hosts, inventory, play.hostsAt);
  // A task before this play may bring what is missing: it is looked for again when the play begins.
  problems.push(...resolved.problems.filter(({ summary }) => !mayGrow || summary !== NOTHING_MATCHES));
  const nodes = resolved.value.filter((name) => allowed?.has(name) ?? true);
  // A wrong -l is told once, not for every play again.
  const limitLeaves = allowed === undefined || allowed.size > 0;
  if (nodes.length === 0 && resolved.problems.length === 0 && limitLeaves && !mayGrow) {
    const detail =
      allowed === undefined ? 'The pattern leaves no node.' : 'The limit (-l) leaves no node of this play.';
    problems.push({
      ...problem('bad-pattern', play.hostsAt, 'no nodes matched', detail),
      severity: 'warning',
    });
  }
  return nodes;
}

/** Later plays may find other nodes than the inventory has now. */
function growsInventory({ module, meta, include }: TaskPlan, { modules }: PlanRequest): boolean {
  if (meta === 'refresh_inventory' || modules.get(module)?.addition !== undefined) return true;
  return include !== undefined && include.fixed === undefined;
}

function compileNodes(inventory: Inventory, compiler: Compiler): ReadonlyMap<string, NodePlan> {
  const plans = new Map<string, NodePlan>();
  for (const node of inventory.nodes.values()) {
    plans.set(node.name, { node, layers: compiler.layers(node.layers) });
  }
  return plans;
}

/** A role that is used twice is compiled twice; its problems are told once. */
function unique(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return problems.filter((p) => {
    const key = `${p.at?.file}:${p.at?.line}:${p.at?.column}:${p.summary}:${p.detail}`;
    return !seen.has(key) && seen.add(key);
  });
}
