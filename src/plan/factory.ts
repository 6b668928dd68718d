import type { Inherited, RoleUse } from '../model/playbook.ts';
import type { CompiledLayer, RoleRef, TaskPlan } from '../model/plan.ts';
import type { Condition } from '../model/rendering.ts';
import type { Inventory, VarLayer } from '../model/inventory.ts';
import type { AnyModule } from '../modules/define.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Compiler } from './compile.ts';
import type { ProjectFiles } from './files.ts';
import type { LateReader } from './late.ts';
import type { PromptAnswers } from './prompts.ts';
import type { StartAt } from './start-at.ts';
import type { TagChoice } from './tags.ts';

/** What all tasks of a plan are made with. */
export interface TaskFactory {
  readonly compiler: Compiler;
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly tags: TagChoice;
  readonly tagged: TaggedTasks;
  readonly files: ProjectFiles;
  readonly nextId: () => number;
  /** The named limits of the play. */
  readonly limits?: ReadonlyMap<string, number>;
  /** Reads what only the run names; undefined: nothing can be read any more. */
  readonly late: LateReader | undefined;
  /** Handlers of the play that its roles bring; grows. */
  readonly handlers: TaskPlan[];
  /** How often roles were used so far; grows. */
  readonly roleCount: { value: number };
  /** Folders of the roles that the play has so far; grows. */
  readonly rolesSeen: Set<string>;
  /** Roles that are used, to be checked once the whole plan is there; grows. */
  readonly roleUses: PlannedRole[];
}

/** A role in a plan. */
export interface PlannedRole {
  readonly use: RoleUse;
  /** What its tasks see. */
  readonly within: Surroundings;
  /** The nodes that it may run on. */
  readonly nodes: readonly string[];
}

/** What was seen of tags while a plan was made: all of them, and the tasks that the choice leaves out. */
export interface TaggedTasks {
  readonly tags: Set<string>;
  readonly leftOut: TaskPlan[];
}

/** What of the facts is gathered by the plays that were planned so far: parts of gather_subset by node. */
export type GatheredFacts = Map<string, Set<string>>;

/** What plays are made with besides. */
export interface PlayFactory extends TaskFactory {
  readonly inventory: Inventory;
  readonly defaultRegion: string | undefined;
  /** The variables of -e. */
  readonly extra: VarLayer;
  readonly answers?: PromptAnswers | undefined;
  readonly startAt?: StartAt | undefined;
  /** What facts the plays before gather; grows. */
  readonly gathered: GatheredFacts;
}

/** What a play, role or block hands down to the tasks in it, outermost first. */
export interface Surroundings {
  readonly playbookDir: string;
  readonly role: RoleRef | undefined;
  /** Of the play. */
  readonly nodes: readonly string[];
  readonly below: readonly CompiledLayer[];
  readonly above: readonly CompiledLayer[];
  readonly keywords: readonly Inherited[];
  readonly when: readonly Condition[];
  /** Conditions of the includes around. */
  readonly guards?: readonly Condition[];
  /** Variables of the loops over blocks and includes around. */
  readonly loopVars?: readonly string[];
  /** Named limits that the blocks around hold. */
  readonly held?: readonly string[];
}

/** The surroundings of what stands inside a play, role or block with these keywords. */
export function inside(outer: Surroundings, keywords: Inherited, make: TaskFactory): Surroundings {
  const { compiler } = make;
  checkModuleDefaults(keywords, make);
  return {
    ...outer,
    above: [...outer.above, ...compiler.present(keywords.vars)],
    keywords: [...outer.keywords, keywords],
    when: [...outer.when, ...compiler.conditions(keywords.when)],
  };
}

function checkModuleDefaults({ moduleDefaults }: Inherited, { modules, compiler }: TaskFactory): void {
  for (const [name, { at }] of moduleDefaults) {
    if (modules.has(name)) continue;
    const detail = name.startsWith('group/')
      ? 'There are no groups of modules here: name each module.'
      : `No module is called "${name}".${didYouMean(name, modules.keys())}`;
    compiler.problems.push(problem('unknown-module', at, 'unknown module in module_defaults', detail));
  }
}
