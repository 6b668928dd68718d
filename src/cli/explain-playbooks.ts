import { didYouMean } from '../diagnostics/suggest.ts';
import { Unknown, UnknownValueError, type Data } from '../model/data.ts';
import { fallbackNames, magicNames } from '../model/magic.ts';
import type { CompiledLayer, CompiledVariable, PlayPlan, TaskPlan } from '../model/plan.ts';
import type { Lookup } from '../model/rendering.ts';
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

/** Tasks for which a variable has the same value, from the same places. */
interface Answer {
  /** Where it is from and what that overrides, a line each. */
  readonly lines: readonly string[];
  readonly value: string;
  readonly plays: Set<PlayPlan>;
  readonly tasks: TaskPlan[];
}

/** What tasks that came before have set, oldest first; of all names, since others may be made of them. */
interface SetSoFar {
  readonly facts: Map<string, Source[]>;
  readonly included: CompiledLayer[];
  readonly dynamic: Map<string, Source[]>;
}

/**
 * Where a variable has its value from in the tasks of the project's playbooks on a node, in their order: one answer for
 * all tasks that see it the same way. Throws UsageError where nothing sets it.
 */
export function explainInPlaybooks(project: Project, node: string, name: string): string {
  const answers = answersOf({ project, node, name });
  if (answers.length === 0) {
    if (magicNames.includes(name) || fallbackNames.includes(name))
      return explainVariable(project, node, name);
    throw new UsageError(
      `no task on ${node} has a variable "${name}".${didYouMean(name, namesIn(project, node))}`,
    );
  }
  return answers.map((answer) => drawn(answer, node, name)).join('\n\n');
}

function answersOf(asked: Asked): readonly Answer[] {
  const answers = new Map<string, Answer>();
  const soFar: SetSoFar = { facts: new Map(), included: [], dynamic: new Map() };
  for (const play of asked.project.plan.plays) {
    if (!play.regions.some(({ batches }) => batches.flat().includes(asked.node))) continue;
    for (const task of [...play.steps, ...play.handlers].flatMap(tasksOf)) {
      const [value, ...lines] = seenBy(task, soFar, asked);
      if (value !== undefined) {
        const key = JSON.stringify([value, lines]);
        const answer = answers.get(key) ?? { value, lines, plays: new Set(), tasks: [] };
        answer.plays.add(play);
        answer.tasks.push(task);
        answers.set(key, answer);
      }
      remember(task, soFar);
    }
  }
  return [...answers.values()];
}

/** The value, where it is from, and what that overrides, nearest first; nothing where the task has no such variable. */
function seenBy(task: TaskPlan, soFar: SetSoFar, { project, node, name }: Asked): readonly string[] {
  const [from, ...overridden] = sourcesOf(project, { node, task, soFar }, name);
  if (from === undefined) return [];
  const lookup = lookupOf(
    project.plan,
    node,
    {
      below: task.below,
      above: [...task.above, ...soFar.included],
      facts: unknown(soFar.facts),
      dynamic: unknown(soFar.dynamic),
    },
    project.masker,
  );
  return [
    valueOf(from, name, lookup),
    `  from       ${placeOf(from)}`,
    ...overridden.map((source) => `  overrides  ${placeOf(source)}  ${valueOf(source, name, lookup)}`),
  ];
}

function unknown(names: SetSoFar['facts']): ReadonlyMap<string, Data> {
  return new Map([...names.keys()].map((name) => [name, new Unknown(`${name} is set by the run`)]));
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
    ...(soFar.facts.get(name) ?? []),
    ...inLayers(task.above, name),
    ...inLayers(soFar.included, name),
    ...(soFar.dynamic.get(name) ?? []),
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

function remember(task: TaskPlan, { facts, included, dynamic }: SetSoFar): void {
  const { at, register } = task;
  for (const name of task.gathersFacts?.names ?? []) put(facts, name, { at, label: 'facts of the node' });
  const layer = task.include?.fixed?.layer;
  if (layer !== undefined) included.push(...included.splice(0).filter((one) => one !== layer), layer);
  for (const name of task.factNames) put(dynamic, name, { at, label: task.module });
  if (register !== undefined) put(dynamic, register, { at, label: 'register' });
}

/** What has set it before counts no more often for doing so again. */
function put(sources: SetSoFar['facts'], name: string, source: Pick<Source, 'at' | 'label'>): void {
  const { file, line } = source.at;
  const others = (sources.get(name) ?? []).filter(({ at }) => at.file !== file || at.line !== line);
  sources.set(name, [...others, { ...source, variable: undefined }]);
}

interface Asked {
  readonly project: Project;
  readonly node: string;
  readonly name: string;
}

function drawn({ value, lines, plays, tasks }: Answer, node: string, name: string): string {
  const at = tasks[0]?.at;
  const place = `${where(plays, tasks)} at ${at?.file ?? ''}:${at?.line ?? ''}`;
  return [`${name} on ${node} = ${value}`, `  in         ${place}`, ...lines].join('\n');
}

function where(plays: ReadonlySet<PlayPlan>, { length }: readonly TaskPlan[]): string {
  const [play] = plays;
  const whose = plays.size === 1 ? `play "${play?.name ?? ''}"` : `${plays.size} plays`;
  return length === 1 ? `a task of ${whose},` : `${length} tasks of ${whose}, the first`;
}

function placeOf({ at, label }: Source): string {
  return `${at.file}:${at.line}  ${label}`;
}

function valueOf({ variable }: Source, name: string, lookup: Lookup): string {
  if (variable === undefined) return '(known only in a run)';
  try {
    return shownValue(name, variable.value.render(lookup));
  } catch (error) {
    if (error instanceof UnknownValueError) return `(known only in a run: ${error.reason})`;
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
