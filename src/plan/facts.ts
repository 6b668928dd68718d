import type { FactNames } from '../model/facts.ts';
import { factMaps } from '../model/facts.ts';
import type { Play } from '../model/playbook.ts';
import type { CompiledLayer, TaskPlan } from '../model/plan.ts';
import type { Reference, Rendering } from '../model/rendering.ts';
import type { SourceMap, SourceNode } from '../model/source.ts';
import type { GatheredFacts, PlayFactory, Surroundings } from './factory.ts';
import { isOpen } from './includes.ts';
import { madeTask } from './made-task.ts';
import { planTask } from './tasks.ts';
import { referencesOf } from './references.ts';

/** The module that gathers facts, as in Ansible. */
export const FACT_MODULE = 'setup';
/** How Ansible names the task that gathers them. */
export const GATHERING = 'Gathering Facts';
const ALL = 'all';

/** What a play does, as far as it is planned. */
export interface PlannedPlay {
  /** Tasks and handlers that run, those of rescue sections too. */
  readonly tasks: readonly TaskPlan[];
  readonly nodes: readonly string[];
  readonly outer: Surroundings;
}

/**
 * The task that gathers facts at the front of a play: where the play asks for it, or where it says nothing and
 * something in it refers to facts that nothing else defines. Then it gathers no more than is referred to and than
 * earlier plays have not gathered on these nodes.
 */
export function planGathering(play: Play, planned: PlannedPlay, make: PlayFactory): readonly TaskPlan[] {
  const facts = make.modules.get(FACT_MODULE)?.gathersFacts;
  if (facts === undefined || play.facts.wanted === false || planned.nodes.length === 0) return [];
  if (play.facts.wanted === true) {
    if (play.facts.args.entries.length === 0) noteGathered(planned.nodes, [ALL], make.gathered);
    return gatheringTask(play, play.facts.args, planned.outer, make);
  }
  // Who gathers in a task knows when and what.
  if (planned.tasks.some((task) => task.gathersFacts === facts)) return [];
  const used = [...new FactSearch(facts, layersOf(planned, make)).subsets(planned.tasks)];
  const missing = used.filter((subset) => !isGathered(subset, planned.nodes, make.gathered));
  if (missing.length === 0) return [];
  noteGathered(planned.nodes, missing, make.gathered);
  const said = play.facts.args.entries.some(({ key }) => key === 'gather_subset');
  const args = said ? play.facts.args : withSubsets(play.facts.args, missing);
  return gatheringTask(play, args, planned.outer, make);
}

function isGathered(subset: string, nodes: readonly string[], gathered: GatheredFacts): boolean {
  return nodes.every((node) => {
    const parts = gathered.get(node);
    return parts !== undefined && (parts.has(ALL) || parts.has(subset));
  });
}

function noteGathered(nodes: readonly string[], subsets: readonly string[], gathered: GatheredFacts): void {
  for (const node of nodes) {
    const parts = gathered.get(node) ?? new Set<string>();
    for (const subset of subsets) parts.add(subset);
    gathered.set(node, parts);
  }
}

/** All variables that the play's words may lead to. */
function layersOf(
  { tasks, nodes }: PlannedPlay,
  { inventory, compiler, extra }: PlayFactory,
): Set<CompiledLayer> {
  const layers = new Set<CompiledLayer>([compiler.layer(extra)]);
  const lists = new Set(tasks.flatMap((task) => [task.below, task.above]));
  for (const list of lists) for (const layer of list) layers.add(layer);
  for (const { include } of tasks) if (include?.fixed?.layer !== undefined) layers.add(include.fixed.layer);
  const written = new Set(nodes.flatMap((node) => inventory.nodes.get(node)?.layers ?? []));
  for (const layer of written) layers.add(compiler.layer(layer));
  for (const { choice } of [...layers]) for (const layer of choice?.layers ?? []) layers.add(layer);
  return layers;
}

/** Finds what of the facts the words of tasks refer to, and the variables that these lead to. */
class FactSearch {
  readonly #facts: FactNames;
  readonly #defined = new Set<string>();
  /** Only those that refer to something: all others lead nowhere. */
  readonly #variables = new Map<string, Rendering[]>();
  readonly #followed = new Set<string>();
  readonly #found = new Set<string>();
  readonly #choices: Reference[] = [];

  constructor(facts: FactNames, layers: Iterable<CompiledLayer>) {
    this.#facts = facts;
    for (const layer of layers) {
      // Which file it is has to be known whatever is asked for.
      if (layer.choice !== undefined) this.#choices.push(...layer.choice.references);
      for (const [name, { value }] of layer.vars) {
        if (facts.subsetOf([name]) !== undefined) this.#defined.add(name);
        if (value.references.length === 0) continue;
        const known = this.#variables.get(name);
        if (known === undefined) this.#variables.set(name, [value]);
        else known.push(value);
      }
    }
  }

  subsets(tasks: readonly TaskPlan[]): ReadonlySet<string> {
    for (const { register, factNames } of tasks) {
      for (const name of register === undefined ? factNames : [...factNames, register])
        this.#defined.add(name);
    }
    this.#follow(this.#choices);
    for (const task of tasks) {
      // Which template or file it is turns out in the run, and so does what it refers to.
      if (task.templates === undefined || isOpen(task)) this.#found.add(ALL);
      this.#follow(referencesOf(task));
      for (const template of task.templates ?? []) this.#follow(template.references);
    }
    return this.#found.has(ALL) ? new Set([ALL]) : this.#found;
  }

  #follow(references: readonly Reference[]): void {
    for (const reference of references) {
      const { path } = reference;
      const [name = ''] = path;
      if (name === 'hostvars') {
        // Which variable it is turns out in the run, or it stands there: hostvars[node].variable
        if (path.length < 3) this.#found.add(ALL);
        else this.#follow([{ ...reference, path: path.slice(2) }]);
        continue;
      }
      const subset = this.#facts.subsetOf(path);
      if (subset !== undefined && (factMaps.includes(name) || !this.#defined.has(name)))
        this.#found.add(subset);
      if (this.#followed.has(name)) continue;
      this.#followed.add(name);
      for (const value of this.#variables.get(name) ?? []) this.#follow(value.references);
    }
  }
}

function withSubsets(args: SourceMap, subsets: readonly string[]): SourceMap {
  const { at } = args;
  const words = subsets.includes(ALL) ? [ALL] : ['!all', '!min', ...subsets];
  const items = words.map((value): SourceNode => ({ kind: 'scalar', value, quoted: true, at }));
  const value: SourceNode = { kind: 'list', items, at };
  return { ...args, entries: [...args.entries, { key: 'gather_subset', keyAt: at, value }] };
}

/** As in Ansible it always runs, unless the play has tags of its own; the play's other keywords hold for it. */
function gatheringTask(
  play: Play,
  args: SourceMap,
  outer: Surroundings,
  make: PlayFactory,
): readonly TaskPlan[] {
  // What is handed down and adds up comes from the play already.
  const own = { when: [], environment: [], vars: undefined, moduleDefaults: new Map() };
  const tags = play.facts.wanted === true && play.keywords.tags.length > 0 ? [] : ['always'];
  const keywords = { ...play.keywords, ...own, tags, runOnce: false };
  const task = madeTask({ name: GATHERING, module: FACT_MODULE, at: play.at, args, keywords });
  return planTask(task, outer, make);
}
