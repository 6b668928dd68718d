import type { DataMap } from '../model/data.ts';
import type { Include, Included, RoleUse, Task } from '../model/playbook.ts';
import type { IncludedPlan, IncludePlan, TaskPlan } from '../model/plan.ts';
import { plainOf } from '../model/plain.ts';
import type { Failure } from '../model/result.ts';
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { inside, type Surroundings, type TaskFactory } from './factory.ts';
import { inLoop } from './looped-block.ts';
import { madeTask } from './made-task.ts';
import { planRole, unfoldRoles, type StepPlanner } from './roles.ts';
import { tasksOf } from './steps.ts';

/** What includes are planned with. */
export interface IncludeFactory {
  readonly make: TaskFactory;
  readonly planSteps: StepPlanner;
}

/**
 * What an include brings in. Of its own keywords the tasks inside see `vars` alone, and those of `apply`; what stands
 * around it reaches into them, as in Ansible.
 */
export function planInclude(
  task: Task,
  include: Include,
  outer: Surroundings,
  { make, planSteps }: IncludeFactory,
): IncludePlan {
  const { keywords } = madeTask({ name: '', module: '', at: task.at }, { vars: task.keywords.vars });
  const guards = [...(outer.guards ?? []), ...make.compiler.conditions(task.keywords.when)];
  const guarded = guards.length === 0 ? outer : { ...outer, guards };
  const within = inLoop(task, inside(inside(guarded, keywords, make), include.apply, make), make);
  const job: Job = { include, within, make, planSteps };
  const fixed = include.content && planContent(include.content, job);
  for (const content of include.maybe ?? []) checkOnly(content, job);
  // Before the run all handlers of a play are known to it.
  if (fixed !== undefined) make.handlers.push(...fixed.handlers);
  const known = new Map<string, Promise<IncludedPlan | Failure>>();
  return {
    kind: include.kind,
    fixed,
    mayDefine: include.mayDefine,
    open: (args) => {
      const key = JSON.stringify(args);
      const opened = known.get(key) ?? openLate(args, job);
      known.set(key, opened);
      return opened;
    },
  };
}

/** A file that may be meant: what is wrong with it is told, and nothing else is made of it. */
function checkOnly(content: Included, { make, ...job }: Job): void {
  const { compiler, tagged } = make;
  const before = compiler.problems.length;
  const apart = {
    handlers: [],
    roleUses: [],
    rolesSeen: new Set<string>(),
    tagged: { ...tagged, leftOut: [] },
  };
  planContent(content, { ...job, make: { ...make, ...apart } });
  const found = compiler.problems.splice(before);
  compiler.problems.push(...found.map((each) => ({ ...each, severity: 'warning' as const })));
}

interface Job extends IncludeFactory {
  readonly include: Include;
  readonly within: Surroundings;
}

function planContent(content: Included, { include, within, make, planSteps }: Job): IncludedPlan {
  if (content.kind === 'tasks') {
    const { file, items } = content;
    return { name: file, steps: planSteps(items, within, make), handlers: [], result: { include: file } };
  }
  if (content.kind === 'vars') {
    const { files, layer } = content;
    const values = [...layer.vars].map(([name, { value }]) => [name, plainOf(value)] as const);
    const result = { ansible_included_var_files: [...files], ansible_facts: Object.fromEntries(values) };
    return { name: files.join(', '), steps: [], handlers: [], layer: make.compiler.layer(layer), result };
  }
  const { use } = content;
  const { options } = include;
  const { steps, handlers } = planRole(use, within, make, { validate: options.validate, planSteps });
  const exposed = options.public ? exposedBy(use, make) : { below: [], above: [] };
  const { name, dir } = use.role;
  const role = { name, dir, allowDuplicates: options.allowDuplicates, ...exposed };
  return { name, steps, handlers, result: { include_role: name }, role };
}

/** Defaults and vars of a role and of those that it depends on. */
function exposedBy(use: RoleUse, { compiler }: TaskFactory): Pick<Surroundings, 'below' | 'above'> {
  const roles = unfoldRoles([use]);
  return {
    below: compiler.present(...roles.map((each) => each.role.defaults)),
    above: compiler.present(...roles.flatMap((each) => [each.role.vars, each.parameters])),
  };
}

async function openLate(args: DataMap, job: Job): Promise<IncludedPlan | Failure> {
  const { make, include } = job;
  if (make.late === undefined) return { message: 'nothing can be read while the run is on' };
  const { value, problems } = await make.late.read(include, args);
  const { compiler } = make;
  const before = compiler.problems.length;
  const handlers: TaskPlan[] = [];
  const late = { ...job, make: { ...make, handlers, roleUses: [] } };
  const plan = value && planContent(value, late);
  const found = [...problems, ...compiler.problems.splice(before)];
  if (plan !== undefined) found.push(...lateSync(plan));
  const errors = found.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || plan === undefined) return failureOf(errors, include);
  return { ...plan, handlers: [...plan.handlers, ...handlers] };
}

/** Who waits for others has to be known before anyone sets out, or those that have not begun are waited for for ever. */
function lateSync({ steps }: IncludedPlan): readonly Diagnostic[] {
  const waiting = steps.flatMap(tasksOf).filter(({ sync }) => sync !== undefined);
  const detail = 'Write the name of the file without a template, or sync at a task of the play.';
  return waiting.map(({ at }) =>
    problem('bad-value', at, '"sync" in a file that only the run names', detail),
  );
}

function failureOf(errors: readonly Diagnostic[], { at }: Include): Failure {
  const lines = errors.map(({ at: place, summary, detail }) => {
    const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
    return `${where}${summary}: ${detail}`;
  });
  const message = lines.length === 0 ? 'what it names cannot be read' : lines.join('\n');
  return { message, hint: `It was named by the task at ${at.file}:${at.line}.` };
}

/** Whether the run names what an include brings: it may refer to anything. */
export function isOpen({ include }: TaskPlan): boolean {
  return include !== undefined && include.fixed === undefined;
}

/** Variables that such an include may define; undefined: any. */
export function mayDefine(task: TaskPlan): ReadonlySet<string> | undefined {
  return isOpen(task) ? task.include?.mayDefine : new Set();
}
