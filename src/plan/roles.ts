import type { Inherited, RoleOptions, RoleUse, TaskItem } from '../model/playbook.ts';
import type { BlockPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { inside, type Surroundings, type TaskFactory } from './factory.ts';
import { takenLimits } from './limits.ts';
import { handlersIn } from './steps.ts';
import { validation } from './validation.ts';

/** Plans a list of tasks; given, since tasks may bring roles and roles bring tasks. */
export type StepPlanner = (
  items: readonly TaskItem[],
  outer: Surroundings,
  make: TaskFactory,
) => readonly StepPlan[];

/** How a role is planned. */
export interface RoleWish extends Pick<RoleOptions, 'validate'> {
  readonly planSteps: StepPlanner;
}

/** A use of a role in its place among the others of a play. */
export interface UnfoldedRole extends RoleUse {
  /** Of a dependency: its own conditions and tags, without those of the role that asks for it. */
  readonly asked?: Pick<Inherited, 'when' | 'tags'>;
  /** The same for all uses that Ansible takes for one. */
  readonly key?: string;
  /** An earlier use may have run, under other conditions or tags: nodes where it has leave this one out. */
  readonly repeated?: boolean;
}

/** Handlers run whatever tags were asked for: what was notified must be done. */
export const noTags = { tags: [], skipTags: [] };

/** The steps and handlers of a role, those of its dependencies first. */
export function planRole(
  use: RoleUse,
  outer: Surroundings,
  make: TaskFactory,
  wish: RoleWish,
): { readonly steps: readonly StepPlan[]; readonly handlers: readonly TaskPlan[] } {
  const parts = unfoldRoles([use]).map((each) => planOneRole(each, outer, make, wish));
  return {
    steps: parts.flatMap(({ steps }) => steps),
    handlers: parts.flatMap(({ handlers }) => handlers),
  };
}

/** The same without its dependencies. */
export function planOneRole(
  use: UnfoldedRole,
  outer: Surroundings,
  make: TaskFactory,
  { validate, planSteps }: RoleWish,
): { readonly steps: readonly StepPlan[]; readonly handlers: readonly TaskPlan[] } {
  make.rolesSeen.add(use.role.dir);
  if (tooMany(use, make)) return { steps: [], handlers: [] };
  const held = outer.held ?? [];
  const limits = takenLimits(use.keywords, { ...make, limits: make.limits ?? new Map(), held });
  const within = { ...roleSurroundings(use, outer, make), held: [...held, ...limits] };
  if (validate) make.roleUses.push({ use, within, nodes: outer.nodes });
  const check = validate ? validation(use) : undefined;
  const [first] = check === undefined ? [] : planSteps([check.task], within, make);
  const checking = first?.kind === 'task' && check !== undefined ? [{ ...first, args: check.args }] : [];
  const steps = [...checking, ...planSteps(use.role.tasks, within, make)];
  const once = use.repeated === true ? [unlessRun(use, steps)] : steps;
  return {
    steps: limits.length === 0 || once.length === 0 ? once : [{ ...blockOf(use, once), limits }],
    handlers: planSteps(use.role.handlers, within, { ...make, tags: noTags }).flatMap(handlersIn),
  };
}

function unlessRun(use: UnfoldedRole, steps: readonly StepPlan[]): StepPlan {
  const block = blockOf(use, steps);
  return use.key === undefined ? block : { ...block, unlessRun: use.key };
}

function blockOf({ role, at }: RoleUse, steps: readonly StepPlan[]): BlockPlan {
  return { kind: 'block', name: role.name, at, block: steps, rescue: [], always: [] };
}

/** What has run where: the conditions and tags of each use of a role with the same parameters. */
type Seen = Map<string, Pick<Inherited, 'when' | 'tags'>[]>;

/** Roles that use roles that use roles, twice each, would never end. */
const MOST_ROLES = 5000;

function tooMany({ at }: RoleUse, { compiler, roleCount }: TaskFactory): boolean {
  roleCount.value += 1;
  if (roleCount.value === MOST_ROLES + 1) {
    const detail = `Roles are used more than ${MOST_ROLES} times, one by another.`;
    compiler.problems.push(problem('bad-value', at, 'too many roles', detail));
  }
  return roleCount.value > MOST_ROLES;
}

/** Roles in the order they run: dependencies first, each role with the same parameters once. */
export function unfoldRoles(uses: readonly UnfoldedRole[], seen: Seen = new Map()): readonly UnfoldedRole[] {
  return uses.flatMap((use) => {
    const before = unfoldRoles(
      use.role.dependencies.map((dependency) => under(use, dependency)),
      seen,
    );
    if (use.role.allowDuplicates) return [...before, use];
    const key = keyOf(use);
    const earlier = seen.get(key) ?? [];
    if (earlier.some((one) => covers(one, use.keywords))) return before;
    seen.set(key, [...earlier, use.keywords]);
    return [...before, { ...use, key, repeated: earlier.length > 0 }];
  });
}

/** Uses are one for Ansible that have the same parameters, and conditions and tags of their own. */
function keyOf(use: UnfoldedRole): string {
  const parameters = [...(use.parameters?.vars ?? [])].map(([name, v]) => [name, v.value]);
  const { when, tags } = use.asked ?? use.keywords;
  const conditions = when.map(({ text }) => text);
  return JSON.stringify(
    [use.role.dir, use.role.entryPoint, parameters, conditions, tags],
    (name, value: unknown) => (name === 'at' ? null : value),
  );
}

/** True when the earlier use has run wherever the later one would: it was asked for by the same tags and no more conditions. */
function covers(earlier: Pick<Inherited, 'when' | 'tags'>, later: Pick<Inherited, 'when' | 'tags'>): boolean {
  const texts = later.when.map(({ text }) => text);
  const sameTags = [...earlier.tags].sort().join() === [...later.tags].sort().join();
  return sameTags && earlier.when.every(({ text }) => texts.includes(text));
}

/** A dependency runs under the tags and conditions of the role that asks for it, as in Ansible. */
function under(use: RoleUse, dependency: RoleUse): UnfoldedRole {
  const own = dependency.keywords;
  const keywords: Inherited = {
    ...own,
    tags: [...use.keywords.tags, ...own.tags],
    when: [...use.keywords.when, ...own.when],
    become: own.become ?? use.keywords.become,
    becomeUser: own.becomeUser ?? use.keywords.becomeUser,
    way: { ...use.keywords.way, ...own.way },
  };
  return { ...dependency, keywords, asked: own };
}

/** What the tasks of a role see; its own defaults and vars are the nearest. */
export function roleSurroundings(use: UnfoldedRole, outer: Surroundings, make: TaskFactory): Surroundings {
  const { compiler } = make;
  const within: Surroundings = {
    ...outer,
    role: { name: use.role.name, dir: use.role.dir, ...(use.key === undefined ? {} : { key: use.key }) },
    below: [...outer.below, ...compiler.present(use.role.defaults)],
    above: [...outer.above, ...compiler.present(use.role.vars, use.parameters)],
  };
  return inside(within, use.keywords, make);
}
