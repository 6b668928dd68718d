import type { Play, Playbook, RoleUse } from '../model/playbook.ts';
import type { CompiledLayer, PlayPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import { planGathering } from './facts.ts';
import { planRegions } from './regions.ts';
import { tasksOf } from './steps.ts';
import {
  inside,
  planSteps,
  planTask,
  type Surroundings,
  type PlayFactory,
  type TaskFactory,
} from './tasks.ts';
import { checkRoleArguments } from './role-arguments.ts';

/** One play with its roles unfolded, its nodes chosen and its regions in order. */
export function planPlay(
  play: Play,
  playbook: Playbook,
  nodes: readonly string[],
  make: PlayFactory,
): PlayPlan {
  const roles = unfoldRoles(play.roles);
  const outer = surroundingsOf(play, playbook, roles, make);
  const handlers: TaskPlan[] = [];
  const roleSteps: StepPlan[] = [];
  for (const use of roles) {
    checkRoleArguments(use, nodes, play, make);
    const within = roleSurroundings(use, outer, make);
    roleSteps.push(...planSteps(use.role.tasks, within, make));
    handlers.push(
      ...use.role.handlers.flatMap((handler) => planTask(handler, within, { ...make, tags: noTags })),
    );
  }
  handlers.push(...play.handlers.flatMap((handler) => planTask(handler, outer, { ...make, tags: noTags })));
  const flush = { kind: 'flush' } as const;
  const steps = [
    ...phase(planSteps(play.preTasks, outer, make), flush),
    ...phase([...roleSteps, ...planSteps(play.tasks, outer, make)], flush),
    ...phase(planSteps(play.postTasks, outer, make), flush),
  ];
  const tasks = [...steps.flatMap(tasksOf), ...handlers];
  const regions = planRegions(play, nodes, make.inventory, make.defaultRegion);
  return {
    name: play.name,
    at: play.at,
    playbookDir: playbook.dir,
    strategy: play.strategy,
    regionsAtOnce: Math.max(1, play.regions ?? regions.length),
    regions,
    maxFailPercentage: play.maxFailPercentage,
    anyErrorsFatal: play.anyErrorsFatal,
    forceHandlers: play.forceHandlers,
    steps: [...planGathering(play, { tasks, nodes, outer }, make), ...steps],
    handlers,
  };
}

/** Handlers run whatever tags were asked for: what was notified must be done. */
const noTags = { tags: [], skipTags: [] };

function phase(steps: readonly StepPlan[], flush: StepPlan): readonly StepPlan[] {
  return steps.length === 0 ? [] : [...steps, flush];
}

/** Roles in the order they run: dependencies first, each role with the same parameters once. */
function unfoldRoles(uses: readonly RoleUse[], seen: Set<string> = new Set()): readonly RoleUse[] {
  return uses.flatMap((use) => {
    const parameters = [...(use.parameters?.vars ?? [])].map(([name, v]) => [name, v.value]);
    const key = JSON.stringify([use.role.dir, parameters], (name, value: unknown) =>
      name === 'at' ? null : value,
    );
    const before = unfoldRoles(
      use.role.dependencies.map((dependency) => under(use, dependency)),
      seen,
    );
    if (seen.has(key)) return before;
    seen.add(key);
    return [...before, use];
  });
}

/** A dependency runs under the tags and conditions of the role that asks for it, as in Ansible. */
function under(use: RoleUse, dependency: RoleUse): RoleUse {
  const keywords = dependency.keywords;
  return {
    ...dependency,
    keywords: {
      ...keywords,
      tags: [...use.keywords.tags, ...keywords.tags],
      when: [...use.keywords.when, ...keywords.when],
      become: keywords.become ?? use.keywords.become,
      becomeUser: keywords.becomeUser ?? use.keywords.becomeUser,
    },
  };
}

/** As in Ansible, defaults and vars of all roles of a play are seen by all of it; a role's own come last. */
function surroundingsOf(
  play: Play,
  playbook: Playbook,
  roles: readonly RoleUse[],
  make: TaskFactory,
): Surroundings {
  const { compiler } = make;
  const below: readonly CompiledLayer[] = compiler.present(...roles.map((use) => use.role.defaults));
  const roleVars = compiler.present(...roles.map((use) => use.role.vars));
  const start: Surroundings = {
    playbookDir: playbook.dir,
    role: undefined,
    below,
    above: [...compiler.present(...play.layers), ...roleVars],
    keywords: [],
    when: [],
  };
  return inside(start, play.keywords, make);
}

function roleSurroundings(use: RoleUse, outer: Surroundings, make: TaskFactory): Surroundings {
  const { compiler } = make;
  const within: Surroundings = {
    ...outer,
    role: { name: use.role.name, dir: use.role.dir },
    below: [...outer.below, ...compiler.present(use.role.defaults)],
    above: [...outer.above, ...compiler.present(use.role.vars, use.parameters)],
  };
  return inside(within, use.keywords, make);
}
