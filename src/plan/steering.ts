import type { Task } from '../model/playbook.ts';
import type { BlockPlan, MetaAction, PlayPlan, StepPlan, TaskPlan } from '../model/plan.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import type { AnyModule } from '../modules/define.ts';
import type { ConstantArgument } from './arguments.ts';
import { tasksOf } from './steps.ts';

/** What is known of the task that a module steers the play by. */
export interface Steering {
  readonly module: AnyModule;
  readonly constants: ReadonlyMap<string, ConstantArgument>;
  readonly inRole: boolean;
  readonly problems: Diagnostic[];
}

/** What a task of `meta` makes of the play; undefined: it is work on nodes. */
export function metaOf(
  task: Task,
  { module, constants, inRole, problems }: Steering,
): MetaAction | undefined {
  if (module.steers === undefined) return undefined;
  const given = constants.get(module.steers);
  const wrong = (detail: string): void => {
    problems.push(problem('bad-value', task.at, `${module.name} is no work on a node`, detail));
  };
  if (given === undefined) wrong('What it does must be known before the run: no template is possible here.');
  if (task.loop !== undefined || task.register !== undefined || task.until.length > 0) {
    wrong('There is nothing to repeat and nothing to register: leave loop, until and register out.');
  }
  const action = (typeof given?.value === 'string' ? given.value : 'noop') as MetaAction;
  if (action === 'end_role' && !inRole) wrong('end_role belongs into a role; elsewhere write end_host.');
  return action;
}

/** What of a play's barriers and limits could never come to an end, and what of `meta` makes no sense. */
export function checkSteering(play: PlayPlan, atMost = Infinity): readonly Diagnostic[] {
  const tasks = play.steps.flatMap(tasksOf);
  return [
    ...tasks.filter(({ sync }) => sync !== undefined).flatMap((task) => syncProblems(task, play, atMost)),
    ...play.handlers.flatMap(handlerProblems),
    ...play.steps.flatMap((step) => flushProblems(step, play)),
  ];
}

function syncProblems({ at, sync }: TaskPlan, play: PlayPlan, atMost: number): readonly Diagnostic[] {
  const never = (detail: string): Diagnostic => problem('bad-value', at, '"sync" can never be met', detail);
  const found: Diagnostic[] = [];
  const atOnce = Math.min(play.regionsAtOnce, atMost);
  if (sync === 'all' && atOnce < play.regions.length) {
    const detail = `All ${play.regions.length} regions would have to come to it, and only ${atOnce} run at once. Leave "regions" and --regions out, or make a play of its own of what follows.`;
    found.push(never(detail));
  }
  const tight = play.regions.find(({ batches, parallel }) =>
    batches.some((batch) => batch.length > (parallel ?? Infinity)),
  );
  if (play.strategy === 'host_pinned' && tight !== undefined) {
    const detail = `All nodes of a batch would have to come to it, and with host_pinned only ${tight.parallel} of region ${tight.name} are under way. Set "serial" to ${tight.parallel}, or use the strategy linear or free.`;
    found.push(never(detail));
  }
  return found;
}

function handlerProblems({ meta, at }: TaskPlan): readonly Diagnostic[] {
  if (meta !== 'flush_handlers' && meta !== 'end_role') return [];
  return [problem('bad-value', at, 'not possible in a handler', `A handler cannot do ${meta}.`)];
}

/** Handlers that run inside a block with a limit take theirs after it. */
function flushProblems(step: StepPlan, play: PlayPlan): readonly Diagnostic[] {
  if (step.kind !== 'block') return [];
  const inner = [...step.block, ...step.rescue, ...step.always];
  const flushes = tasksOf(step).find(({ meta }) => meta === 'flush_handlers');
  const late = flushes && play.handlers.find((handler) => isEarlier(handler, step, play));
  if (flushes === undefined || late === undefined) return inner.flatMap((one) => flushProblems(one, play));
  const detail = `A handler (${late.at.file}:${late.at.line}) that runs here takes a limit that "limits" names before ${step.limits?.join(', ')}, which the block holds. Swap them in "limits".`;
  return [problem('bad-value', flushes.at, 'limits in the wrong order', detail)];
}

function isEarlier(handler: TaskPlan, { limits = [] }: BlockPlan, play: PlayPlan): boolean {
  const order = [...play.limits.keys()];
  const last = Math.max(-1, ...limits.map((name) => order.indexOf(name)));
  return (handler.limits ?? []).some((name) => !limits.includes(name) && order.indexOf(name) < last);
}
