import { isDataMap } from '../model/data.ts';
import type { IncludedPlan, IncludePlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { Failure } from '../model/result.ts';
import { parseArguments } from '../modules/schema.ts';
import type { Brought } from './brought.ts';
import { handlersOf } from './late-handlers.ts';
import type { NodeTask } from './node-task.ts';
import { reached } from './notified.ts';
import { failed, skipped, type Outcome } from './outcome.ts';
import type { Scope } from './scope.ts';

/** Includes in includes; deeper ones lead back to themselves for ever. */
const DEEPEST = 64;

/** Finds out what an include brings on a node. Throws what rendering its arguments throws. */
export async function bringIn(job: NodeTask, scope: Scope, include: IncludePlan): Promise<Outcome> {
  const { state, task, engine } = job;
  if (state.depth >= DEEPEST) {
    return failed({
      message: `${task.module} is ${DEEPEST} levels deep`,
      hint: 'An include that leads back to itself needs a condition (when) that ends it.',
    });
  }
  const included = include.fixed ?? (await open(job, scope, include));
  if ('message' in included) return failed(included);
  const { role } = included;
  if (role !== undefined && !role.allowDuplicates && state.rolesRun.has(role.dir)) {
    return skipped('the role has run here already (allow_duplicates: false)');
  }
  const unheard = unheardTopic(job, included);
  if (unheard !== undefined) return failed(unheard);
  if (included.handlers.length > 0) engine.handlers.add(job.play, included.handlers);
  const result = { ...included.result, changed: false, failed: false, skipped: false };
  const brought: Brought = { included, vars: new Map(), label: undefined };
  return {
    status: 'ok',
    result,
    changes: [],
    message: `included: ${included.name}`,
    ...(included.layer === undefined ? { brought: [brought] } : { layers: [included.layer] }),
  };
}

async function open(
  { task, engine }: NodeTask,
  scope: Scope,
  include: IncludePlan,
): Promise<IncludedPlan | Failure> {
  const args = task.args.render(scope);
  const values = isDataMap(args) ? args : {};
  const module = engine.modules.get(task.module);
  const wrong = module === undefined ? [] : parseArguments(module, values).wrong;
  if (wrong.length > 0) return { message: `wrong arguments of "${task.module}": ${wrong.join('; ')}` };
  return include.open(values);
}

/** Of what was planned before the run, every notify was checked before it. */
function unheardTopic(
  { task, play, engine }: NodeTask,
  { steps, handlers }: IncludedPlan,
): Failure | undefined {
  if (task.include?.fixed !== undefined) return undefined;
  const known = [...handlersOf(engine, play), ...handlers];
  for (const inside of steps.flatMap(tasksIn)) {
    const topic = inside.notify.find((each) => reached(each, known).length === 0);
    if (topic === undefined) continue;
    const { file, line } = inside.at;
    return { message: `${file}:${line}: no handler of this play is called "${topic}" or listens to it` };
  }
  return undefined;
}

function tasksIn(step: StepPlan): readonly TaskPlan[] {
  if (step.kind === 'flush') return [];
  if (step.kind === 'task') return [step];
  return [...step.block, ...step.rescue, ...step.always].flatMap(tasksIn);
}
