import type { Inventory, VarLayer } from '../model/inventory.ts';
import type { Play, Playbook } from '../model/playbook.ts';
import type { FactNames } from '../model/facts.ts';
import type { NodePlan, PlayPlan, RunPlan } from '../model/plan.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { AnyModule } from '../modules/define.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { Compiler } from './compile.ts';
import { FACT_MODULE } from './facts.ts';
import { checkNames } from './names.ts';
import { checkNotify } from './notify.ts';
import { planPlay } from './play.ts';
import { resolvePattern, type PlacedPattern } from './patterns.ts';
import { checkTags, type TagChoice } from './tags.ts';
import type { TaggedTasks } from './tasks.ts';
import type { ProjectFiles } from './files.ts';

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
}

/** Works out who does what. Returns every problem that can be known before the first connection. */
export function makePlan(request: PlanRequest): Checked<RunPlan> {
  const { inventory, defaultRegion } = request;
  const extraNames = new Set(request.extra.vars.keys());
  const compiler = new Compiler();
  const problems: Diagnostic[] = [];
  const allowed = limitOf(request, problems);
  const tagged: TaggedTasks = { tags: new Set(), leftOut: [] };
  let id = 0;
  const make = {
    compiler,
    modules: request.modules,
    tags: request.tags,
    tagged,
    files: request.files,
    nextId: () => ++id,
    toldArguments: new Set<string>(),
    extra: request.extra,
    gathered: new Map<string, Set<string>>(),
  };
  const plays: PlayPlan[] = [];
  for (const playbook of request.playbooks) {
    for (const play of playbook.plays) {
      const nodes = nodesOf(play, inventory, allowed, problems);
      plays.push(planPlay(play, playbook, nodes, { ...make, inventory, extraNames, defaultRegion }));
    }
  }
  const plan: RunPlan = {
    playbooks: request.playbooks.map((p) => p.file),
    inventoryDir: inventory.dir,
    plays,
    nodes: compileNodes(inventory, compiler),
    groups: inventory.groups,
    regions: new Map(inventory.regions.map((r) => [r.name, r.nodes])),
    extra: compiler.layer(request.extra),
  };
  const found = [
    ...problems,
    ...(plays.length === 0 ? [] : checkTags(request.tags, tagged.tags)),
    ...compiler.problems,
    ...plays.flatMap((play) => notifyProblems(play, plays, request)),
  ];
  // Names are judged only in a plan that is whole: a task that was dropped would leave its register undefined.
  const names = found.some((p) => p.severity === 'error')
    ? []
    : checkNames(plan, { leftOut: tagged.leftOut, facts: setupFacts(request) });
  return { value: plan, problems: unique([...found, ...names]) };
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

function limitOf(request: PlanRequest, problems: Diagnostic[]): ReadonlySet<string> | undefined {
  if (request.limit === undefined) return undefined;
  const resolved = resolvePattern(request.limit, request.inventory, undefined);
  problems.push(...resolved.problems);
  return new Set(resolved.value);
}

function nodesOf(
  play: Play,
  inventory: Inventory,
  allowed: ReadonlySet<string> | undefined,
  problems: Diagnostic[],
): readonly string[] {
  const resolved = resolvePattern(play.hosts, inventory, play.hostsAt);
  problems.push(...resolved.problems);
  const nodes = resolved.value.filter((name) => allowed?.has(name) ?? true);
  // A wrong -l is told once, not for every play again.
  const limitLeaves = allowed === undefined || allowed.size > 0;
  if (nodes.length === 0 && resolved.problems.length === 0 && limitLeaves) {
    const detail =
      allowed === undefined ? 'The pattern leaves no node.' : 'The limit (-l) leaves no node of this play.';
    problems.push({
      ...problem('bad-pattern', play.hostsAt, 'no nodes matched', detail),
      severity: 'warning',
    });
  }
  return nodes;
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
