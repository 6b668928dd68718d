import type { Play, Role, RoleUse, TaskItem } from '../model/playbook.ts';
import type { CompiledLayer, PlayPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import { planGathering } from './facts.ts';
import { promptLayer } from './prompts.ts';
import { planRegions } from './regions.ts';
import { inside, type PlayFactory, type Surroundings } from './factory.ts';
import { noTags, planOneRole, unfoldRoles } from './roles.ts';
import { handlersIn, tasksOf } from './steps.ts';
import { planSteps } from './tasks.ts';

const PLAY_VARS = 'play vars';

/** One play with its roles unfolded, its nodes chosen and its regions in order. */
export function planPlay(play: Play, nodes: readonly string[], given: PlayFactory): PlayPlan {
  const handlers: TaskPlan[] = [];
  const make = { ...given, handlers, rolesSeen: new Set<string>() };
  const roles = unfoldRoles(play.roles);
  const imported = unfoldRoles(
    publicRoles([
      ...play.preTasks,
      ...roles.flatMap(({ role }) => role.tasks),
      ...play.tasks,
      ...play.postTasks,
    ]),
  );
  const outer = surroundingsOf(play, nodes, [...roles, ...imported], make);
  const roleSteps: StepPlan[] = [];
  for (const use of roles) {
    const planned = planOneRole(use, outer, make, { validate: true, planSteps });
    roleSteps.push(...planned.steps);
    handlers.push(...planned.handlers);
  }
  handlers.push(...planSteps(play.handlers, outer, { ...make, tags: noTags }).flatMap(handlersIn));
  const flush = { kind: 'flush' } as const;
  const written = [
    ...phase(planSteps(play.preTasks, outer, make), flush),
    ...phase([...roleSteps, ...planSteps(play.tasks, outer, make)], flush),
    ...phase(planSteps(play.postTasks, outer, make), flush),
  ];
  const steps = make.startAt?.from(written) ?? written;
  const left = make.startAt?.found === false;
  const tasks = [...steps.flatMap(tasksOf), ...handlers];
  const regions = left ? [] : planRegions(play, nodes, make.inventory, make.defaultRegion);
  return {
    name: play.name,
    at: play.at,
    playbookDir: play.dir,
    strategy: play.strategy,
    regionsAtOnce: Math.max(1, play.regions ?? regions.length),
    regions,
    maxFailPercentage: play.maxFailPercentage,
    anyErrorsFatal: play.anyErrorsFatal,
    forceHandlers: play.forceHandlers,
    limits: make.limits ?? new Map(),
    steps: [...planGathering(play, { tasks, nodes: left ? [] : nodes, outer }, make), ...steps],
    handlers,
  };
}

function phase(steps: readonly StepPlan[], flush: StepPlan): readonly StepPlan[] {
  return steps.length === 0 ? [] : [...steps, flush];
}

/** Roles that are imported anywhere below: all of the play sees their defaults and vars. */
function publicRoles(items: readonly TaskItem[], seen: Set<Role> = new Set()): readonly RoleUse[] {
  return items.flatMap((item): readonly RoleUse[] => {
    if (item.kind === 'task') return [];
    if (item.kind === 'block') return publicRoles([...item.block, ...item.rescue, ...item.always], seen);
    const { role } = item.use;
    const own = item.options.public ? [item.use] : [];
    // Each role once: those that use each other again and again would take for ever.
    if (seen.has(role)) return own;
    seen.add(role);
    return [...own, ...publicRoles(role.tasks, seen)];
  });
}

/** As in Ansible, defaults and vars of all roles of a play are seen by all of it; a role's own come last. */
function surroundingsOf(
  play: Play,
  nodes: readonly string[],
  roles: readonly RoleUse[],
  make: PlayFactory,
): Surroundings {
  const { compiler } = make;
  const below: readonly CompiledLayer[] = compiler.present(...roles.map((use) => use.role.defaults));
  const roleVars = compiler.present(...roles.map((use) => use.role.vars));
  const start: Surroundings = {
    playbookDir: play.dir,
    nodes,
    role: undefined,
    below,
    above: [...playLayers(play, make), ...roleVars],
    keywords: [],
    when: [],
  };
  return inside(start, play.keywords, make);
}

/** As in Ansible: play vars, what was asked for, vars_files. */
function playLayers(play: Play, { compiler, answers = new Map() }: PlayFactory): readonly CompiledLayer[] {
  const [first, ...rest] = play.layers;
  const own = first?.label === PLAY_VARS ? [first] : [];
  const files = own.length === 0 ? play.layers : rest;
  return [...compiler.present(...own), ...promptLayer(play, answers), ...compiler.present(...files)];
}
