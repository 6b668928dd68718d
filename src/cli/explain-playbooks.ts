import { didYouMean } from '../diagnostics/suggest.ts';
import { fallbackNames, magicNames } from '../model/magic.ts';
import type { CompiledLayer, CompiledVariable, PlayPlan, TaskPlan } from '../model/plan.ts';
import type { SourceRange } from '../model/source.ts';
import { tasksOf } from '../plan/steps.ts';
import { TemplateError } from '../template/errors.ts';
import { explainVariable, shownValue } from './explain.ts';
import { lookupOf } from './node-lookup.ts';
import type { Project } from './project.ts';
import { UsageError } from './usage-error.ts';

/** One place that gives a variable a value. */
interface Source {
  readonly at: SourceRange;
  readonly label: string;
  /** undefined: only the run tells it. */
  readonly variable: CompiledVariable | undefined;
}

/** Tasks for which a variable has its value from the same places. */
interface Answer {
  /** Nearest first. */
  readonly sources: readonly Source[];
  readonly plays: Set<PlayPlan>;
  readonly tasks: TaskPlan[];
}

/** What tasks that came before have set, oldest first. */
interface SetSoFar {
  readonly facts: Source[];
  readonly included: Source[];
  readonly dynamic: Source[];
}

/**
 * Where a variable has its value from in the tasks of the project's playbooks on a node, in their order: one answer for
 * all tasks that see it the same way. Throws UsageError where nothing sets it.
 */
export function explainInPlaybooks(project: Project, node: string, name: string): string {
  const answers = answersOf(project, node, name);
  const known = answers.filter(({ sources }) => sources.length > 0);
  if (known.length === 0) {
    if (magicNames.includes(name) || fallbackNames.includes(name))
      return explainVariable(project, node, name);
    throw new UsageError(
      `no task on ${node} has a variable "${name}".${didYouMean(name, namesIn(project, node))}`,
    );
  }
  return known.map((answer) => drawn(answer, { project, node, name })).join('\n\n');
}

function answersOf(project: Project, node: string, name: string): readonly Answer[] {
  const answers = new Map<string, Answer>();
  const soFar: SetSoFar = { facts: [], included: [], dynamic: [] };
  for (const play of project.plan.plays) {
    if (!play.regions.some(({ batches }) => batches.flat().includes(node))) continue;
    for (const task of [...play.steps, ...play.handlers].flatMap(tasksOf)) {
      const sources = sourcesOf(project, { node, task, soFar }, name);
      const key = JSON.stringify(sources.map(({ at, label }) => [at, label]));
      const answer = answers.get(key) ?? { sources, plays: new Set(), tasks: [] };
      answer.plays.add(play);
      answer.tasks.push(task);
      answers.set(key, answer);
      remember(task, name, soFar);
    }
  }
  return [...answers.values()];
}

interface Seen {
  readonly node: string;
  readonly task: TaskPlan;
  readonly soFar: SetSoFar;
}

/** In the order of precedence that a run's scope has, nearest first. */
function sourcesOf({ plan }: Project, { node, task, soFar }: Seen, name: string): readonly Source[] {
  return [
    ...inLayers(task.below, name),
    ...inLayers(plan.nodes.get(node)?.layers ?? [], name),
    ...soFar.facts,
    ...inLayers(task.above, name),
    ...soFar.included,
    ...soFar.dynamic,
    ...inLayers([plan.extra], name),
  ].reverse();
}

function inLayers(layers: readonly CompiledLayer[], name: string): readonly Source[] {
  return layers.flatMap((layer) => {
    const candidates = layer.choice?.layers ?? [layer];
    return candidates.flatMap(({ vars, label }) => {
      const variable = vars.get(name);
      return variable === undefined ? [] : [{ at: variable.at, label, variable }];
    });
  });
}

function remember(task: TaskPlan, name: string, { facts, included, dynamic }: SetSoFar): void {
  const { at } = task;
  if (task.gathersFacts?.names.includes(name))
    put(facts, { at, label: 'facts of the node', variable: undefined });
  const layer = task.include?.fixed?.layer;
  if (layer !== undefined) for (const source of inLayers([layer], name)) put(included, source);
  if (task.factNames.includes(name)) put(dynamic, { at, label: task.module, variable: undefined });
  if (task.register === name) put(dynamic, { at, label: 'register', variable: undefined });
}

/** What has set it before counts no more often for doing so again. */
function put(sources: Source[], source: Source): void {
  const same = sources.findIndex(({ at }) => at.file === source.at.file && at.line === source.at.line);
  if (same >= 0) sources.splice(same, 1);
  sources.push(source);
}

interface Asked {
  readonly project: Project;
  readonly node: string;
  readonly name: string;
}

function drawn({ sources, plays, tasks }: Answer, asked: Asked): string {
  const { node, name } = asked;
  const [from, ...overridden] = sources;
  const [first] = tasks;
  if (from === undefined || first === undefined) return '';
  const value = (source: Source): string => valueOf(source, first, asked);
  return [
    `${name} on ${node} = ${value(from)}`,
    `  in         ${where(plays, tasks)} at ${first.at.file}:${first.at.line}`,
    `  from       ${placeOf(from)}`,
    ...overridden.map((source) => `  overrides  ${placeOf(source)}  ${value(source)}`),
  ].join('\n');
}

function where(plays: ReadonlySet<PlayPlan>, { length }: readonly TaskPlan[]): string {
  const [play] = plays;
  const whose = plays.size === 1 ? `play "${play?.name ?? ''}"` : `${plays.size} plays`;
  return length === 1 ? `a task of ${whose},` : `${length} tasks of ${whose}, the first`;
}

function placeOf({ at, label }: Source): string {
  return `${at.file}:${at.line}  ${label}`;
}

function valueOf({ variable }: Source, task: TaskPlan, { project, node, name }: Asked): string {
  if (variable === undefined) return '(known only in a run)';
  try {
    return shownValue(name, variable.value.render(lookupOf(project.plan, node, task, project.masker)));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `(known only in a run: ${error.message})`;
  }
}

function namesIn({ plan }: Project, node: string): ReadonlySet<string> {
  const tasks = plan.plays.flatMap(({ steps, handlers }) => [...steps, ...handlers].flatMap(tasksOf));
  const layers = [
    ...(plan.nodes.get(node)?.layers ?? []),
    ...tasks.flatMap(({ below, above }) => [...below, ...above]),
  ];
  return new Set([
    ...layers.flatMap(({ vars }) => [...vars.keys()]),
    ...tasks.flatMap(({ register, factNames }) => [
      ...factNames,
      ...(register === undefined ? [] : [register]),
    ]),
  ]);
}
